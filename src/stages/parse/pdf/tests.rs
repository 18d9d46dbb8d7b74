use std::fmt::Write as _;

use super::*;

/// A PDF by the standard, with Helvetica and one text a line: x, y from the bottom, size, text.
fn pdf(pages: &[&[(f64, f64, f64, &str)]]) -> Vec<u8> {
    let mut objects = vec!["<< /Type /Catalog /Pages 2 0 R >>".to_owned(), String::new()];
    objects.push("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned());
    let mut kids = String::new();
    for page in pages {
        let mut content = String::new();
        for (x, y, size, text) in *page {
            let _ = writeln!(content, "BT /F1 {size} Tf {x} {y} Td ({}) Tj ET", text.replace('(', "\\(").replace(')', "\\)"));
        }
        let at = objects.len() + 1;
        let _ = write!(kids, "{at} 0 R ");
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents {} 0 R /Resources << /Font << /F1 3 0 R >> >> >>",
            at + 1
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()));
    }
    objects[1] = format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len());
    let mut file = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (at, object) in objects.iter().enumerate() {
        places.push(file.len());
        let _ = write!(file, "{} 0 obj\n{object}\nendobj\n", at + 1);
    }
    let start = file.len();
    let _ = write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1);
    for place in places {
        let _ = writeln!(file, "{place:010} 00000 n ");
    }
    let _ = write!(file, "trailer << /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n", objects.len() + 1);
    file.into_bytes()
}

#[track_caller]
fn check(pages: &[&[(f64, f64, f64, &str)]], title: Option<&str>, text: &str) {
    let article = parse(pdf(pages), &Options::default()).unwrap();
    assert_eq!((article.metadata.title.as_deref(), article.text.as_str()), (title, text));
}

#[test]
fn a_headline_two_columns_and_a_cut_word_are_read_in_order() {
    check(
        &[&[
            (50.0, 740.0, 24.0, "Ferry late again at Leith harbour"),
            (50.0, 700.0, 10.0, "The ferry to the islands was late on"),
            (50.0, 688.0, 10.0, "Monday, the third time this month, pas-"),
            (50.0, 676.0, 10.0, "sengers said. A well-known captain was"),
            (50.0, 664.0, 10.0, "angry about it."),
            (320.0, 700.0, 10.0, "The harbour office blamed the fog, which"),
            (320.0, 688.0, 10.0, "came in early and stayed. Another well-"),
            (320.0, 676.0, 10.0, "known captain said that he had sailed"),
            (320.0, 664.0, 10.0, "through worse."),
        ]],
        Some("Ferry late again at Leith harbour"),
        "The ferry to the islands was late on Monday, the third time this month, passengers said. A well-known captain was angry about it.\n\n\
         The harbour office blamed the fog, which came in early and stayed. Another well-known captain said that he had sailed through worse.",
    );
}

#[test]
fn running_heads_and_page_numbers_are_left_out() {
    let first: &[(f64, f64, f64, &str)] = &[
        (50.0, 770.0, 8.0, "Bay Wire, 3 March 2026"),
        (50.0, 700.0, 10.0, "The ferry to the islands was late on Monday, as it had been the week be-"),
        (50.0, 688.0, 10.0, "fore, and nobody at the harbour office could say for how long it would"),
        (290.0, 30.0, 8.0, "1"),
    ];
    let second: &[(f64, f64, f64, &str)] = &[
        (50.0, 770.0, 8.0, "Bay Wire, 3 March 2026"),
        (50.0, 700.0, 10.0, "go on like this."),
        (62.0, 676.0, 10.0, "Fog was to blame, the captain said when he came ashore in the evening,"),
        (50.0, 664.0, 10.0, "and not the crew."),
        (290.0, 30.0, 8.0, "2"),
    ];
    check(
        &[first, second],
        None,
        "The ferry to the islands was late on Monday, as it had been the week before, and nobody at the harbour office could say for how long it would go on like this.\n\n\
         Fog was to blame, the captain said when he came ashore in the evening, and not the crew.",
    );
}

#[test]
fn paragraphs_are_told_by_gap_and_by_indent() {
    check(
        &[&[
            (50.0, 700.0, 10.0, "The ferry to the islands was late on Monday, the third time this month."),
            (50.0, 680.0, 10.0, "The harbour office blamed the fog, which came in early and stayed until"),
            (50.0, 668.0, 10.0, "noon over the whole of the firth and the town, and over the hills beyond"),
            (62.0, 656.0, 10.0, "Captains of other ships had sailed through worse, they said, and would"),
            (50.0, 644.0, 10.0, "do so again."),
        ]],
        None,
        "The ferry to the islands was late on Monday, the third time this month.\n\n\
         The harbour office blamed the fog, which came in early and stayed until noon over the whole of the firth and the town, and over the hills beyond\n\n\
         Captains of other ships had sailed through worse, they said, and would do so again.",
    );
}

#[test]
fn what_cannot_be_read_is_told() {
    assert_eq!(parse(b"%PDF-1.4\nnothing".to_vec(), &Options::default()).unwrap_err().code(), "parse.malformed");
    assert_eq!(parse(pdf(&[&[]]), &Options::default()).unwrap_err().code(), "parse.empty");
}

#[test]
fn a_form_that_draws_itself_comes_to_an_end() {
    let content = "q /X Do Q BT /F1 10 Tf 50 700 Td (The ferry is late.) Tj ET";
    let page = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> /XObject << /X 5 0 R >> >> >>";
    let form = "<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] /Resources << /XObject << /X 5 0 R >> >> /Length 10 >>\nstream\n/X Do /X Do\nendstream";
    let file = format!(
        "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Kids [3 0 R 2 0 R] /Count 2 >>\nendobj\n3 0 obj\n{page}\nendobj\n\
         4 0 obj\n<< /Length {} >>\nstream\n{content}\nendstream\nendobj\n5 0 obj\n{form}\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n",
        content.len()
    );
    let article = parse(file.into_bytes(), &Options::default()).unwrap();
    assert_eq!(article.text, "The ferry is late.");
}
