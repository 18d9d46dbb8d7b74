//! Reads quotation marks: where a stretch in marks begins and ends, whatever its marks, and where one goes on in the
//! next paragraph.

use crate::model::Span;
use crate::text::lang::QuoteData;
use crate::text::paragraphs::paragraphs;

/// What stands between two outer marks, with white space trimmed. Those nested in it are part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    pub span: Span,
    /// The words before it in the paragraph are none: it opens the paragraph.
    pub opens_paragraph: bool,
    /// It goes on from the stretch before it, in the paragraph before.
    pub goes_on: bool,
    /// A line of dialogue that a dash opens.
    pub dash: bool,
    /// In single marks.
    pub single: bool,
    /// A cue within the marks parts it from the piece before.
    pub joined: bool,
    /// A line that a dash opens, and too few such lines to be a dialogue: it was said if it tells by whom.
    pub alone: bool,
}

/// Deeper nesting is read as plain text, so that a megabyte of opening marks costs no more than one of letters.
const DEPTH_MAX: usize = 6;

/// Lines that begin with a dash before they are taken for dialogue: fewer are lists or asides, unless they tell who spoke.
const DIALOGUE_LINES_MIN: usize = 3;

/// The outer stretches of a text, in order.
pub fn find(text: &str, data: &QuoteData) -> Vec<Stretch> {
    let mut found = Vec::new();
    let mut nested = Nested::default();
    let mut left_open: Option<char> = None;
    let dialogue = paragraphs(text).filter(|span| dash_line(*span, text).is_some()).take(DIALOGUE_LINES_MIN).count() == DIALOGUE_LINES_MIN;
    let inline = !dialogue && inline_dashes(text).take(INLINE_DASHES_MIN).count() == INLINE_DASHES_MIN;
    for paragraph in paragraphs(text) {
        if inline && !paragraph.of(text).contains(['“', '„', '«', '"']) && read_inline(text, paragraph, &mut found) {
            left_open = None;
            continue;
        }
        if dialogue && let Some(span) = dash_line(paragraph, text) {
            left_open = None;
            found.push(dash_stretch(span, true, false));
            continue;
        }
        if !dialogue
            && let Some(span) = dash_line(paragraph, text)
            && marks(paragraph.of(text)).all(|(_, mark)| matches!(mark, '’' | '\''))
        {
            left_open = None;
            found.push(dash_stretch(span, true, true));
            continue;
        }
        left_open = read_paragraph(text, paragraph, left_open, data, &mut nested, &mut found);
    }
    found
}

/// Old prints set a dialogue in one paragraph, each turn after a dash; fewer of them are asides.
const INLINE_DASHES_MIN: usize = 10;

/// Where a turn begins within a paragraph: a dash after the end of a sentence, before a capital.
fn inline_dashes(text: &str) -> impl Iterator<Item = (usize, usize)> {
    // Both dashes are E2 80 and one byte more, which a search for bytes finds faster than one for characters.
    let dashes = memchr::memchr_iter(0xE2, text.as_bytes());
    dashes.filter_map(move |at| {
        let end = at + '—'.len_utf8();
        text.get(at..end).filter(|dash| matches!(*dash, "—" | "–"))?;
        let before = text.get(..at)?.trim_end_matches(' ').chars().next_back()?;
        let rest = text.get(end..)?.trim_start_matches(' ');
        let turn = matches!(before, '.' | '!' | '?' | ':' | '…') && rest.starts_with(char::is_uppercase);
        turn.then_some((at, end))
    })
}

/// Adds the turns of one paragraph. False if it has none.
fn read_inline(text: &str, paragraph: Span, found: &mut Vec<Stretch>) -> bool {
    let turns: Vec<(usize, usize)> =
        inline_dashes(paragraph.of(text)).map(|(at, end)| (paragraph.start + at, paragraph.start + end)).collect();
    let ends = turns.iter().skip(1).map(|(at, _)| *at).chain([paragraph.end]);
    for ((_, start), end) in turns.iter().zip(ends) {
        let span = trim(Span::new(*start, end), text);
        if !span.is_empty() {
            found.push(dash_stretch(span, false, false));
        }
    }
    !turns.is_empty()
}

