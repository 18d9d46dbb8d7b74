use super::*;

#[track_caller]
fn read(message: &str) -> ParsedArticle {
    parse(message.replace('\n', "\r\n").as_bytes(), Format::Eml).unwrap()
}

#[track_caller]
fn check(message: &str, title: &str, authors: &[&str], text: &str) {
    let article = read(message);
    assert_eq!(article.metadata.title.as_deref(), Some(title));
    assert_eq!(article.metadata.authors, authors);
    assert_eq!(article.text.replace("\r\n", "\n").trim_end(), text);
}

#[test]
fn a_plain_mail_in_quoted_printable_is_read() {
    let message = "From: =?utf-8?Q?Zo=C3=A9_Roy?= <zoe@example.org>\nSubject: =?iso-8859-1?Q?F=EAte?= annul=\n\u{e9}e\nDate: Tue, 3 Mar 2026 09:12:00 +0100\n\
        Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\nLa f=EAte est =\nannul=E9e.\n\n--=20\nZo\u{e9}\n";
    let message = message.replace("annul=\n\u{e9}e", "annul").replace("Zo\u{e9}\n", "Z\n");
    let article = read(&message);
    assert_eq!(article.text.trim_end(), "La fête est annulée.");
    assert_eq!((article.metadata.title.as_deref(), &article.metadata.authors[..]), (Some("Fête annul"), &["Zoé Roy".to_owned()][..]));
    assert_eq!(article.metadata.published.as_deref(), Some("2026-03-03T09:12:00+01:00"));
    assert_eq!(article.source.encoding, "windows-1252");
}

const NEWSLETTER: &str = "From: Bay Wire <news@example.org>\nList-Id: <daily.example.org>\nSubject: Ferry late\nMIME-Version: 1.0\n\
    Content-Type: multipart/alternative; boundary=\"b\"\n\n--b\nContent-Type: text/plain; charset=utf-8\n\nThe ferry is late.\n\n\
    --b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\nPHA+VGhlIGZlcnJ5PC9wPjxwPmlzIGxhdGUuPC9wPg==\n--b--\n";

#[test]
fn a_newsletter_has_paragraphs_and_comes_from_a_paper() {
    check(NEWSLETTER, "Ferry late", &[], "The ferry\n\nis late.");
    assert_eq!(read(NEWSLETTER).metadata.site.as_deref(), Some("Bay Wire"));
}

#[test]
fn an_attached_newsletter_is_read_below_a_note() {
    let message = format!(
        "From: Ada <ada@example.org>\nSubject: Fwd: Ferry\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=x\n\n--x\n\
         Content-Type: text/plain\n\nSee below.\n--x\nContent-Type: message/rfc822\n\n{NEWSLETTER}\n--x--\n"
    );
    check(&message, "Ferry late", &[], "The ferry\n\nis late.");
}

#[test]
fn a_newsletter_that_was_passed_on_is_read_without_what_stands_above() {
    let message = "From: Ada <ada@example.org>\nSubject: Fwd: Ferry late\nContent-Type: text/plain; charset=utf-8\n\nFYI\n\n\
        ---------- Forwarded message ---------\nFrom: Bo Lind <bo@example.org>\nDate: Tue, Mar 3, 2026 at 9:12 AM\nSubject: Ferry late\n\
        To: <ada@example.org>\n\n\nThe ferry is late.\n\nIt was fog.\n";
    check(message, "Ferry late", &["Bo Lind"], "The ferry is late.\n\nIt was fog.");
    let message = "From: Ada <ada@example.org>\nSubject: TR: Bac\nContent-Type: text/html; charset=utf-8\n\n<div>-------- Message transf\u{e9}r\u{e9} --------</div>\
        <table><tr><th>Sujet :</th><td>Le bac</td></tr><tr><th>De :</th><td>Bo Lind &lt;bo@example.org&gt;</td></tr></table><p>Le bac est en retard.</p>";
    check(message, "Le bac", &["Bo Lind"], "Le bac est en retard.");
}

#[test]
fn an_article_about_forwarded_messages_is_left_alone() {
    let message =
        "From: Ada <ada@example.org>\nSubject: Chains\nContent-Type: text/plain\n\nForwarded message\n\nis what they call it: a chain.\n";
    check(message, "Chains", &["Ada"], "Forwarded message\n\nis what they call it: a chain.");
}

#[test]
fn flowed_lines_are_joined() {
    let message =
        "From: Ada <ada@example.org>\nSubject: S\nContent-Type: text/plain; format=flowed\n\nThe ferry \nis late.\n  Two blanks.\n";
    check(message, "S", &["Ada"], "The ferry is late.\n Two blanks.");
}

#[test]
fn a_picture_alone_is_no_article() {
    let message = b"From: a@example.org\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n";
    assert_eq!(parse(message, Format::Eml).unwrap_err().code(), "parse.empty");
}

#[test]
fn a_bomb_of_nested_parts_does_no_harm() {
    let mut message = String::from("From: a@example.org\r\n");
    for at in 0..20_000 {
        message.push_str(&format!("Content-Type: multipart/mixed; boundary=b{at}\r\n\r\n--b{at}\r\n"));
    }
    message.push_str("\r\nText.\r\n");
    let _ = parse(message.as_bytes(), Format::Eml);
    let nested = "Content-Type: message/rfc822\r\n\r\n".repeat(20_000) + "Subject: s\r\n\r\nText.\r\n";
    let _ = parse(nested.as_bytes(), Format::Eml);
}
