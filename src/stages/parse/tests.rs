use super::*;
use crate::model::Warning;
use proptest::prelude::*;

fn parsed(bytes: &[u8], format: Format) -> Result<ParsedArticle, StageError> {
    parse(RawDocument::new(bytes.to_vec(), format), &Options::default())
}

#[test]
fn the_seed_in_an_old_encoding_comes_out_right() {
    let seed = include_bytes!("../../../seeds/archive-border.fr-de.txt");
    let article = parsed(seed, Format::Text).unwrap();
    assert_eq!(article.source.encoding, "windows-1252");
    assert_eq!(article.warnings, [Warning::EncodingGuessed]);
    assert_eq!(article.metadata.title.as_deref(), Some("Les pompiers de deux pays sous un même toit"));
    assert!(
        article.text.contains("« Le feu ne demande pas de passeport »")
            || article.text.contains("«\u{A0}Le feu ne demande pas de passeport\u{A0}»")
    );
    assert!(article.text.contains("Un œil attentif, celui de l’adjudante Maëlle Fœrster"));
}

#[test]
fn nothing_but_white_space_is_no_article() {
    for format in [Format::Text, Format::Markdown, Format::Html, Format::Json] {
        assert_eq!(parsed(b" \n\t\n", format).map(|article| article.text), Err(StageError::Empty));
        assert_eq!(parsed(b"", format).map(|article| article.text), Err(StageError::Empty));
        assert_eq!(parsed(b"\xEF\xBB\xBF", format).map(|article| article.text), Err(StageError::Empty));
    }
}

#[test]
fn long_and_hostile_documents_are_read_in_linear_time() {
    let patterns = [
        "By Ada Moe\n",
        "a: b\n",
        "3 March 2024 ",
        "-more-\n",
        "\u{0C}",
        "<meta ",
        "<!--",
        "\r",
        "Ada Moe, ",
        "and ",
        "(",
        "\x1b$B",
        "\u{FEFF}",
        "---\n- a\n",
        "\\ud800",
        "{\"a\":",
        "[",
        "\"text\":\"x\",",
    ];
    for pattern in patterns {
        let long = pattern.repeat(2_000_000 / pattern.len());
        for format in [Format::Text, Format::Json] {
            let _ = parsed(long.as_bytes(), format);
        }
        let _ = parsed(format!("{{\"text\":\"Late.\",{long}").as_bytes(), Format::Json);
        let _ = encoding::decode(long.into_bytes(), Format::Html, None);
    }
}

proptest! {
    #[test]
    fn no_bytes_make_us_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        for format in [Format::Text, Format::Markdown, Format::Html, Format::Json] {
            let _ = parsed(&bytes, format);
        }
    }

    #[test]
    fn no_text_makes_us_panic(text in any::<String>()) {
        for format in [Format::Text, Format::Markdown, Format::Json] {
            let _ = parsed(text.as_bytes(), format);
        }
    }
}