const fn dash_stretch(span: Span, opens_paragraph: bool, alone: bool) -> Stretch {
    Stretch { span, opens_paragraph, goes_on: false, dash: true, single: false, joined: false, alone }
}

fn dash_line(paragraph: Span, text: &str) -> Option<Span> {
    let line = paragraph.of(text);
    let rest = line.strip_prefix(['—', '–'])?;
    let span = trim(Span::new(paragraph.end - rest.len(), paragraph.end), text);
    (!span.is_empty()).then_some(span)
}

/// The marks of a paragraph on the way: those that are open, the outermost first, and the stretches within it.
#[derive(Default)]
struct Nested {
    open: Vec<Open>,
    inner: Vec<(Span, char)>,
}

struct Open {
    mark: char,
    start: usize,
}

/// Adds the stretches of one paragraph. Gives the mark that is still open at its end.
fn read_paragraph(
    text: &str,
    paragraph: Span,
    left_open: Option<char>,
    data: &QuoteData,
    nested: &mut Nested,
    found: &mut Vec<Stretch>,
) -> Option<char> {
    let Nested { open, inner } = nested;
    open.clear();
    inner.clear();
    let line = paragraph.of(text);
    let mut reversed = None;
    let first_found = found.len();
    let mut goes_on = false;
    for (offset, mark) in marks(line) {
        let at = paragraph.start + offset;
        let previous = line.get(..offset).and_then(|head| head.chars().next_back()).unwrap_or(' ');
        let after = line.get(offset + mark.len_utf8()..).and_then(|tail| tail.chars().next()).unwrap_or(' ');
        let starts_here = at + mark.len_utf8();
        if offset == 0
            && let Some(opener) = left_open
            && (mark == opener || closes(opener, mark))
        {
            goes_on = true;
            open.push(Open { mark: opener, start: starts_here });
            continue;
        }
        let closes_top = open.last().is_some_and(|top| closes(top.mark, mark));
        if closes_top && may_close(mark, previous, after) {
            if let Some(closed) = open.pop() {
                let span = Span::new(closed.start, at);
                if open.is_empty() {
                    inner.clear();
                    found.push(stretch(span, text, paragraph, goes_on && found.len() == first_found));
                } else {
                    inner.push((span, closed.mark));
                }
            }
            continue;
        }
        let tail = text.get(starts_here..paragraph.end).unwrap_or_default();
        let is_guillemet = matches!(mark, '«' | '»' | '‹' | '›');
        let reversed = is_guillemet && *reversed.get_or_insert_with(|| is_reversed(line));
        if open.len() < DEPTH_MAX && may_open(mark, previous, after, tail, reversed, data) {
            open.push(Open { mark, start: starts_here });
        }
    }
    let bottom = open.first()?;
    // A mark that is never closed and has whole stretches of its own kind after it was a slip of the pen.
    let kind = bottom.mark;
    let slip = inner.iter().any(|(_, mark)| *mark == kind);
    if slip || is_single(kind) {
        for (span, mark) in inner {
            if *mark == kind || is_single(kind) {
                found.push(stretch(*span, text, paragraph, false));
            }
        }
        return None;
    }
    found.push(stretch(Span::new(bottom.start, paragraph.end), text, paragraph, goes_on && found.len() == first_found));
    Some(kind)
}

/// Whether a line sets »this« and not «this».
fn is_reversed(line: &str) -> bool {
    match (line.find(['»', '›']), line.find(['«', '‹'])) {
        (Some(right), Some(left)) => right < left,
        _ => false,
    }
}

fn stretch(span: Span, text: &str, paragraph: Span, goes_on: bool) -> Stretch {
    let head = text.get(paragraph.start..span.start).unwrap_or_default();
    let opens_paragraph = head.chars().take(3).count() <= 2;
    let single = head.ends_with(is_single);
    Stretch { span: trim(span, text), opens_paragraph, goes_on, dash: false, single, joined: false, alone: false }
}

