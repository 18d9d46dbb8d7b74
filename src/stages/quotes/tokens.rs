//! The words of an article, each with what it can be and what stands before it: all that the search for speakers reads.

use super::lexicon::{self, Lexicon};
use super::marks::Stretch;
use crate::model::{Span, Term, Word, Words};

/// One word.
#[derive(Clone, Copy, Debug)]
pub struct Token {
    start: u32,
    end: u32,
    pub hash: u64,
    pub class: u64,
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
    /// Marks set it off as a name: „Die Zeit“.
    pub names: bool,
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

    pub const fn is(&self, class: u64) -> bool {
        self.class & class != 0
    }

    pub const fn is_written_large(&self) -> bool {
        self.large
    }

    /// What is no quote is the reporter's own: its capitals count again.
    pub const fn leave_quote(&mut self) {
        self.quoted = false;
        self.capital = self.large;
    }

    pub const fn after(&self, gap: u8) -> bool {
        self.gap & gap != 0
    }
}

/// Looks at the words of a text of less than four gigabytes; `stretches` in text order.
pub fn read(text: &str, words: &Words, stretches: &[Stretch], lexicon: &Lexicon) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::with_capacity(words.all.len());
    let classes = classes(text, words, lexicon);
    // Terms that somewhere begin with a letter that is no capital.
    let mut small_somewhere = vec![false; words.terms.len()];
    let mut stretches = stretches.iter().peekable();
    let mut end_before = 0;
    let (mut sentence, mut paragraph) = (0, 0);
    for &Word { span, term, form } in &words.all {
        let capital = form.is_capital();
        let small_letter = !capital && form.begins_with_letter();
        let term = term as usize;
        if small_letter && let Some(small) = small_somewhere.get_mut(term) {
            *small = true;
        }
        let before = if is_space(text, end_before, span.start) { " " } else { Span::new(end_before, span.start).of(text) };
        let mut gap = gap(before);
        if gap & STOP != 0 && gap & BREAK == 0 && (form.is_small() || tokens.last().is_some_and(abbreviates) && before.trim_end() == ".") {
            gap &= !STOP;
            // "Viens ! dit-il": it parts the words all the same.
            gap |= if before.contains(['!', '?', '…', ';']) || before.contains("..") { COMMA } else { 0 };
        }
        // "Ph.D.", "Detik.com"
        if before == "." && (form.is_small() || tokens.last().is_some_and(|last| last.end - last.start <= 3)) {
            gap = if form.is_small() { JOINED } else { 0 };
        }
        while stretches.peek().is_some_and(|stretch| stretch.span.end <= span.start) {
            stretches.next();
            gap |= EDGE;
        }
        let quoted = stretches.peek().is_some_and(|stretch| stretch.span.start <= span.start);
        if quoted != tokens.last().is_some_and(|token| token.quoted) {
            gap |= EDGE;
        }
        let hash = words.terms.get(term).map_or(0, |term| term.hash);
        let mut class = classes.get(term).copied().unwrap_or_default();
        let opens = tokens.is_empty() || gap & (STOP | BREAK | EDGE) != 0;
        // "Pour Anne Roche, « ... »", but "personne, pour l'instant".
        if class & lexicon::ADPOSITION != 0 && class & lexicon::PREPOSITION != 0 && !opens {
            class &= !lexicon::ADPOSITION;
        }
        if class & lexicon::ENDS_PHRASE != 0 {
            class |= lexicon.phrase(hash, |back| tokens.len().checked_sub(back + 1).and_then(|at| tokens.get(at)).map(|token| token.hash));
        }
        let (Ok(start), Ok(end)) = (u32::try_from(span.start), u32::try_from(span.end)) else { break };
        let heads = tokens.is_empty() || gap & (STOP | BREAK) != 0;
        if heads && !tokens.is_empty() {
            sentence += 1;
            paragraph += u32::from(gap & BREAK != 0);
        }
        let initials = capital && span.len() >= 2 && !form.has_small();
        tokens.push(Token {
            start,
            end,
            hash,
            class,
            sentence,
            paragraph,
            gap,
            capital,
            quoted,
            initials,
            large: capital,
            heads,
            names: false,
        });
        end_before = span.end;
    }
    settle_capitals(&mut tokens, &words.all, &small_somewhere);
    tokens
}

/// What each term can be, asked once however often it comes.
fn classes(text: &str, words: &Words, lexicon: &Lexicon) -> Vec<u64> {
    let mut folded = String::new();
    let class = |term: &Term| {
        let (class, is_listed) = lexicon.listed(term.hash);
        let word = words.all.get(term.first as usize).map_or("", |word| word.span.of(text));
        if is_listed {
            return class;
        }
        folded.clear();
        if word.is_ascii() {
            if word.len() < lexicon::FORMED_MIN {
                return class;
            }
            folded.push_str(word);
            folded.make_ascii_lowercase();
        } else {
            word.chars().for_each(|c| match c {
                '\0'..='\x7F' => folded.push(c.to_ascii_lowercase()),
                // The small letters of western Europe.
                'ß'..='ö' | 'ø'..='ÿ' => folded.push(c),
                _ => folded.extend(c.to_lowercase()),
            });
        }
        class | lexicon.by_form(&folded)
    };
    words.terms.iter().map(class).collect()
}

/// A capital at the head of a sentence says nothing where the same word is written small elsewhere.
fn settle_capitals(tokens: &mut [Token], words: &[Word], small_somewhere: &[bool]) {
    for (at, word) in words.iter().enumerate() {
        if !tokens.get(at).is_some_and(|token| token.capital) {
            continue;
        }
        let next_is_capital = tokens.get(at + 1).is_some_and(|token| token.capital && !token.after(STOP | BREAK | COMMA | EDGE));
        let Some(token) = tokens.get_mut(at) else { continue };
        let heads = token.heads || token.after(EDGE | COLON);
        let small = token.is(lexicon::SMALL) && !token.initials && (heads || !next_is_capital);
        let small_elsewhere = small_somewhere.get(word.term as usize).is_some_and(|small| *small);
        if small || heads && small_elsewhere && !next_is_capital {
            token.capital = false;
        }
    }
}

/// Whether a full stop after this word ends it only: "Dr.", "J."
fn abbreviates(token: &Token) -> bool {
    token.is(lexicon::TITLE) || token.capital && (token.end - token.start == 1 || token.is(lexicon::SHORT))
}

/// Whether a single space stands between two places, as it mostly does between words.
fn is_space(text: &str, from: usize, to: usize) -> bool {
    to == from + 1 && text.as_bytes().get(from) == Some(&b' ')
}

fn gap(between: &str) -> u8 {
    // Bytes, since strings are compared by calling out.
    match between.as_bytes() {
        b" " => return 0,
        b"-" | b"'" | [0xE2, 0x80, 0x99] => return JOINED,
        b", " => return COMMA,
        b". " => return STOP,
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
