use super::*;
use encoding_rs::*;
use proptest::prelude::*;

pub(super) const FRENCH: &str = "Les pompiers de deux pays sous un même toit. « Le feu ne demande pas de passeport », a lancé le préfet devant les équipes réunies. Elles ont été saluées : « Voilà l’été », a-t-on répété à l’hôtel.";
pub(super) const RUSSIAN: &str = "Мэр сказал, что мост через реку откроют в мае. Жители ждали этого девять лет и не скрывали радости.";
pub(super) const CHINESE: &str = "市长星期一表示，大桥将于五月重新开放。居民们等待这一天已经九年了，他们说这是个好消息。";
pub(super) const TAIWANESE: &str = "市長星期一表示，大橋將於五月重新開放。居民們等待這一天已經九年了，他們說這是個好消息。";
pub(super) const JAPANESE: &str =
    "市長は月曜日、橋が五月に再開すると述べた。住民たちはこの日を九年間待っていた。とてもうれしいニュースだという。";
pub(super) const KOREAN: &str = "시장은 월요일 다리가 오월에 다시 열린다고 말했다. 주민들은 이날을 구 년 동안 기다려 왔다고 했다.";
pub(super) const POLISH: &str = "Burmistrz powiedział w poniedziałek, że most zostanie otwarty w maju. Mieszkańcy czekali na to dziewięć lat i cieszą się, że już są bliżej końca.";
pub(super) const GREEK: &str = "Ο δήμαρχος είπε τη Δευτέρα ότι η γέφυρα θα ανοίξει ξανά τον Μάιο. Οι κάτοικοι περίμεναν εννέα χρόνια.";

#[track_caller]
fn check(bytes: Vec<u8>, format: Format, encoding: &str, text: &str, warnings: &[Warning]) {
    let decoded = decode(bytes, format, None).unwrap_or_else(|error| panic!("{encoding}: {error}"));
    assert_eq!((decoded.encoding, decoded.text.as_str()), (encoding, text));
    assert_eq!(decoded.warnings, warnings, "{encoding}");
}

pub(super) fn encoded(text: &str, encoding: &'static Encoding) -> Vec<u8> {
    let (bytes, _, lost) = encoding.encode(text);
    assert!(!lost, "{} cannot write the sample", encoding.name());
    bytes.into_owned()
}

/// `UTF_16LE.encode` would write UTF-8.
pub(super) fn wide(text: &str, little: bool) -> Vec<u8> {
    text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
}

pub(super) const GUESSED: &[Warning] = &[Warning::EncodingGuessed];

#[test]
fn what_is_declared_nowhere_is_told_from_the_bytes() {
    for (text, encoding, name) in [
        (FRENCH, WINDOWS_1252, "windows-1252"),
        (RUSSIAN, WINDOWS_1251, "windows-1251"),
        (RUSSIAN, KOI8_R, "koi8-u"),
        (CHINESE, GBK, "gbk"),
        (TAIWANESE, BIG5, "big5"),
        (JAPANESE, SHIFT_JIS, "shift_jis"),
        (JAPANESE, EUC_JP, "euc-jp"),
        (JAPANESE, ISO_2022_JP, "iso-2022-jp"),
        (KOREAN, EUC_KR, "euc-kr"),
        (POLISH, ISO_8859_2, "iso-8859-2"),
        (POLISH, WINDOWS_1250, "windows-1250"),
        (GREEK, WINDOWS_1253, "windows-1253"),
    ] {
        check(encoded(text, encoding), Format::Text, name, text, GUESSED);
    }
}

#[test]
fn what_a_page_declares_is_believed_wherever_it_stands_in_the_head() {
    let pages: [fn(&str, &str) -> String; 5] = [
        |label, text| format!("<meta charset=\"{label}\"><p>{text}</p>"),
        |label, text| format!("<META CHARSET={label} /><p>{text}</p>"),
        |label, text| format!("<meta http-equiv=Content-Type content='text/html; charset={label}'><p>{text}</p>"),
        |label, text| format!("<?xml version=\"1.0\" encoding=\"{label}\"?><html><p>{text}</p>"),
        |label, text| {
            let script = "var mark = 'a';".repeat(2000);
            format!("<html><head><!-- <meta charset=big5> --><script>{script}</script><meta charset='{label}'></head><p>{text}</p>")
        },
    ];
    for page in pages {
        for (text, encoding, label, name) in [
            (FRENCH, WINDOWS_1252, "iso-8859-1", "windows-1252"),
            (FRENCH, WINDOWS_1252, "us-ascii", "windows-1252"),
            (RUSSIAN, KOI8_R, "koi8-r", "koi8-r"),
            (RUSSIAN, IBM866, "cp866", "ibm866"),
            (CHINESE, GBK, "gb2312", "gbk"),
            (CHINESE, GB18030, "gb18030", "gb18030"),
            (TAIWANESE, BIG5, "big5", "big5"),
            (JAPANESE, SHIFT_JIS, "shift_jis", "shift_jis"),
            (JAPANESE, EUC_JP, "euc-jp", "euc-jp"),
            (KOREAN, EUC_KR, "ks_c_5601-1987", "euc-kr"),
            (POLISH, ISO_8859_2, "iso-8859-2", "iso-8859-2"),
        ] {
            let page = page(label, text);
            check(encoded(&page, encoding), Format::Html, name, &page, &[]);
        }
    }
}

