//! Bytes of a text, eight at a time: which of them are letters, capitals, digits, or no ASCII. What is found stands in the
//! highest bit of each byte, the first byte lowest.

/// The highest bit of each byte.
const HIGH: u64 = 0x8080_8080_8080_8080;
const ONES: u64 = 0x0101_0101_0101_0101;
/// The bit that tells small letters of ASCII from capitals; digits have it too.
const SMALL_BIT: u64 = 0x2020_2020_2020_2020;

/// Eight bytes from a place on; zeros where the text has ended.
#[derive(Clone, Copy)]
pub struct Eight(pub u64);

impl Eight {
    pub fn at(bytes: &[u8], at: usize) -> Self {
        let rest = bytes.get(at..).unwrap_or_default();
        Self(u64::from_le_bytes(rest.first_chunk().copied().unwrap_or_else(|| {
            let mut last = [0; 8];
            for (place, byte) in last.iter_mut().zip(rest) {
                *place = *byte;
            }
            last
        })))
    }

    pub const fn letters(self) -> Found {
        Found(within((self.0 | SMALL_BIT) & !HIGH, b'a', b'z') & !self.0)
    }

    pub const fn digits(self) -> Found {
        Found(within(self.0 & !HIGH, b'0', b'9') & !self.0)
    }

    /// Of letters: the small ones.
    pub const fn small(self, letters: Found) -> Found {
        Found(letters.0 & (self.0 << 2))
    }

    pub const fn beyond_ascii(self) -> Found {
        Found(self.0 & HIGH)
    }

    /// Letters and digits of ASCII in their small form.
    pub const fn lower(self) -> u64 {
        self.0 | SMALL_BIT
    }
}

/// Which of eight bytes are what was asked for.
#[derive(Clone, Copy)]
pub struct Found(u64);

impl Found {
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub const fn is_any(self) -> bool {
        self.0 != 0
    }

    /// How many bytes stand before the first that was found; 8 where none was.
    pub const fn before(self) -> usize {
        (self.0.trailing_zeros() / 8) as usize
    }

    /// How many of the first bytes were found, without a gap.
    pub const fn run(self) -> usize {
        Self(!self.0 & HIGH).before()
    }

    pub const fn count(self) -> usize {
        self.0.count_ones() as usize
    }

    /// Those among the first bytes.
    pub const fn first(self, length: usize) -> Self {
        Self(self.0 & first(length))
    }
}

/// All bits of the first bytes.
pub const fn first(length: usize) -> u64 {
    match length {
        0..8 => (1 << (8 * length)) - 1,
        _ => u64::MAX,
    }
}

/// The highest bits of those bytes, none of which has it, that lie between two others.
const fn within(bytes: u64, least: u8, most: u8) -> u64 {
    let from = bytes + ONES * (0x80 - least as u64);
    let beyond = bytes + ONES * (0x7F - most as u64);
    from & !beyond & HIGH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_is_told_as_it_is_told_alone() {
        for byte in 0..=u8::MAX {
            let around = [b'a', byte, 0xC3, byte, b'9', 0xFF, byte, 0];
            let eight = Eight::at(&around, 0);
            let check = |found: Found, is_so: fn(&u8) -> bool| {
                for (place, byte) in around.iter().enumerate() {
                    assert_eq!(found.0 >> (8 * place + 7) & 1 == 1, is_so(byte), "{byte:#x} among {around:?}");
                }
            };
            check(eight.letters(), u8::is_ascii_alphabetic);
            check(eight.digits(), u8::is_ascii_digit);
            check(eight.small(eight.letters()), u8::is_ascii_lowercase);
            check(eight.beyond_ascii(), |byte| !byte.is_ascii());
        }
    }

    #[test]
    fn runs_and_gaps_are_counted() {
        let eight = Eight::at(b"xabc, d", 1);
        assert_eq!((eight.letters().run(), eight.letters().before(), eight.letters().count()), (3, 0, 4));
        assert_eq!((eight.beyond_ascii().before(), eight.digits().is_any()), (8, false));
        assert_eq!(eight.letters().first(2).count(), 2);
        assert_eq!(Eight::at(b"Ab1", 0).lower() & first(3), u64::from_le_bytes(*b"ab1\0\0\0\0\0"));
    }
}
