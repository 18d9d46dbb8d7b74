//! Undoes quoted-printable as mail programs write it: not all keep to the standard (RFC 2045, 6.7).

/// The bytes that were quoted. Soft breaks may have blanks behind their sign, hex digits may be small, and a sign that
/// quotes nothing stands for itself.
pub fn unquoted(quoted: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(quoted.len());
    for line in quoted.split_inclusive(|byte| *byte == b'\n') {
        let (line, line_end) = match line.strip_suffix(b"\r\n").map(|line| (line, b"\r\n".as_slice())) {
            Some(found) => found,
            None => line.strip_suffix(b"\n").map_or((line, b"".as_slice()), |line| (line, b"\n".as_slice())),
        };
        // Blanks at the end of a line were added on the way.
        let line = line.trim_ascii_end();
        let (line, goes_on) = line.strip_suffix(b"=").map_or((line, false), |line| (line, true));
        let mut rest = line;
        while let Some(at) = memchr::memchr(b'=', rest) {
            out.extend_from_slice(rest.get(..at).unwrap_or_default());
            let digit = |place: usize| {
                rest.get(at + place).and_then(|digit| char::from(*digit).to_digit(16)).and_then(|digit| u8::try_from(digit).ok())
            };
            if let (Some(high), Some(low)) = (digit(1), digit(2)) {
                out.push(high * 16 + low);
                rest = rest.get(at + 3..).unwrap_or_default();
            } else {
                out.push(b'=');
                rest = rest.get(at + 1..).unwrap_or_default();
            }
        }
        out.extend_from_slice(rest);
        if !goes_on {
            out.extend_from_slice(line_end);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(quoted: &str, expected: &str) {
        assert_eq!(String::from_utf8(unquoted(quoted.as_bytes())).unwrap(), expected);
    }

    #[test]
    fn odd_line_ends_and_small_digits_are_read() {
        check("a =\r\nb", "a b");
        check("a =\nb", "a b");
        check("a =  \r\nb=\t\nc", "a bc");
        check("caf=c3=a9 =E2=82=AC", "café €");
        check("at the end=", "at the end");
        check("blank  \r\nblank=20\r\n", "blank\r\nblank \r\n");
        check("2+2=4, a=b, =zz, =4", "2+2=4, a=b, =zz, =4");
        check("", "");
    }
}
