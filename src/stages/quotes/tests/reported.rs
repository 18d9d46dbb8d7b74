//! Samples of reported speech: what somebody said in the reporter's words.

use super::quotes_of;
use crate::model::QuoteKind;
use crate::stages::quotes::Options;

/// The speaker and the words of the reported speech.
#[track_caller]
fn check(language: &str, text: &str, expected: &[(&str, &str)]) {
    let quotes = quotes_of(language, text, &Options { indirect: true, ..Options::default() });
    let reported = quotes.iter().filter(|quote| quote.kind == QuoteKind::Indirect);
    let found: Vec<(&str, &str)> =
        reported.map(|quote| (quote.speaker.as_ref().map_or("", |speaker| speaker.name.as_str()), quote.span.of(text))).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn that_begins_what_was_said() {
    check("en", "Mary Hale said on Monday that the ferry will be sold.", &[("Mary Hale", "the ferry will be sold")]);
    check("fr", "Anne Roche a déclaré que le bac sera vendu.", &[("Anne Roche", "le bac sera vendu")]);
    check("de", "Jens Weber sagte, dass die Fähre verkauft wird.", &[("Jens Weber", "die Fähre verkauft wird")]);
    check("es", "Elena Ruiz afirmó que el barco será vendido.", &[("Elena Ruiz", "el barco será vendido")]);
    check("it", "Carlo Rossi ha detto che la nave sarà venduta.", &[("Carlo Rossi", "la nave sarà venduta")]);
    check("pt", "Rita Costa disse que o barco será vendido.", &[("Rita Costa", "o barco será vendido")]);
    check("nl", "Piet Hofman zegt dat de boot wordt verkocht.", &[("Piet Hofman", "de boot wordt verkocht")]);
    check("id", "Rina Wijaya mengatakan bahwa kapal itu akan dijual.", &[("Rina Wijaya", "kapal itu akan dijual")]);
}

#[test]
fn an_adposition_names_whoever_said_it() {
    check("en", "According to Mary Hale, the ferry will be sold.", &[("Mary Hale", "the ferry will be sold")]);
    check("en", "The ferry will be sold in May, according to Mary Hale.", &[("Mary Hale", "The ferry will be sold in May")]);
    check("fr", "Selon Anne Roche, le bac sera vendu.", &[("Anne Roche", "le bac sera vendu")]);
    check("de", "Laut Jens Weber ist die Fähre verkauft.", &[("Jens Weber", "ist die Fähre verkauft")]);
    check("es", "Según Elena Ruiz, el barco será vendido.", &[("Elena Ruiz", "el barco será vendido")]);
    check("it", "Secondo Carlo Rossi, la nave sarà venduta.", &[("Carlo Rossi", "la nave sarà venduta")]);
    check("pt", "Segundo Rita Costa, o barco será vendido.", &[("Rita Costa", "o barco será vendido")]);
    check("id", "Menurut Rina Wijaya, kapal itu akan dijual.", &[("Rina Wijaya", "kapal itu akan dijual")]);
}

#[test]
fn a_sentence_in_which_nobody_speaks_reports_nothing() {
    check("en", "The ferry that was sold in May is back.", &[]);
    check("fr", "Le bac que la ville a vendu est revenu.", &[]);
    check("de", "Die Fähre wurde im Mai verkauft.", &[]);
}
