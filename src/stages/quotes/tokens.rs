//! The words of an article, each with what it can be and what stands before it: all that the search for speakers reads.

use rustc_hash::FxHashSet;

use super::lexicon::{self, Lexicon};
use super::marks::Stretch;
use crate::model::Span;

/// One word.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    start: u32,
    end: u32,
    pub hash: u64,
    pub class: u32,
    /// Its sentence and its paragraph, counted from 0.
    pub sentence: u32,
    pub paragraph: u32,
    /// What stands between it and the word before.
    pub gap: u8,
    pub capital: bool,
    pub quoted: bool,
    /// Written in capitals only, two or more.
    pub initials: bool,
    /// Written with a capital, wherever it stands.
    large: bool,
    /// The first word of a sentence.
    pub heads: bool,
}

pub const COMMA: u8 = 1;
pub const COLON: u8 = 1 << 1;
/// The end of a sentence, or of a clause that a semicolon ends.
pub const STOP: u8 = 1 << 2;
/// The end of a paragraph.
pub const BREAK: u8 = 1 << 3;
/// Nothing but a hyphen or an apostrophe.
pub const JOINED: u8 = 1 << 4;
pub const DASH: u8 = 1 << 5;
pub const BRACKET: u8 = 1 << 6;
/// An edge of a stretch in quotation marks.
pub const EDGE: u8 = 1 << 7;

impl Token {
    pub const fn span(&self) -> Span {
        Span::new(self.start as usize, self.end as usize)
    }

    pub const fn is(&self, class: u32) -> bool {
        self.class & class != 0
    }

    pub const fn is_written_large(&self) -> bool {
        self.large
    }

    pub const fn after(&self, gap: u8) -> bool {
        self.gap & gap != 0
    }
}

/// Reads the words of a text of less than four gigabytes; `stretches` in text order.
pub fn read(text: &str, stretches: &[Stretch], lexicon: &Lexicon) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(text.len() / 6);
    let mut lower: FxHashSet<u64> = FxHashSet::default();
    let mut folded = String::new();
    let mut stretches = stretches.iter().peekable();
    let mut end_before = 0;
    let (mut sentence, mut paragraph) = (0, 0);
    for span in crate::text::words::words(text) {
        let word = span.of(text);
        let (hash, capital) = fold(word, &mut folded);
        let small_letter = !capital && word.starts_with(char::is_alphabetic);
        if small_letter {
            lower.insert(hash);
        }
        let before = Span::new(end_before, span.start).of(text);
        let mut gap = gap(before);
        if gap & STOP != 0
            && gap & BREAK == 0
            && (small_letter && word.starts_with(char::is_lowercase) || tokens.last().is_some_and(abbreviates) && before.trim_end() == ".")
        {
            gap &= !STOP;
            // "Viens ! dit-il": it parts the words all the same.
            gap |= if before.contains(['!', '?', '…', ';']) || before.contains("..") { COMMA } else { 0 };
        }
        while stretches.peek().is_some_and(|stretch| stretch.span.end <= span.start) {
            stretches.next();
            gap |= EDGE;
        }
        let quoted = stretches.peek().is_some_and(|stretch| stretch.span.start <= span.start);
        if quoted != tokens.last().is_some_and(|token| token.quoted) {
            gap |= EDGE;
        }
        let mut class = lexicon.class(&folded, hash);
        if class & lexicon::ENDS_PHRASE != 0 {
            class |= lexicon.phrase(hash, |back| tokens.len().checked_sub(back + 1).and_then(|at| tokens.get(at)).map(|token| token.hash));
        }
        let (Ok(start), Ok(end)) = (u32::try_from(span.start), u32::try_from(span.end)) else { break };
        let heads = tokens.is_empty() || gap & (STOP | BREAK) != 0;
        if heads && !tokens.is_empty() {
            sentence += 1;
            paragraph += u32::from(gap & BREAK != 0);
        }
        let initials = capital && folded.len() >= 2 && word.chars().all(|c| !c.is_lowercase());
        tokens.push(Token { start, end, hash, class, sentence, paragraph, gap, capital, quoted, initials, large: capital, heads });
        end_before = span.end;
    }
    settle_capitals(&mut tokens, &lower);
    tokens
}

/// Writes a word in small letters into `folded`. Gives its number, and whether it begins with a capital.
fn fold(word: &str, folded: &mut String) -> (u64, bool) {
    folded.clear();
    if word.is_ascii() {
        folded.push_str(word);
        folded.make_ascii_lowercase();
        return (lexicon::hash(folded), word.as_bytes().first().is_some_and(u8::is_ascii_uppercase));
    }
    folded.extend(word.chars().flat_map(char::to_lowercase));
    (lexicon::hash(folded), word.starts_with(char::is_uppercase))
}

/// A capital at the head of a sentence says nothing where the same word is written small elsewhere.
fn settle_capitals(tokens: &mut [Token], lower: &FxHashSet<u64>) {
    for at in 0..tokens.len() {
        let next_is_capital = tokens.get(at + 1).is_some_and(|token| token.capital && !token.after(STOP | BREAK | COMMA | EDGE));
        let Some(token) = tokens.get_mut(at) else { continue };
        let heads = token.heads || token.after(EDGE | COLON);
        let small = token.is(lexicon::SMALL) && !token.initials && (heads || !next_is_capital);
        if token.capital && (small || heads && lower.contains(&token.hash) && !next_is_capital) {
            token.capital = false;
        }
    }
}

/// Whether a full stop after this word ends it only: "Dr.", "J."
fn abbreviates(token: &Token) -> bool {
    token.is(lexicon::TITLE) || token.capital && (token.end - token.start == 1 || token.is(lexicon::SHORT))
}

fn gap(between: &str) -> u8 {
    match between {
        " " => return 0,
        "-" | "'" | "’" => return JOINED,
        ", " => return COMMA,
        ". " => return STOP,
        _ => {}
    }
    let mut gap = 0;
    for c in between.chars() {
        gap |= match c {
            ',' => COMMA,
            ':' | '：' => COLON,
            '.' | '!' | '?' | ';' | '…' | '。' | '！' | '？' => STOP,
            '—' | '–' => DASH,
            '(' | ')' | '[' | ']' => BRACKET,
            '\n' => BREAK,
            _ => 0,
        };
    }
    if between == " - " { DASH } else { gap }
}
