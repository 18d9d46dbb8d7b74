//! Tells a headline from the first line of a story that has none.

use super::lines::Line;
use crate::text::unicode::is_unspaced;

/// In characters.
const TITLE_CHARS_MAX: usize = 220;
const TITLE_WORDS_MAX: usize = 32;
/// In characters: how long lines of wrapped copy are.
const WRAP_CHARS: std::ops::RangeInclusive<usize> = 40..=100;

/// How many of the first lines are the headline; None where there is none.
pub(super) fn lines_of_title(lines: &[Line]) -> Option<usize> {
    let (first, second) = (lines.first()?, lines.get(1)?);
    if second.after_blank {
        return is_headline(first.text).then_some(1);
    }
    let block = 1 + lines.iter().skip(1).take_while(|line| !line.after_blank).count();
    // A headline that was wrapped: few lines, then a blank one, and no sentence ends in them.
    let is_short_block = block <= 3 && block < lines.len();
    if is_short_block && goes_on(first, second) {
        let whole: Vec<&str> = lines.iter().take(block).map(|line| line.text).collect();
        return is_headline(&whole.join(" ")).then_some(block);
    }
    let is_wrapped_prose = is_wrapped(lines.get(..block).unwrap_or_default());
    (is_headline(first.text) && !goes_on(first, second) && !is_wrapped_prose).then_some(1)
}

/// Small letters go on with the line above; so does a line after one that was full.
fn goes_on(first: &Line, second: &Line) -> bool {
    let begins_small = second.text.chars().next().is_some_and(char::is_lowercase);
    begins_small || first.text.ends_with(['-', ','])
}

/// Lines that were all broken at one column, as letters are; the last may be shorter.
fn is_wrapped(block: &[Line]) -> bool {
    let Some((_, full)) = block.split_last() else { return false };
    let longest = full.iter().map(|line| line.text.chars().count()).max().unwrap_or(0);
    let is_column = WRAP_CHARS.contains(&longest);
    is_column
        && full.len() >= 2
        && full.iter().all(|line| line.text.chars().count() * 4 >= longest * 3)
        && full.iter().any(|line| !ends_sentence(line.text))
}

/// True where a line may be a headline by itself.
pub(super) fn is_headline(text: &str) -> bool {
    let chars = text.chars().count();
    let words = text.split_whitespace().count();
    let fits = (3..=TITLE_CHARS_MAX).contains(&chars) && words <= TITLE_WORDS_MAX && text.chars().any(char::is_alphabetic);
    let unspaced = text.chars().filter(|letter| is_unspaced(*letter)).count();
    fits && unspaced <= 60 && is_no_sentence(text) && !is_item(text) && !holds_sentences(text)
}

/// True where no full stop, comma or colon ends the text; stops of "U.S." and "..." count for none.
pub(super) fn is_no_sentence(text: &str) -> bool {
    let bare = text.trim_end_matches(['"', '”', '»', '’', '\'', ')', ']', ' ', '\u{A0}', '\u{202F}']);
    if bare.ends_with("...") || bare.ends_with('…') {
        return true;
    }
    if let Some(head) = bare.strip_suffix('.') {
        let word = head.rsplit([' ', '(']).next().unwrap_or_default();
        return word.contains('.') || matches!(word, "Inc" | "Corp" | "Ltd" | "Co" | "Jr" | "Sr");
    }
    !bare.ends_with([',', ';', ':', '。', '।', '،'])
}

/// "— Non, dit-il", "- a list", "1. first".
fn is_item(text: &str) -> bool {
    text.starts_with(['-', '–', '—', '•', '*', '·', '>', '|', '{', '<']) && !text.starts_with("<<")
}

/// More than one whole sentence: a paragraph whose last stop was lost.
fn holds_sentences(text: &str) -> bool {
    let ends = text.split(". ").skip(1).filter(|after| after.starts_with(char::is_uppercase)).count();
    ends >= 2 || (ends == 1 && text.chars().count() > 140)
}

fn ends_sentence(text: &str) -> bool {
    !is_no_sentence(text) || text.trim_end_matches(['"', '”', '»', '’', '\'', ')']).ends_with(['!', '?'])
}

/// A line that is short enough to stand below a headline.
pub(super) fn could_be_subtitle(line: &str) -> bool {
    let chars = line.chars().count();
    (12..=320).contains(&chars) && !is_item(line) && !holds_sentences_of_story(line)
}

fn holds_sentences_of_story(text: &str) -> bool {
    text.split(". ").skip(1).filter(|after| after.starts_with(char::is_uppercase)).count() >= 2
}

/// The first paragraph of a story: a sentence, and longer than what stands above it.
pub(super) fn is_sentence_of_story(text: &str, above: &str) -> bool {
    let above_fits = above.chars().count() <= 200 && !above.starts_with(['"', '“', '«', '„', '‘']);
    let is_long = text.chars().count() > above.chars().count();
    above_fits && is_long && (ends_sentence(text) || text.len() > 60)
}
