mod american;
mod germanic;
mod indonesian;
mod marks;
mod phenomena;
mod reported;
mod romance;
mod speakers;

use proptest::prelude::*;

use super::*;
use crate::model::{Format, Language, Metadata, QuoteKind, SourceFacts};

pub fn quotes_of(language: &str, text: &str, options: &Options) -> Vec<Quote> {
    let article = CleanArticle {
        metadata: Metadata::default(),
        source: SourceFacts::new(Format::Text, "utf-8"),
        language: Language { code: language.to_owned(), confidence: 1.0 },
        text: text.to_owned(),
        warnings: Vec::new(),
    };
    extract(article, options).expect("quotes are never refused").quotes
}

/// Each expected quote: its speaker (empty: none) and its words.
#[track_caller]
pub fn check(language: &str, text: &str, expected: &[(&str, &str)]) {
    let quotes = quotes_of(language, text, &Options::default());
    let found: Vec<(&str, &str)> =
        quotes.iter().map(|quote| (quote.speaker.as_ref().map_or("", |speaker| speaker.name.as_str()), quote.span.of(text))).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn the_name_after_said_is_the_speaker() {
    check("en", "“Rates will hold until spring,” said Ada Moe.", &[("Ada Moe", "Rates will hold until spring")]);
    check("en", "\"Rates will hold until spring,\" Ada Moe told the Harbour Post.", &[("Ada Moe", "Rates will hold until spring")]);
}

#[test]
fn a_pronoun_stands_for_the_one_who_spoke_before() {
    check("en", "Mayor Ada Moe opened the bridge.\n\n“It took nine long years,” she said.", &[("Ada Moe", "It took nine long years")]);
}

#[test]
fn an_agency_that_is_spoken_to_is_not_the_speaker() {
    let text = "Le maire Paul Arnoux a visité le port.\n\n« Nous allons tout reconstruire ici », a-t-il déclaré à Reuters.";
    check("fr", text, &[("Paul Arnoux", "Nous allons tout reconstruire ici")]);
    let quotes = quotes_of("fr", text, &Options::default());
    let quote = quotes.first().expect("one quote");
    assert_eq!(quote.cue.map(|cue| cue.span.of(text)), Some("a-t-il déclaré"));
    let mention = quote.speaker.as_ref().and_then(|speaker| speaker.mention);
    assert_eq!(mention.map(|span| span.of(text)), Some("il"));
}

#[test]
fn every_language_names_its_speakers() {
    check("fr", "« Rien n'est encore joué », a déclaré Anne Roche.", &[("Anne Roche", "Rien n'est encore joué")]);
    check("de", "„Wir prüfen den Fall genau“, sagte Jens Weber.", &[("Jens Weber", "Wir prüfen den Fall genau")]);
    check("es", "«No vamos a vender nada», dijo Elena Ruiz.", &[("Elena Ruiz", "No vamos a vender nada")]);
    check("it", "«Non venderemo mai la barca», ha detto Carlo Rossi.", &[("Carlo Rossi", "Non venderemo mai la barca")]);
    check("pt", "“Vamos abrir o porto amanhã”, disse Rita Costa.", &[("Rita Costa", "Vamos abrir o porto amanhã")]);
    check("nl", "‘We gaan morgen weer open’, zegt Piet Hofman.", &[("Piet Hofman", "We gaan morgen weer open")]);
    check("id", "\"Kami akan membuka pasar besok,\" kata Rina Wijaya.", &[("Rina Wijaya", "Kami akan membuka pasar besok")]);
}

#[test]
fn a_title_of_a_work_was_said_by_nobody() {
    check("en", "The film “The Salt Road Home” opened in Dunmore on Friday.", &[]);
}

#[test]
fn a_measure_is_no_quotation_mark() {
    check("fr", "Il court en 10\"04 et sourit. Son rival court en 9\"81 cette année.", &[]);
}

#[test]
fn an_unclosed_mark_does_not_swallow_the_next_paragraph() {
    check(
        "en",
        "“We will appeal at once, Ida Lund said.\n\nThe court sits again in May.",
        &[("", "We will appeal at once, Ida Lund said")],
    );
}

#[test]
fn a_quote_over_two_paragraphs_is_one() {
    let text = "“We waited the whole night there.\n\n“Nobody came for us,” Ida Lund said.";
    let quotes = quotes_of("en", text, &Options::default());
    assert_eq!(quotes.len(), 1);
    assert_eq!(quotes.first().map(|quote| quote.parts.len()), Some(2));
    assert_eq!(quotes.first().and_then(|quote| quote.speaker.as_ref()).map(|speaker| speaker.name.as_str()), Some("Ida Lund"));
}

#[test]
fn a_cue_within_the_marks_is_cut_out() {
    let text = "Anne Roche a pris la parole.\n\n« Nous partons demain, a-t-elle dit, et nous ne reviendrons pas. »";
    let quotes = quotes_of("fr", text, &Options::default());
    let parts: Vec<&str> = quotes.iter().flat_map(|quote| &quote.parts).map(|part| part.of(text)).collect();
    assert_eq!(parts, ["Nous partons demain", "et nous ne reviendrons pas"]);
}

#[test]
fn reported_speech_comes_only_when_asked_for() {
    let text = "Ada Moe said that the bridge will open in June.";
    assert!(quotes_of("en", text, &Options::default()).is_empty());
    let quotes = quotes_of("en", text, &Options { indirect: true, ..Options::default() });
    assert_eq!(quotes.first().map(|quote| (quote.kind, quote.span.of(text))), Some((QuoteKind::Indirect, "the bridge will open in June")));
}

#[test]
fn odd_texts_cost_no_more_than_others() {
    for text in
        ["\"“«‘' ".repeat(200_000), "word ".repeat(400_000), "word\n\n".repeat(300_000), "“a ".repeat(300_000), "\"a\" ".repeat(200_000)]
    {
        quotes_of("en", &text, &Options { indirect: true, ..Options::default() });
    }
}

proptest! {
    #[test]
    fn every_quote_is_in_the_text_at_its_span(
        text in "([ \n\"“”„«»‘’'—.,:!?-]|Ada|Moe|said|a-t-il|dit|il|der|Minister|sagte|é|9){0,80}",
        language in prop::sample::select(vec!["en", "fr", "de", "es", "it", "pt", "nl", "id", "und"]),
    ) {
        for quote in quotes_of(language, &text, &Options { max: 0, min_words: 1, indirect: true }) {
            prop_assert!(!quote.span.of(&text).is_empty());
            prop_assert!(quote.parts.iter().all(|part| !part.of(&text).is_empty() && quote.span.contains(*part)));
            prop_assert!((0.0..=1.0).contains(&quote.score));
            let places = quote.cue.iter().map(|cue| cue.span).chain(quote.speaker.iter().filter_map(|speaker| speaker.mention));
            for place in places {
                prop_assert!(!place.of(&text).is_empty());
            }
        }
    }
}
