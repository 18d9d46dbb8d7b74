//! Where one sentence ends and the next begins.

use crate::model::Span;

use super::lang::Language;

/// Longer runs of letters before a full stop are no abbreviation, so that one endless word costs nothing.
const ABBREVIATION_BYTES_MAX: usize = 24;

/// The sentences of a text, in order. A blank line always ends one; only white space lies between them, none at
/// their edges.
pub fn segment(text: &str, language: &Language) -> Vec<Span> {
    let mut sentences = Vec::new();
    let mut start = 0;
    let mut characters = text.char_indices().peekable();
    while let Some((at, c)) = characters.next() {
        if c == '\n' {
            let mut blank = false;
            while let Some((_, next)) = characters.next_if(|(_, next)| next.is_whitespace()) {
                blank |= next == '\n';
            }
            if blank {
                push(text, start, at, &mut sentences);
                start = at;
            }
            continue;
        }
        if !is_terminator(c) {
            continue;
        }
        let mut run = Run { start: at, stops: 1, last: c };
        while let Some((_, next)) = characters.next_if(|(_, next)| is_terminator(*next)) {
            run.stops += 1;
            run.last = next;
        }
        let mut closed = false;
        while characters.next_if(|(_, next)| is_closer(*next)).is_some() {
            closed = true;
        }
        let end = characters.peek().map_or(text.len(), |(place, _)| *place);
        if ends(text, &run, end, closed, language) {
            push(text, start, end, &mut sentences);
            start = end;
        }
    }
    push(text, start, text.len(), &mut sentences);
    sentences
}

/// Marks that may end a sentence, as they stand together: "?!", "...".
struct Run {
    start: usize,
    stops: usize,
    last: char,
}

fn ends(text: &str, run: &Run, end: usize, closed: bool, language: &Language) -> bool {
    if is_unspaced_terminator(run.last) {
        return true;
    }
    let rest = text.get(end..).unwrap_or_default();
    let Some(beside) = rest.chars().next() else { return true };
    let word = word_before(text, run.start);
    if !beside.is_whitespace() {
        // "… le Panthéon.Des milliers …": the space was lost. "example.Com" and "U.S." are none of these.
        let before_small = word.chars().next_back().is_some_and(char::is_lowercase) && word.chars().nth(2).is_some();
        let dotted = word.contains(['.', '/', '@', ':']);
        let mut after = rest.chars();
        let after_capital = after.next().is_some_and(char::is_uppercase) && after.next().is_some_and(char::is_lowercase);
        return run.stops == 1 && !closed && before_small && !dotted && after_capital;
    }
    // White space is looked through only so far: an endless run of it must not be read once for each mark before it.
    let next = rest.chars().take(64).find(|c| !c.is_whitespace() && !is_opener(*c) && !is_closer(*c));
    if next.is_some_and(char::is_lowercase) {
        return false;
    }
    if run.last != '.' || run.stops > 1 || closed {
        return true;
    }
    let digits = !word.is_empty() && word.len() <= 2 && word.bytes().all(|byte| byte.is_ascii_digit());
    let initial = is_initial(word);
    !(digits && language.sentences.ordinals || initial || language.sentences.is_abbreviation(word))
}

/// "J" in "J. Smith", and "Ph" joined by dots is left to the data.
fn is_initial(word: &str) -> bool {
    let mut letters = word.chars();
    letters.next().is_some_and(char::is_uppercase) && letters.next().is_none()
}

/// What stands before a mark, back to white space or an opening bracket; empty where that is far away.
fn word_before(text: &str, end: usize) -> &str {
    let head = text.get(..end).unwrap_or_default();
    for (at, c) in head.char_indices().rev() {
        if c.is_whitespace() || is_opener(c) {
            return head.get(at + c.len_utf8()..).unwrap_or_default();
        }
        if end - at > ABBREVIATION_BYTES_MAX {
            return "";
        }
    }
    head
}

fn push(text: &str, start: usize, end: usize, sentences: &mut Vec<Span>) {
    let piece = Span::new(start, end).of(text);
    let begin = start + (piece.len() - piece.trim_start().len());
    let end = start + piece.trim_end().len();
    if begin < end {
        sentences.push(Span::new(begin, end));
    }
}

const fn is_terminator(c: char) -> bool {
    matches!(c, '.' | '!' | '?' | '…' | '؟' | '۔' | '।' | '॥') || is_unspaced_terminator(c)
}

const fn is_unspaced_terminator(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '｡' | '．')
}

const fn is_closer(c: char) -> bool {
    matches!(c, '"' | '\'' | '»' | '”' | '’' | ')' | ']' | '}' | '›' | '」' | '』' | '）' | '】' | '〉' | '》' | '“')
}

const fn is_opener(c: char) -> bool {
    matches!(c, '"' | '\'' | '«' | '“' | '‘' | '(' | '[' | '{' | '‹' | '„' | '‚' | '¿' | '¡' | '「' | '『' | '（')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::lang;

    #[track_caller]
    fn check(code: &str, expected: &[&str]) {
        let text = expected.join(" ");
        let found: Vec<_> = segment(&text, lang::of(code)).into_iter().map(|span| span.of(&text)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn titles_and_initials_do_not_end_a_sentence() {
        check("en", &["Dr. Ann B. Field left on Monday.", "Nobody knew why."]);
    }

    #[test]
    fn a_german_date_is_one_piece() {
        check("de", &["Am 3. Mai kam der Regen.", "Danach war Ruhe."]);
    }

    #[test]
    fn decimals_and_addresses_are_left_alone() {
        check("en", &["It rose 3.5 per cent at news.example.org today.", "Then it fell."]);
    }

    #[test]
    fn closing_quotes_belong_to_the_sentence() {
        check("en", &["“We won.”", "The crowd cheered."]);
    }

    #[test]
    fn a_lost_space_is_found() {
        let text = "Ils ont quitté le musée.Des voisins attendaient.";
        assert_eq!(segment(text, lang::of("fr")).len(), 2);
    }

    #[test]
    fn a_blank_line_ends_a_headline() {
        assert_eq!(segment("Rain stops play\n\nThe match was\ncalled off.", lang::of("en")).len(), 2);
    }

    proptest! {
        #[test]
        fn only_white_space_lies_between_sentences(text in "[\\PC\n .?!\"']{0,80}") {
            let mut at = 0;
            for span in segment(&text, lang::of("de")) {
                prop_assert!(text.get(at..span.start).is_some_and(|gap| gap.trim().is_empty()));
                prop_assert!(!span.is_empty() && span.of(&text).trim() == span.of(&text));
                at = span.end;
            }
            prop_assert!(text.get(at..).is_some_and(|gap| gap.trim().is_empty()));
        }
    }
}
