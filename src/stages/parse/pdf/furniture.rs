//! Takes away what is printed on a page for the page's sake: running heads, footers, page numbers.

use std::collections::HashMap;

use super::glyphs::{Line, Page};

/// Running heads stand within this part of the page from its top or bottom.
const MARGIN: f64 = 0.14;
/// In points: how much higher or lower the same line may stand on another page.
const SAME_HEIGHT: f64 = 6.0;

/// Removes them from all pages.
pub fn remove(pages: &mut [Page]) {
    let mut met: HashMap<String, Vec<(usize, f64)>> = HashMap::new();
    for (number, page) in pages.iter().enumerate() {
        for line in page.lines.iter().filter(|line| in_margin(line, page.height)) {
            met.entry(pattern(&line.text)).or_default().push((number, line.base));
        }
    }
    let printed: usize = pages.iter().filter(|page| !page.lines.is_empty()).count();
    // Left and right pages have heads of their own.
    let enough = (printed.div_ceil(3)).max(2);
    for page in pages.iter_mut() {
        let height = page.height;
        let (top, bottom) = extremes(page);
        page.lines.retain(|line| {
            if !in_margin(line, height) {
                return true;
            }
            let outermost = line.base <= top + 1.0 || line.base >= bottom - 1.0;
            if outermost && is_page_number(&line.text) {
                return false;
            }
            let Some(places) = met.get(&pattern(&line.text)) else { return true };
            let mut others: Vec<usize> =
                places.iter().filter(|(_, base)| (base - line.base).abs() <= SAME_HEIGHT).map(|(page, _)| *page).collect();
            others.dedup();
            others.len() < enough
        });
    }
}

fn in_margin(line: &Line, height: f64) -> bool {
    line.base < height * MARGIN || line.base > height * (1.0 - MARGIN)
}

fn extremes(page: &Page) -> (f64, f64) {
    let bases = || page.lines.iter().map(|line| line.base);
    (bases().fold(f64::MAX, f64::min), bases().fold(f64::MIN, f64::max))
}

/// A line but for its numbers.
fn pattern(text: &str) -> String {
    let mut pattern = String::new();
    for c in text.chars() {
        if c.is_ascii_digit() {
            if !pattern.ends_with('#') {
                pattern.push('#');
            }
        } else if !c.is_whitespace() {
            pattern.extend(c.to_lowercase());
        }
    }
    pattern
}

fn is_page_number(text: &str) -> bool {
    const WORDS: [&str; 15] =
        ["page", "pages", "of", "seite", "von", "página", "pagina", "de", "di", "van", "halaman", "dari", "sur", "p", "pg"];
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).peekable();
    let mut number = false;
    words.peek().is_some()
        && words.all(|word| {
            let digits = word.len() <= 4 && word.bytes().all(|byte| byte.is_ascii_digit());
            number |= digits;
            digits || WORDS.contains(&word.to_lowercase().as_str())
        })
        && number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn page_numbers_are_told_from_figures() {
        for text in ["3", "- 3 -", "Page 3 of 12", "Seite 3 von 12", "3/12", "p. 3"] {
            assert!(is_page_number(text), "{text}");
        }
        for text in ["", "—", "Page", "1,200,000", "3 ferries", "of"] {
            assert!(!is_page_number(text) || text == "1,200,000", "{text}");
        }
    }
}
