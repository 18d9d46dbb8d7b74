//! Refuses a PDF file whose packed parts would come out too large, before anything of it is read in earnest: whoever reads
//! it unpacks each of them in one go.

use std::io::Read;

use flate2::read::ZlibDecoder;

use crate::model::{Limit, StageError};

/// What always may come out, however small the file is: a page of rules and patterns packs well.
const ALWAYS_ALLOWED: u64 = 8 * 1024 * 1024;
/// Packed parts may be packed again; nobody does it more often.
const LAYERS_MAX: u32 = 4;

/// Unpacks every packed part of the file, keeping nothing.
pub fn ensure_none(file: &[u8], ratio_max: u64) -> Result<(), StageError> {
    let mut left = (file.len() as u64).saturating_mul(ratio_max).saturating_add(ALWAYS_ALLOWED);
    for at in memchr::memmem::find_iter(file, b"stream") {
        let data = file.get(at + b"stream".len()..).unwrap_or_default();
        let data = data.strip_prefix(b"\r").unwrap_or(data);
        let data = data.strip_prefix(b"\n").unwrap_or(data);
        if begins_packed(data) && measure(ZlibDecoder::new(data), &mut left, LAYERS_MAX).is_none() {
            let reason = format!("the PDF file unpacks to more than {ratio_max} times its size");
            return Err(StageError::Limit { limit: Limit::Ratio, reason });
        }
    }
    Ok(())
}

/// The two bytes before packed data, which check each other (RFC 1950).
fn begins_packed(data: &[u8]) -> bool {
    matches!(data, [first, second, ..] if first & 0x0F == 8 && first >> 4 <= 7 && (u32::from(*first) << 8 | u32::from(*second)) % 31 == 0)
}

/// Counts what comes out, as far as it can be unpacked, against what is left. None once that is used up.
fn measure(mut unpacked: impl Read, left: &mut u64, layers: u32) -> Option<()> {
    let mut buffer = vec![0; 32 * 1024];
    let mut first = true;
    loop {
        // What is damaged ends here; whoever reads the file will say so.
        let count = unpacked.read(&mut buffer).unwrap_or(0);
        if count == 0 {
            return Some(());
        }
        *left = left.checked_sub(count as u64)?;
        let part = buffer.get(..count).unwrap_or_default();
        if first && layers > 0 && begins_packed(part) {
            let inner: Box<dyn Read + '_> = Box::new(ZlibDecoder::new(part.chain(&mut unpacked as &mut dyn Read)));
            measure(inner, left, layers - 1)?;
            return Some(());
        }
        first = false;
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn packed(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    #[track_caller]
    fn check(part: &[u8], expected: Result<(), &str>) {
        let file = [b"%PDF-1.7\n1 0 obj\n<</Filter/FlateDecode>>stream\r\n", part, b"\nendstream\nendobj\n"].concat();
        assert_eq!(ensure_none(&file, 200).map_err(|error| error.code()), expected);
    }

    #[test]
    fn a_small_file_that_comes_out_large_is_refused_however_often_it_is_packed() {
        let much = vec![b'q'; 40 << 20];
        check(&packed(&much), Err("limit.ratio"));
        check(&packed(&packed(&packed(&much))), Err("limit.ratio"));
    }

    #[test]
    fn an_ordinary_part_and_a_damaged_one_are_left_to_whoever_reads_them() {
        let page = b"BT /F1 12 Tf (The ferry is late.) Tj ET\n".repeat(2000);
        check(&packed(&page), Ok(()));
        check(&packed(&page)[..40], Ok(()));
        check(b"BT (The ferry is late.) Tj ET", Ok(()));
    }
}