#[test]
fn a_lie_is_found_out() {
    for label in ["iso-8859-1", "windows-1251", "shift_jis", "utf-16"] {
        let page = format!("<meta charset=\"{label}\"><p>{FRENCH}</p>");
        check(page.clone().into_bytes(), Format::Html, "utf-8", &page, &[]);
    }
    for (text, encoding, name) in [(FRENCH, WINDOWS_1252, "windows-1252"), (JAPANESE, SHIFT_JIS, "shift_jis"), (CHINESE, GBK, "gbk")] {
        let page = format!("<meta charset=\"utf-8\"><p>{text}</p>");
        check(encoded(&page, encoding), Format::Html, name, &page, GUESSED);
        let page = format!("<meta charset=\"no-such-thing\"><p>{text}</p>");
        check(encoded(&page, encoding), Format::Html, name, &page, GUESSED);
    }
    let page = format!("<meta charset=\"iso-8859-1\"><p>{JAPANESE}</p>");
    check(encoded(&page, EUC_JP), Format::Html, "euc-jp", &page, GUESSED);
}

#[test]
fn a_declaration_in_the_text_of_a_page_is_talk() {
    let page = format!("<html><body><p>Write &lt;meta charset=big5> or <meta charset=big5></p><p>{FRENCH}</p>");
    check(encoded(&page, WINDOWS_1252), Format::Html, "windows-1252", &page, GUESSED);
}

#[test]
fn letters_declare_their_encoding_in_a_header() {
    let letter = format!("Subject: Most\nContent-Type: text/plain;\n charset=\"koi8-r\"\n\n{RUSSIAN}");
    check(encoded(&letter, KOI8_R), Format::Text, "koi8-r", &letter, &[]);
}

#[test]
fn wide_text_is_read_with_and_without_its_mark() {
    for text in [FRENCH, "The ferry is late.", RUSSIAN] {
        check(wide(&format!("\u{FEFF}{text}"), true), Format::Text, "utf-16le", text, &[]);
        check(wide(&format!("\u{FEFF}{text}"), false), Format::Text, "utf-16be", text, &[]);
        check(wide(text, true), Format::Text, "utf-16le", text, GUESSED);
        check(wide(text, false), Format::Text, "utf-16be", text, GUESSED);
    }
    let chinese = format!("{CHINESE}\n\n{CHINESE}");
    check(wide(&chinese, true), Format::Text, "utf-16le", &chinese, GUESSED);
    check(wide(&chinese, false), Format::Text, "utf-16be", &chinese, GUESSED);
    check(format!("\u{FEFF}{FRENCH}").into_bytes(), Format::Json, "utf-8", FRENCH, &[]);
}

#[test]
fn broken_bytes_are_replaced_and_told() {
    let mut cut = FRENCH.as_bytes().to_vec();
    cut.insert(0, 0xE9);
    check(cut, Format::Text, "utf-8", &format!("\u{FFFD}{FRENCH}"), &[Warning::EncodingInvalid]);
    let mut marked = b"\xEF\xBB\xBFThe ferry \xFF is late.".to_vec();
    check(marked.clone(), Format::Text, "utf-8", "The ferry \u{FFFD} is late.", &[Warning::EncodingInvalid]);
    marked.truncate(3);
    check(marked, Format::Text, "utf-8", "", &[]);
}

#[test]
fn one_broken_pair_does_not_hide_what_the_rest_is_written_in() {
    for (text, encoding, name) in
        [(CHINESE, GBK, "gbk"), (TAIWANESE, BIG5, "big5"), (KOREAN, EUC_KR, "euc-kr"), (JAPANESE, EUC_JP, "euc-jp")]
    {
        let page = |line: &[u8]| [&encoded(text, encoding), b"\n".as_slice(), line, b"\n"].concat();
        let bytes = [page(b"").repeat(12), page(b"\xC7"), page(b"").repeat(12)].concat();
        let decoded = decode(bytes, Format::Html, None).unwrap();
        assert_eq!((decoded.encoding, decoded.text.matches(text).count()), (name, 25));
        assert!(decoded.warnings.contains(&Warning::EncodingGuessed) && decoded.warnings.contains(&Warning::EncodingInvalid), "{name}");
    }
}

#[test]
fn bytes_that_are_no_text_are_refused() {
    let noise: Vec<u8> = (0..4096_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    for bytes in
        [noise, b"\x00\x01\x02\x03\x04\x05\x06\x07".to_vec(), b"abc\0\0\0\x01\0\0\0\x02def\0gh".to_vec(), b"\xFF\xFE\0\0a\0\0\0".to_vec()]
    {
        assert_eq!(decode(bytes, Format::Text, None).map(|decoded| decoded.text), Err(StageError::Binary));
    }
}

#[test]
fn a_long_text_is_guessed_by_its_first_part() {
    for (text, encoding, name) in [(FRENCH, WINDOWS_1252, "windows-1252"), (JAPANESE, SHIFT_JIS, "shift_jis"), (CHINESE, GBK, "gbk")] {
        let long = format!("{}{}", "The ferry is late.\n".repeat(20_000), text.repeat(3_000));
        check(encoded(&long, encoding), Format::Text, name, &long, GUESSED);
    }
}

#[test]
fn a_stray_control_makes_no_binary() {
    let text = format!("{FRENCH}\u{1}\u{8}");
    check(text.clone().into_bytes(), Format::Text, "utf-8", &text, &[]);
}

proptest! {
    #[test]
    fn any_bytes_may_come(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        for format in [Format::Text, Format::Html, Format::Json, Format::Markdown] {
            if let Ok(decoded) = decode(bytes.clone(), format, None) {
                prop_assert!(decoded.text.len() <= bytes.len() * 3);
            }
        }
    }

    #[test]
    fn text_in_utf8_comes_out_as_it_went_in(text in "[\\PC\n]{0,200}") {
        prop_assume!(!text.starts_with('\u{FEFF}'));
        prop_assert_eq!(decode(text.clone().into_bytes(), Format::Text, None).unwrap().text, text);
    }
}
