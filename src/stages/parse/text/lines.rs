//! The lines at the top of a text.

/// Headers and bylines end before this, in lines and in bytes.
const HEAD_LINES_MAX: usize = 60;
const HEAD_BYTES_MAX: usize = 64 * 1024;

/// A line that is not blank.
#[derive(Debug)]
pub(super) struct Line<'a> {
    /// Without white space around it.
    pub text: &'a str,
    /// In bytes of the whole text, of the line as it stands there, without its break.
    pub start: usize,
    pub end: usize,
    pub after_blank: bool,
    pub indented: bool,
}

/// The first lines of a text.
pub(super) fn head(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut after_blank = true;
    for (start, raw) in breaks(text) {
        if lines.len() == HEAD_LINES_MAX || start > HEAD_BYTES_MAX {
            break;
        }
        let bare = raw.trim_matches(is_blank);
        if bare.is_empty() {
            after_blank = true;
            continue;
        }
        let indented = raw.starts_with(is_blank);
        lines.push(Line { text: bare, start, end: start + raw.len(), after_blank, indented });
        after_blank = false;
    }
    lines
}

fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{200B}' | '\u{FEFF}' | '\0')
}

/// Each line with its place, whatever breaks it: LF, CR, CR LF, form feed, or the breaks of Unicode.
pub(super) fn breaks(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let rest = text.get(start..).filter(|rest| !rest.is_empty())?;
        let length = rest.find(['\n', '\r', '\u{0C}', '\u{85}', '\u{2028}', '\u{2029}']).unwrap_or(rest.len());
        let (line, tail) = rest.split_at(length);
        let mut letters = tail.chars();
        let first = letters.next();
        let pair = first == Some('\r') && letters.next() == Some('\n');
        let place = start;
        start += length + first.map_or(0, char::len_utf8) + usize::from(pair);
        Some((place, line))
    })
}
