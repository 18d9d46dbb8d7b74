//! Puts a page's lines in the order in which a person reads them: down one column, then the next.
//!
//! The page is cut where nothing is printed: from top to bottom between columns, else into what stands across the columns
//! and what stands in them, else across where the gap is widest, and each part again (the recursive X-Y cut of Nagy and
//! Seth, 1984).

use super::glyphs::{Line, Page};

/// A page with more pieces of lines is a table or an attack, and is read from top to bottom.
const LINES_MAX: usize = 3000;
/// In heights of the type: how wide what parts two columns is at least, and how wide a column.
const GUTTER_MIN: f64 = 0.9;
const COLUMN_MIN: f64 = 6.0;
/// Edges at which a gutter may lie; more of them are a table or a drawing.
const GUTTERS_MAX: usize = 40;
/// A column has this many lines at least.
const COLUMN_LINES_MIN: usize = 3;

/// The page's lines in reading order, pieces of one line put together.
pub fn in_reading_order(page: Page) -> Vec<Line> {
    let mut lines = page.lines;
    lines.sort_by(|a, b| a.base.total_cmp(&b.base).then(a.left.total_cmp(&b.left)));
    if lines.len() > LINES_MAX {
        return lines;
    }
    let mut ordered = Vec::with_capacity(lines.len());
    // Parts still to be read, the next one last.
    let mut parts = vec![lines];
    while let Some(part) = parts.pop() {
        if let Some((left, right)) = cut_down(&part) {
            parts.push(right);
            parts.push(left);
        } else if let Some(bands) = bands(&part) {
            parts.extend(bands.into_iter().rev());
        } else if let Some((upper, lower)) = cut_across(&part) {
            parts.push(lower);
            parts.push(upper);
        } else {
            ordered.extend(joined(part));
        }
    }
    ordered
}

fn median_size(lines: &[Line]) -> f64 {
    let mut sizes: Vec<f64> = lines.iter().map(|line| line.size).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.get(sizes.len() / 2).copied().unwrap_or(10.0)
}

/// Two columns, or None where something is printed across.
fn cut_down(lines: &[Line]) -> Option<(Vec<Line>, Vec<Line>)> {
    if lines.len() < COLUMN_LINES_MIN * 2 {
        return None;
    }
    let size = median_size(lines);
    let mut by_left: Vec<&Line> = lines.iter().collect();
    by_left.sort_by(|a, b| a.left.total_cmp(&b.left));
    let (first, last) = (by_left.first()?.left, lines.iter().map(|line| line.right).fold(f64::MIN, f64::max));
    let mut reach = f64::MIN;
    let mut best: Option<(f64, f64)> = None;
    for line in by_left {
        let gap = line.left - reach;
        let wide = reach > f64::MIN && gap >= GUTTER_MIN * size;
        if wide
            && reach - first >= COLUMN_MIN * size
            && last - line.left >= COLUMN_MIN * size
            && best.is_none_or(|(widest, _)| gap > widest)
        {
            best = Some((gap, line.left));
        }
        reach = reach.max(line.right);
    }
    let (_, at) = best?;
    let (right, left): (Vec<Line>, Vec<Line>) = lines.iter().cloned().partition(|line| line.left >= at);
    let heights = |lines: &[Line]| {
        let mut heights: Vec<f64> = lines.iter().map(|line| line.base).collect();
        heights.dedup_by(|a, b| (*a - *b).abs() < 0.3 * size);
        heights.len()
    };
    (heights(&left) >= COLUMN_LINES_MIN && heights(&right) >= COLUMN_LINES_MIN).then_some((left, right))
}

/// A headline above its columns, a picture's line between them, a footer: from top to bottom what crosses the gutter that
/// the fewest lines cross, and what does not. None where no gutter has columns on both its sides.
fn bands(lines: &[Line]) -> Option<Vec<Vec<Line>>> {
    if lines.len() < COLUMN_LINES_MIN * 2 || !any_beside(lines) {
        return None;
    }
    let size = median_size(lines);
    let mut lefts: Vec<f64> = lines.iter().map(|line| line.left).collect();
    lefts.sort_by(f64::total_cmp);
    lefts.dedup_by(|a, b| (*a - *b).abs() < 0.5 * size);
    if lefts.len() > GUTTERS_MAX {
        return None;
    }
    let crosses = |line: &Line, at: f64| line.left < at - 0.5 * size && line.right > at - GUTTER_MIN * size;
    let mut best: Option<(usize, f64)> = None;
    for at in lefts {
        let crossing = lines.iter().filter(|line| crosses(line, at)).count();
        let on_left = lines.iter().filter(|line| line.left < at - 0.5 * size).count() - crossing;
        let on_right = lines.len() - crossing - on_left;
        let has_columns = on_left.min(on_right) >= COLUMN_LINES_MIN.max(crossing);
        if crossing > 0 && has_columns && best.is_none_or(|(fewest, _)| crossing < fewest) {
            best = Some((crossing, at));
        }
    }
    let (_, at) = best?;
    let mut bands: Vec<Vec<Line>> = Vec::new();
    let mut was_across = None;
    for line in lines {
        let is_across = crosses(line, at);
        match bands.last_mut().filter(|_| was_across == Some(is_across)) {
            Some(band) => band.push(line.clone()),
            None => bands.push(vec![line.clone()]),
        }
        was_across = Some(is_across);
    }
    (bands.len() > 1).then_some(bands)
}

/// True where lines stand beside each other.
fn any_beside(lines: &[Line]) -> bool {
    lines.windows(2).any(|pair| matches!(pair, [a, b] if (a.base - b.base).abs() < 0.5 * a.size && b.left > a.right + GUTTER_MIN * a.size))
}

/// The part above the widest gap and the part below; None where nothing parts them. Only pages on which lines stand
/// beside each other need to be cut.
fn cut_across(lines: &[Line]) -> Option<(Vec<Line>, Vec<Line>)> {
    if !any_beside(lines) {
        return None;
    }
    let mut reach = f64::MIN;
    let mut best: Option<(f64, usize)> = None;
    for (at, line) in lines.iter().enumerate() {
        let gap = (line.base - line.size) - reach;
        if at > 0 && gap > 0.0 && best.is_none_or(|(widest, _)| gap > widest) {
            best = Some((gap, at));
        }
        reach = reach.max(line.base);
    }
    let (_, at) = best?;
    let (upper, lower) = lines.split_at(at);
    Some((upper.to_vec(), lower.to_vec()))
}

/// Pieces at one height are one line.
fn joined(lines: Vec<Line>) -> Vec<Line> {
    let mut whole: Vec<Line> = Vec::new();
    for line in lines {
        match whole.last_mut() {
            Some(last) if (last.base - line.base).abs() < 0.35 * last.size.max(line.size) => {
                // Sorted by height first: a piece that stands a little higher may come first and be to the right.
                if line.left >= last.left {
                    if !last.text.ends_with(' ') && line.left - last.right > 0.1 * line.size {
                        last.text.push(' ');
                    }
                    last.text.push_str(&line.text);
                } else {
                    last.text = format!("{} {}", line.text, last.text);
                }
                last.left = last.left.min(line.left);
                last.right = last.right.max(line.right);
                last.size = last.size.max(line.size);
            }
            _ => whole.push(line),
        }
    }
    whole
}
