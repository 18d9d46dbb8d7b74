//! Tells whether a text that can be read as declared looks as if it had been written in another encoding.
//!
//! Nearly all bytes are some letter in the encodings of one byte a letter, and many pairs are some sign in those of two,
//! so that a wrong declaration leaves no error behind, only writing that nobody writes.

use encoding_rs::{
    BIG5, EUC_KR, Encoding, GB18030, GBK, IBM866, ISO_8859_2, ISO_8859_3, ISO_8859_4, ISO_8859_5, ISO_8859_10, ISO_8859_13, ISO_8859_14,
    ISO_8859_15, ISO_8859_16, KOI8_R, KOI8_U, MACINTOSH, SHIFT_JIS, WINDOWS_1250, WINDOWS_1251, WINDOWS_1252, WINDOWS_1254, WINDOWS_1257,
    WINDOWS_1258, X_MAC_CYRILLIC,
};

/// The encodings of one byte a letter in which ASCII's own letters are the writing.
static LATIN: [&Encoding; 14] = [
    WINDOWS_1252,
    WINDOWS_1250,
    WINDOWS_1254,
    WINDOWS_1257,
    WINDOWS_1258,
    ISO_8859_2,
    ISO_8859_3,
    ISO_8859_4,
    ISO_8859_10,
    ISO_8859_13,
    ISO_8859_14,
    ISO_8859_15,
    ISO_8859_16,
    MACINTOSH,
];

static CYRILLIC: [&Encoding; 6] = [WINDOWS_1251, KOI8_R, KOI8_U, IBM866, ISO_8859_5, X_MAC_CYRILLIC];

/// Fewer letters tell nothing.
const LETTERS_MIN: usize = 12;
/// Latin words have no more letters beyond ASCII side by side than three.
const RUN: usize = 4;

/// True where `text`, which is `bytes` read as `encoding`, is probably misread.
pub(super) fn is_doubtful(bytes: &[u8], text: &str, encoding: &'static Encoding) -> bool {
    if encoding == EUC_KR {
        let (han, hangul) = (count(text, is_han), count(text, |letter| matches!(letter, '가'..='힣')));
        return han >= LETTERS_MIN && han * 2 > hangul;
    }
    if encoding == SHIFT_JIS {
        let (half, whole) = (count(text, |letter| matches!(letter, '｡'..='ﾟ')), count(text, |letter| is_han(letter) || is_kana(letter)));
        return half >= LETTERS_MIN && half * 2 > whole;
    }
    if encoding == GBK || encoding == GB18030 {
        // The first third of the table holds what simplified Chinese does not use, and where Japanese kana would fall.
        return is_mostly(bytes, |lead| lead <= 0xA0);
    }
    if encoding == BIG5 {
        return is_mostly(bytes, |lead| !(0xA1..0xC9).contains(&lead));
    }
    if !encoding.is_single_byte() {
        return false;
    }
    (LATIN.contains(&encoding) && is_in_runs(bytes)) || (CYRILLIC.contains(&encoding) && is_rare_cyrillic(text)) || holds_signs(text)
}

fn count(text: &str, is_wanted: impl Fn(char) -> bool) -> usize {
    text.chars().filter(|letter| is_wanted(*letter)).count()
}

const fn is_han(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}')
}

const fn is_kana(letter: char) -> bool {
    matches!(letter, '\u{3041}'..='\u{30FF}')
}

/// True where more than half of the pairs of bytes begin with one of these.
fn is_mostly(bytes: &[u8], is_odd: impl Fn(u8) -> bool) -> bool {
    let (mut pairs, mut odd) = (0_usize, 0_usize);
    let mut rest = bytes.iter();
    while let Some(&lead) = rest.next() {
        if lead >= 0x80 {
            rest.next();
            pairs += 1;
            odd += usize::from(is_odd(lead));
        }
    }
    odd >= LETTERS_MIN && odd * 2 > pairs
}

/// True where most bytes beyond ASCII stand beside others, as in words of another script.
fn is_in_runs(bytes: &[u8]) -> bool {
    let (mut all, mut in_runs) = (0_usize, 0_usize);
    for run in bytes.split(u8::is_ascii) {
        all += run.len();
        in_runs += if run.len() >= RUN { run.len() } else { 0 };
    }
    in_runs >= LETTERS_MIN && in_runs * 2 > all
}

/// True where the letters of which Slavic copy has most are rare: in all its languages they are more than half.
fn is_rare_cyrillic(text: &str) -> bool {
    let is_cyrillic = |letter: char| matches!(letter, '\u{400}'..='\u{4FF}');
    let all = count(text, is_cyrillic);
    let common = text.chars().filter(|letter| is_cyrillic(*letter)).flat_map(char::to_lowercase);
    let common = common.filter(|letter| matches!(letter, 'а' | 'в' | 'е' | 'и' | 'і' | 'л' | 'н' | 'о' | 'р' | 'с' | 'т')).count();
    all >= 2 * LETTERS_MIN && common * 5 < all * 2
}

/// True where many of the characters beyond ASCII are neither letters nor signs that stand in copy.
fn holds_signs(text: &str) -> bool {
    let (mut all, mut odd) = (0_usize, 0_usize);
    for letter in text.chars().filter(|letter| !letter.is_ascii()) {
        all += 1;
        let is_usual = letter.is_alphabetic()
            || letter.is_whitespace()
            || matches!(letter, '\u{300}'..='\u{36F}' | '\u{591}'..='\u{5C7}' | '\u{64B}'..='\u{65F}' | '\u{E47}'..='\u{E4E}')
            || matches!(letter, '«' | '»' | '‘'..='„' | '‹' | '›' | '–' | '—' | '…' | '•' | '·' | '°' | '§' | '€' | '£' | '№' | '©' | '®' | '™' | '¿' | '¡' | '\u{AD}' | '\u{200C}'..='\u{200F}');
        odd += usize::from(!is_usual);
    }
    odd >= LETTERS_MIN && odd * 4 > all
}
