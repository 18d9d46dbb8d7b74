//! Makes whole paragraphs out of lines: hard wraps are undone, words that a line end cut in two are joined again.

use std::borrow::Cow;

use rustc_hash::FxHashSet;

use super::phrases::Phrases;
use crate::text::unicode::is_unspaced;

/// Copy is set to a column between these; shorter lines are verse or tables, longer ones are paragraphs.
const WIDTH_MIN: usize = 30;
const WIDTH_MAX: usize = 120;

/// A typed text as paragraphs with one blank line between them. Single breaks are hard wraps or part paragraphs: the
/// lines of the whole text decide. Items of lists stay lines of one paragraph. `cut_off`: how many
/// characters were taken off the first line.
pub fn unwrap_typed(text: String, cut_off: usize, phrases: &Phrases) -> String {
    // What stands around the text is no line of it.
    let bare = text.trim_matches(['\n', ' ']);
    if is_in_paragraphs(bare) {
        return if bare.len() == text.len() { text } else { bare.to_owned() };
    }
    let mut lines = read_lines(&text);
    if let Some(first) = lines.first_mut() {
        first.length += cut_off;
    }
    let wrap = wrap(&lines);
    let mut joiner = Joiner { out: String::with_capacity(text.len()), whole_words: None, source: &text, phrases };
    let mut previous: Option<&Line> = None;
    for line in &lines {
        match (previous, wrap) {
            (None, _) => joiner.out.push_str(&line.text),
            (Some(before), Some(wrap)) if !line.after_blank && continues(before, line, wrap) => joiner.join(&line.text),
            (Some(before), _) if !line.after_blank && are_of_one_list(before, line) => {
                joiner.out.push('\n');
                joiner.out.push_str(&line.text);
            }
            _ => {
                joiner.out.push_str("\n\n");
                joiner.out.push_str(&line.text);
            }
        }
        previous = Some(line);
    }
    joiner.out
}

/// A text from markup with white space in order: its single breaks are meant as they are.
pub fn tidy_blocks(text: String) -> String {
    if is_tidy(&text) {
        return text;
    }
    let mut out = String::with_capacity(text.len());
    for line in read_lines(&text) {
        if !out.is_empty() {
            out.push_str(if line.after_blank { "\n\n" } else { "\n" });
        }
        out.push_str(&line.text);
    }
    out
}

/// True where all breaks are single blank lines and white space is in order.
fn is_in_paragraphs(text: &str) -> bool {
    is_tidy(text) && {
        let bytes = text.as_bytes();
        let mut at = 0;
        loop {
            let Some(found) = memchr::memchr(b'\n', bytes.get(at..).unwrap_or_default()) else { break true };
            at += found + 1;
            if bytes.get(at) != Some(&b'\n') {
                break false;
            }
            at += 1;
        }
    }
}

/// True where no two spaces meet, no line begins or ends with one, and never more than one line is blank.
fn is_tidy(text: &str) -> bool {
    let bytes = text.as_bytes();
    let is_blank = |byte: Option<&u8>| matches!(byte, Some(b' ' | b'\n'));
    if is_blank(bytes.first()) || is_blank(bytes.last()) || text.is_empty() || memchr::memmem::find(bytes, b"  ").is_some() {
        return false;
    }
    // Neither the first nor the last byte is one, so each line feed has a byte on both sides.
    memchr::memchr_iter(b'\n', bytes).all(|at| {
        let around = bytes.get(at - 1..(at + 3).min(bytes.len())).unwrap_or_default();
        !matches!(around, [b' ', ..] | [_, _, b' ', ..] | [_, b'\n', b'\n', b'\n'])
    })
}

struct Line<'a> {
    text: Cow<'a, str>,
    /// In characters.
    length: usize,
    after_blank: bool,
    indented: bool,
    /// True where wide gaps stand within it, as between the columns of a table.
    in_columns: bool,
}

/// How a text was wrapped.
#[derive(Clone, Copy)]
enum Wrap {
    /// At a column.
    Width(usize),
    /// Somewhere: what is indented begins a paragraph, and what is not goes on with one.
    Indents,
}