/// Bytes that the characters of `is_mark` begin with; all others are passed over unread.
const BEGINS_MARK: [bool; 256] = {
    let mut begins = [false; 256];
    let bytes = [b'"', b'\'', 0xC2, 0xE2, 0xE3, 0xEF];
    let mut at = 0;
    while at < bytes.len() {
        begins[bytes[at] as usize] = true;
        at += 1;
    }
    begins
};

/// The quotation marks of a line, each with where it stands.
fn marks(line: &str) -> impl Iterator<Item = (usize, char)> {
    let bytes = line.as_bytes();
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += bytes.get(at..)?.iter().position(|byte| BEGINS_MARK.get(usize::from(*byte)).is_some_and(|begins| *begins))?;
            let (found, c) = (at, line.get(at..)?.chars().next()?);
            at += c.len_utf8();
            if is_mark(c) {
                return Some((found, c));
            }
        }
    })
}

const fn is_mark(c: char) -> bool {
    matches!(c, '“' | '”' | '„' | '‟' | '«' | '»' | '‹' | '›' | '‘' | '’' | '‚' | '「' | '」' | '『' | '』' | '"' | '＂' | '\'')
}

const fn is_single(c: char) -> bool {
    matches!(c, '‘' | '’' | '‚' | '\'' | '‹' | '›')
}

/// Whether a mark may end what the other began. Straight marks are typed for curly ones.
const fn closes(opener: char, mark: char) -> bool {
    match opener {
        '“' => matches!(mark, '”' | '"'),
        '„' => matches!(mark, '“' | '”' | '"'),
        '‟' | '”' => matches!(mark, '”'),
        '«' => matches!(mark, '»'),
        '»' => matches!(mark, '«' | '»'),
        '‹' => matches!(mark, '›'),
        '›' => matches!(mark, '‹'),
        '‘' => matches!(mark, '’'),
        '‚' => matches!(mark, '‘' | '’'),
        '「' => matches!(mark, '」'),
        '『' => matches!(mark, '』'),
        '"' => matches!(mark, '"' | '”'),
        '＂' => matches!(mark, '＂'),
        '\'' => matches!(mark, '\''),
        _ => false,
    }
}

fn may_close(mark: char, before: char, after: char) -> bool {
    match mark {
        '’' | '\'' => !after.is_alphanumeric() && !before.is_whitespace(),
        // 9"81 and 6'2" are measures.
        '"' => !(before.is_ascii_digit() && after.is_ascii_digit()),
        _ => true,
    }
}

fn may_open(mark: char, before: char, after: char, tail: &str, reversed: bool, data: &QuoteData) -> bool {
    let at_word_head = !before.is_alphanumeric();
    match mark {
        '„' | '‟' | '「' | '『' | '“' => true,
        '«' | '‹' => !reversed,
        '»' | '›' => reversed,
        '‘' | '‚' => at_word_head && !elided(tail, data),
        '"' | '＂' => at_word_head && !after.is_whitespace() || (before.is_alphabetic() && after.is_alphabetic()),
        // Finnish and Swedish copy opens with the mark that closes elsewhere.
        '”' => before.is_whitespace() && after.is_alphanumeric(),
        '\'' => data.straight_single && at_word_head && after.is_alphanumeric() && !elided(tail, data),
        _ => false,
    }
}

fn elided(tail: &str, data: &QuoteData) -> bool {
    let word = tail.split(|c: char| !c.is_alphanumeric()).next().unwrap_or_default();
    word.starts_with(|c: char| c.is_ascii_digit()) && word.ends_with('s') || data.elisions.iter().any(|short| short == word)
}

/// A span without white space, marks and dashes at its edges, nor the comma that belongs to the sentence around it.
pub fn trim(span: Span, text: &str) -> Span {
    let edge = |c: char| c.is_whitespace() || is_mark(c) || matches!(c, '—' | '–' | '-' | '`');
    let inside = span.of(text);
    let left = inside.trim_start_matches(edge);
    let start = span.end - left.len();
    let right = left.trim_end_matches(|c: char| edge(c) || matches!(c, ',' | '.' | ';' | ':' | '!' | '?' | '…'));
    Span::new(start.min(span.end), start + right.len())
}
