//! Samples of marks: where a quote begins and ends, and what in marks was said by nobody.

use super::{check, quotes_of};
use crate::stages::quotes::Options;

/// The stretches found, whoever said them.
#[track_caller]
fn spans(language: &str, text: &str, expected: &[&str]) {
    let quotes = quotes_of(language, text, &Options { max: 0, ..Options::default() });
    let found: Vec<&str> = quotes.iter().map(|quote| quote.span.of(text)).collect();
    assert_eq!(found, expected, "{text}");
}

/// The speaker's own words in the first quote.
#[track_caller]
fn parts(language: &str, text: &str, expected: &[&str]) {
    let quotes = quotes_of(language, text, &Options { max: 0, ..Options::default() });
    let found: Vec<&str> = quotes.iter().take(1).flat_map(|quote| &quote.parts).map(|part| part.of(text)).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn every_pair_of_marks_is_read() {
    for (open, close) in [("“", "”"), ("\"", "\""), ("„", "“"), ("„", "”"), ("«", "»"), ("« ", " »"), ("»", "«"), ("‘", "’"), ("「", "」")]
    {
        spans("en", &format!("Ada Moe said: {open}The boat will not sail tonight.{close}"), &["The boat will not sail tonight"]);
    }
}

#[test]
fn marks_of_two_kinds_may_pair() {
    spans("en", "Ada Moe said: “The boat will not sail tonight.\"", &["The boat will not sail tonight"]);
    spans("it", "Carlo Rossi ha detto: \"La nave non parte questa sera”.", &["La nave non parte questa sera"]);
}

#[test]
fn a_quote_within_a_quote_is_part_of_it() {
    spans("en", "“She told me ‘never again’ and left,” Ada Moe said.", &["She told me ‘never again’ and left"]);
    spans("fr", "« Il m'a dit “jamais plus” et il est parti », a dit Anne Roche.", &["Il m'a dit “jamais plus” et il est parti"]);
    spans("de", "„Er rief ‚nie wieder‘ und ging davon“, sagte Jens Weber.", &["Er rief ‚nie wieder‘ und ging davon"]);
    spans("en", "‘She told me “never again” and left,’ Ada Moe said.", &["She told me “never again” and left"]);
}

#[test]
fn an_apostrophe_is_no_mark() {
    spans("en", "The sailors' boat didn't leave. It's the '90s again, Ada Moe said.", &[]);
    spans("nl", "‘We gaan 's avonds weer naar huis’, zegt Piet Hofman.", &["We gaan 's avonds weer naar huis"]);
    spans("fr", "L’eau n’est pas froide, dit-on d’habitude.", &[]);
}

#[test]
fn inches_and_seconds_are_no_marks() {
    spans("en", "The plank is 6'2\" long and 9\" wide, Ada Moe said.", &[]);
}

#[test]
fn a_quote_that_goes_on_in_the_next_paragraph_is_one() {
    let text = "“We waited on the quay all night.\n\n“Nobody came to fetch us,” Ida Lund said.";
    parts("en", text, &["We waited on the quay all night", "Nobody came to fetch us"]);
    let text = "« Nous avons attendu toute la nuit.\n\n» Personne n'est venu nous chercher », a dit Anne Roche.";
    parts("fr", text, &["Nous avons attendu toute la nuit", "Personne n'est venu nous chercher"]);
}

#[test]
fn a_mark_that_is_never_closed_ends_with_its_paragraph() {
    let text = "“We waited on the quay all night.\n\nThe boat came at six in the morning.";
    spans("en", text, &["We waited on the quay all night"]);
}

#[test]
fn a_cue_within_the_marks_parts_the_quote() {
    parts("fr", "« Nous partons demain, dit-elle, et nous ne reviendrons pas. »", &["Nous partons demain", "et nous ne reviendrons pas"]);
    // Who it is that speaks belongs to the cue, but not what merely stands behind its comma.
    let sale = ["La vente", "ne supprimera aucun emploi ici"];
    parts("fr", "« La vente, assure le directeur du port, Étienne Vauclair, ne supprimera aucun emploi ici. »", &sale);
    parts("fr", "« La vente, a assuré Jeanne Morel, maire de la ville, ne supprimera aucun emploi ici. »", &sale);
    parts("fr", "« Hier, dit le maire, Paris dormait, et nous aussi. »", &["Hier", "Paris dormait, et nous aussi"]);
    parts("fr", "« Nous partons demain, a déclaré Anne Roche, et pour toujours. »", &["Nous partons demain", "et pour toujours"]);
    parts("it", "«La nave non parte – ha detto Carlo Rossi – e resta in porto».", &["La nave non parte", "e resta in porto"]);
}

#[test]
fn lines_that_open_with_a_dash_are_dialogue() {
    let text = "— Je pars demain matin, dit Pierre.\n\n— Pourquoi si tôt ?\n\n— Parce que la mer est calme.";
    spans("fr", text, &["Je pars demain matin", "Pourquoi si tôt", "Parce que la mer est calme"]);
}

#[test]
fn a_title_a_nickname_a_gloss_and_a_motto_were_said_by_nobody() {
    check("en", "Her novel “The Long Road North” came out in May.", &[]);
    check("en", "John “the Hammer” Vane won in three rounds.", &[]);
    check("en", "The so-called “grey week” ended on Sunday.", &[]);
    check("en", "The song “Boats” is on the album “Nets and Ropes”.", &[]);
    check("id", "Film “Jalan Panjang ke Utara” tayang hari Jumat.", &[]);
    check("pt", "O filme “A Longa Estrada do Norte” estreia na sexta.", &[]);
    check("nl", "De film ‘De lange weg naar het noorden’ draait vrijdag.", &[]);
}

#[test]
fn a_single_word_is_a_quote_only_as_a_whole_utterance() {
    check("en", "“Never,” said Ada Moe.", &[("Ada Moe", "Never")]);
    check("en", "The “ferry” was a raft, Ada Moe said.", &[]);
}

#[test]
fn a_text_without_marks_has_no_direct_quotes() {
    spans("en", "Ada Moe said the boat will not sail tonight.", &[]);
    spans("und", "", &[]);
}