fn read_lines(text: &str) -> Vec<Line<'_>> {
    let mut lines = Vec::new();
    let mut after_blank = false;
    for raw in text.split('\n') {
        let trimmed = raw.trim_matches(' ');
        if trimmed.is_empty() {
            after_blank = true;
            continue;
        }
        let text = if trimmed.contains("  ") { Cow::Owned(single_spaces(trimmed)) } else { Cow::Borrowed(trimmed) };
        let length = text.chars().count();
        let in_columns = is_in_columns(trimmed);
        lines.push(Line { text, length, after_blank, indented: raw.starts_with("  "), in_columns });
        after_blank = false;
    }
    lines
}

/// True where more than one space stands elsewhere than behind a sentence, where old typists set two.
fn is_in_columns(line: &str) -> bool {
    memchr::memmem::find_iter(line.as_bytes(), b"  ").any(|at| {
        let before = line.as_bytes().get(at.wrapping_sub(1));
        before.is_some_and(|before| !matches!(before, b' ' | b'.' | b'!' | b'?' | b':'))
    })
}

fn single_spaces(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// How the text was wrapped; None where its line breaks are meant.
fn wrap(lines: &[Line]) -> Option<Wrap> {
    wrap_width(lines).map(Wrap::Width).or_else(|| is_wrapped_by_indents(lines).then_some(Wrap::Indents))
}

/// True where every paragraph but the first is indented, follows the end of a sentence, and has no other sentence that ends
/// where a line does. Verse is indented within its sentences.
fn is_wrapped_by_indents(lines: &[Line]) -> bool {
    let (mut begun, mut goes_on) = (0_usize, 0_usize);
    for (line, next) in lines.iter().zip(lines.iter().skip(1)).filter(|(_, next)| !next.after_blank) {
        if next.in_columns || ends_sentence(&line.text) != next.indented || line.length < WIDTH_MIN && !next.indented {
            return false;
        }
        begun += usize::from(next.indented);
        goes_on += usize::from(!next.indented);
    }
    begun > 0 && goes_on > 0 && lines.iter().all(|line| line.length <= WIDTH_MAX)
}

/// The column that the text was wrapped at; None where it was at none.
fn wrap_width(lines: &[Line]) -> Option<usize> {
    let breaks = || lines.iter().zip(lines.iter().skip(1)).filter(|(_, next)| !next.after_blank);
    let mut lengths: Vec<usize> = breaks().map(|(line, _)| line.length).collect();
    // A few lines stand out of a wrapped text, such as long addresses, so the longest do not count.
    let place = lengths.len().checked_sub(1)? - lengths.len() / 20;
    let width = *lengths.select_nth_unstable(place).1;
    if !(WIDTH_MIN..=WIDTH_MAX).contains(&width) {
        return None;
    }
    let (mut all, mut forced, mut mid_sentence, mut goes_on) = (0_usize, 0_usize, 0_usize, 0_usize);
    for (line, next) in breaks() {
        all += 1;
        if is_forced(line, next, width) {
            forced += 1;
            mid_sentence += usize::from(!ends_sentence(&line.text));
            goes_on += usize::from(!ends_sentence(&line.text) && begins_within_sentence(&next.text));
        }
    }
    let is_wrapped = forced * 5 >= all * 3
        && if all < 4 {
            // Two or three breaks prove little, so all of them must fall within a sentence.
            mid_sentence == all && goes_on * 2 >= all
        } else {
            mid_sentence * 2 >= forced && goes_on * 3 >= forced && goes_on > 0
        };
    is_wrapped.then_some(width)
}

/// A typesetter breaks a line only where the next word has no room left.
fn is_forced(line: &Line, next: &Line, width: usize) -> bool {
    let word =
        if next.text.chars().next().is_some_and(is_unspaced) { 1 } else { next.text.chars().take_while(|letter| *letter != ' ').count() };
    line.length + 1 + word > width || is_cut(line, next)
}

/// A word that goes on in the next line.
fn is_cut(line: &Line, next: &Line) -> bool {
    line.text.strip_suffix(['-', '\u{2010}']).is_some_and(|head| head.ends_with(char::is_lowercase))
        && next.text.starts_with(char::is_lowercase)
}

/// Two items of a list.
fn are_of_one_list(line: &Line, next: &Line) -> bool {
    is_list_item(&line.text) && is_list_item(&next.text)
}

fn continues(line: &Line, next: &Line, wrap: Wrap) -> bool {
    let ended = ends_sentence(&line.text);
    let width = match wrap {
        Wrap::Width(width) => width,
        Wrap::Indents => return !next.indented && !is_list_item(&next.text),
    };
    if (next.indented && !line.indented && ended) || is_list_item(&next.text) || (ended && opens_dialogue(&next.text)) {
        return false;
    }
    is_forced(line, next, width) || (!ended && begins_within_sentence(&next.text))
}

fn ends_sentence(line: &str) -> bool {
    let closing = |letter: char| matches!(letter, '"' | '\'' | '”' | '’' | '»' | '«' | '“' | '‘' | ')' | ']' | '」' | '』' | ' ');
    line.trim_end_matches(closing).ends_with(['.', '!', '?', ':', '…', '。', '！', '？', '।', '؟', '۔'])
}

/// Small letters go on with a sentence; so do letters of scripts that have no capitals.
fn begins_within_sentence(line: &str) -> bool {
    line.chars().next().is_some_and(|first| first.is_lowercase() || (first.is_alphabetic() && !first.is_uppercase()))
}

fn is_list_item(line: &str) -> bool {
    if ["- ", "* ", "• ", "· ", "+ "].iter().any(|mark| line.starts_with(mark)) {
        return true;
    }
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    // Not more than two digits: "in\n1998. Then" is a sentence that ends with a year.
    matches!(digits, 1 | 2) && line.get(digits..).is_some_and(|rest| rest.starts_with(". ") || rest.starts_with(") "))
}

fn opens_dialogue(line: &str) -> bool {
    line.starts_with(['—', '–', '―'])
}

struct Joiner<'a> {
    out: String,
    source: &'a str,
    phrases: &'a Phrases,
    /// The words that stand unbroken in the text; read when the first cut word asks for them.
    whole_words: Option<FxHashSet<String>>,
}

