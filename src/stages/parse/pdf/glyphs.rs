//! Takes the characters off a PDF's pages and puts them together into lines.

use hayro_interpret::font::{Glyph, GlyphRun};
use hayro_interpret::hayro_cmap::BfString;
use hayro_interpret::hayro_syntax::Pdf;
use hayro_interpret::kurbo::{Affine, BezPath, Point, Rect};
use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache, InterpreterSettings, SoftMask,
    TransformExt as _, interpret_page,
};

use crate::model::{Limit, StageError};

/// A piece of a line: words at one height without a wide gap. In points from the page's upper left corner.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub left: f64,
    pub right: f64,
    /// The height on which the letters stand.
    pub base: f64,
    /// The height of the type.
    pub size: f64,
    pub text: String,
    pub page: usize,
}

/// A page's lines, in the order in which they were set.
pub struct Page {
    pub height: f64,
    pub lines: Vec<Line>,
}

/// The lines of all pages.
pub fn lines(pdf: &Pdf, glyphs_max: usize) -> Result<Vec<Page>, StageError> {
    let cache = InterpreterCache::new();
    let mut pages = Vec::new();
    let mut left = glyphs_max;
    for (number, page) in pdf.pages().iter().enumerate() {
        let (width, height) = page.render_dimensions();
        let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let mut context = Context::new(page.initial_transform(true).to_kurbo(), bounds, &cache, pdf.xref(), InterpreterSettings::default());
        let mut collector = Collector { page: number, bounds, left, lines: Vec::new(), open: None, printed_to: 0.0 };
        interpret_page(page, &mut context, &mut collector);
        collector.close();
        left = collector.left;
        if left == 0 {
            let reason = format!("the PDF file has more than {glyphs_max} characters");
            return Err(StageError::Limit { limit: Limit::Size, reason });
        }
        pages.push(Page { height: f64::from(height), lines: collector.lines });
    }
    Ok(pages)
}

struct Collector {
    page: usize,
    bounds: Rect,
    left: usize,
    lines: Vec<Line>,
    open: Option<Line>,
    /// Where the open line's last letter ends: a blank behind it would reach into the gutter.
    printed_to: f64,
}

/// In parts of the type's height: a gap that is a blank, and one that parts two columns.
const BLANK: f64 = 0.17;
const COLUMN_GAP: f64 = 1.2;

impl Collector {
    fn close(&mut self) {
        if let Some(mut line) = self.open.take() {
            line.text = line.text.trim_end().to_owned();
            line.right = self.printed_to.max(line.left);
            if !line.text.is_empty() {
                self.lines.push(line);
            }
        }
    }

    fn put(&mut self, text: &str, start: Point, end: Point, size: f64) {
        let blank = text.chars().all(char::is_whitespace);
        if let Some(line) = &mut self.open {
            let gap = start.x - line.right;
            let same_height = (start.y - line.base).abs() < 0.3 * size.max(line.size);
            // The same letter again in its own place is how some programs make it bold.
            let again = same_height
                && gap < -0.5 * (end.x - start.x).max(0.05 * size)
                && gap > -1.2 * (end.x - start.x)
                && line.text.ends_with(text);
            if again && !blank {
                return;
            }
            let close = gap > -0.5 * size && gap < COLUMN_GAP * size;
            let like = size < line.size * 1.5 && size > line.size * 0.4;
            if same_height && close && like {
                if gap > BLANK * size && !line.text.ends_with(' ') {
                    line.text.push(' ');
                }
                if blank {
                    if !line.text.ends_with(' ') {
                        line.text.push(' ');
                    }
                } else {
                    self.printed_to = self.printed_to.max(end.x);
                    line.text.push_str(text);
                    line.size = line.size.max(size);
                }
                line.right = line.right.max(end.x);
                return;
            }
            self.close();
        }
        if !blank {
            self.printed_to = end.x;
            self.open = Some(Line { left: start.x, right: end.x, base: start.y, size, text: text.to_owned(), page: self.page });
        }
    }
}

impl Device<'_> for Collector {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, props: DrawProps<'_>, _: &DrawMode) {
        for glyph in run.glyphs() {
            if self.left == 0 {
                return;
            }
            self.left -= 1;
            let Some(unicode) = glyph.as_unicode() else { continue };
            let place: Affine = props.transform * glyph.transform();
            let start = place * Point::ZERO;
            let advance = match &**glyph {
                Glyph::Outline(outline) => outline.advance_width().unwrap_or(500.0),
                Glyph::Type3(drawn) => drawn.advance_width().unwrap_or(500.0),
            };
            let end = place * Point::new(f64::from(advance), 0.0);
            let size = (place * Point::new(0.0, 1000.0) - start).hypot();
            let (across, down) = (end.x - start.x, (end.y - start.y).abs());
            // What runs up the margin is no text of the article; what is off the page nobody can read.
            let upright = down <= 0.2 * across.max(0.01);
            if !upright || !size.is_finite() || size < 1.0 || !self.bounds.inflate(size, size).contains(start) {
                continue;
            }
            let text = match unicode {
                BfString::Char(c) => c.to_string(),
                BfString::String(text) => text,
            };
            let text = without_ligatures(&text);
            if !text.is_empty() {
                self.put(&text, start, end, size);
            }
        }
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}

/// Letters that are cast as one are letters all the same; control characters are none.
fn without_ligatures(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\u{fb00}' => out.push_str("ff"),
            '\u{fb01}' => out.push_str("fi"),
            '\u{fb02}' => out.push_str("fl"),
            '\u{fb03}' => out.push_str("ffi"),
            '\u{fb04}' => out.push_str("ffl"),
            '\u{fb05}' | '\u{fb06}' => out.push_str("st"),
            '\u{a0}' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}