impl Joiner<'_> {
    fn join(&mut self, next: &str) {
        let last = self.out.chars().next_back();
        let first = next.chars().next();
        let unspaced = last.is_some_and(is_unspaced) && first.is_some_and(is_unspaced);
        if !unspaced && !self.join_cut_word(next) {
            self.out.push(' ');
        }
        self.out.push_str(next);
    }

    /// Sets the end of a word that the last line broke off; false where a space belongs there.
    fn join_cut_word(&mut self, next: &str) -> bool {
        let Some(head) = self.out.strip_suffix(['-', '\u{2010}']) else { return false };
        let Some(before) = head.chars().next_back().filter(|letter| letter.is_alphanumeric()) else { return false };
        let start = head
            .rfind(|letter: char| !letter.is_alphanumeric())
            .map_or(0, |at| at + head.get(at..).and_then(|tail| tail.chars().next()).map_or(1, char::len_utf8));
        let head_word = head.get(start..).unwrap_or_default().to_lowercase();
        let tail_end = next.find(|letter: char| !letter.is_alphanumeric()).unwrap_or(next.len());
        let tail_word = next.get(..tail_end).unwrap_or_default();
        if tail_word.is_empty() {
            return false;
        }
        let tail_folded = tail_word.to_lowercase();
        if self.phrases.hyphen_suspended.contains(&tail_folded) {
            return false;
        }
        let both_small = before.is_lowercase() && tail_word.chars().all(char::is_lowercase);
        let tail_with_hyphens = next.split([' ', ',', '.']).next().unwrap_or_default();
        let is_compound = self.phrases.hyphen_after.contains(&head_word)
            || self.phrases.hyphen_before.contains(&tail_folded)
            || self.phrases.hyphen_before.contains(tail_with_hyphens);
        if !both_small {
            return true;
        }
        let whole_words = self.whole_words.get_or_insert_with(|| whole_words(self.source));
        let known_whole = whole_words.contains(&format!("{head_word}{tail_folded}"));
        let known_compound = whole_words.contains(&format!("{head_word}-{tail_folded}"));
        let is_cut = known_whole || !(known_compound || is_compound);
        if is_cut {
            let length = head.len();
            self.out.truncate(length);
        }
        true
    }
}

fn whole_words(text: &str) -> FxHashSet<String> {
    let of_no_word = |letter: char| !letter.is_alphanumeric() && letter != '-';
    text.split(of_no_word).filter(|word| !word.is_empty() && word.len() < 64).map(str::to_lowercase).collect()
}
