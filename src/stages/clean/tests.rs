use super::*;
use crate::model::{Format, SourceFacts};
use proptest::prelude::*;

fn typed(text: &str) -> ParsedArticle {
    ParsedArticle {
        metadata: Metadata::default(),
        source: SourceFacts::new(Format::Text, "utf-8"),
        language_declared: None,
        language_given: false,
        text: text.to_owned(),
        layout: Layout::Lines,
        warnings: Vec::new(),
    }
}

/// Cleans an article that was typed with the title "Harbour bridge closed".
fn cleaned(text: &str, layout: Layout) -> String {
    let metadata = Metadata { title: Some("Harbour bridge closed".to_owned()), ..Metadata::default() };
    match clean(ParsedArticle { metadata, layout, ..typed(text) }, &Options::default()) {
        Ok(article) => article.text,
        Err(error) => error.to_string(),
    }
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(cleaned(text, Layout::Lines), expected);
    assert_eq!(cleaned(expected, Layout::Lines), expected, "a second time");
}

#[track_caller]
fn check_goes(line: &str) {
    check(
        &format!("The bridge was shut at noon.\n\n{line}\n\nIt opens again on Friday."),
        "The bridge was shut at noon.\n\nIt opens again on Friday.",
    );
}

#[track_caller]
fn check_stays(line: &str) {
    let text = format!("The bridge was shut at noon.\n\n{line}\n\nIt opens again on Friday.");
    check(&text, &text);
    let last = format!("The bridge was shut at noon.\n\n{line}");
    check(&last, &last);
}

#[track_caller]
fn check_ends_before(line: &str) {
    check(&format!("The bridge was shut at noon.\n\n{line}"), "The bridge was shut at noon.");
}

#[test]
fn calls_to_read_share_and_subscribe_go() {
    for line in [
        "Advertisement",
        "READ MORE »",
        "Read also: Five bridges that never opened",
        "Sign up for our newsletter and never miss a tide.",
        "Publicité",
        "Lire aussi : Cinq ponts qui n’ont jamais ouvert",
        "Inscrivez-vous à notre newsletter !",
        "Anzeige",
        "Lesen Sie auch: Fünf Brücken ohne Fluss",
        "Diese Website verwendet Cookies, um besser zu werden.",
        "PUBLICIDAD",
        "Lea también: Cinco puentes sin río",
        "Síguenos en Facebook y en X",
        "Pubblicità",
        "Leggi anche: Cinque ponti senza fiume",
        "Iscriviti alla nostra newsletter",
        "Continua após a publicidade",
        "Leia também: Cinco pontes sem rio",
        "Siga-nos nas redes sociais",
        "Advertentie",
        "Lees ook: Vijf bruggen zonder rivier",
        "Schrijf je in voor onze nieuwsbrief.",
        "SCROLL UNTUK MELANJUTKAN MEMBACA",
        "Baca juga: Lima jembatan tanpa sungai",
        "Situs ini menggunakan cookie.",
        "Photo: A. Moe/Tide Press",
        "(Reporting by Ada Moe in Bergen; Editing by Bo Lund)",
        "© 2026 The Daily Tide",
    ] {
        check_goes(line);
    }
}

#[test]
fn sentences_that_only_begin_like_boilerplate_stay() {
    for line in [
        "Share prices fell by a third after the bridge was shut.",
        "Read more: that is the advice that teachers give.",
        "“Read also: five bridges,” the sign said.",
        "\"Share this article\"",
        "Share.",
        "Subscribe to the view that bridges last and you pay for it, he wrote.",
        "Copyright lawyers say that the drawing of the bridge is theirs.",
        "Reporting by the Tide showed that the bridge was closed twice.",
        "(Reporting by the Tide) showed nothing, and the mayor (who was there) said so.",
        "Photo: that was all that the envelope said.",
        "Lire aussi les lignes du pont, c’est un métier.",
        "Anzeige erstattete die Stadt am Montag.",
        "Compartir el puente es la única salida.",
        "Condividi il ponte: è la regola.",
        "Leia também os mapas, disse ela.",
        "Delen van de brug zijn al weg.",
        "Baca juga papan itu, kata wali kota.",
        "Fine",
        "All rights reserved for the few, the mayor said.",
    ] {
        check_stays(line);
    }
}

#[test]
fn the_foot_of_an_article_goes() {
    for line in [
        "ENDS",
        "- Ends -",
        "###",
        "FIN",
        "– Ende –",
        "EINDE",
        "Reporting by Ada Moe; editing by Bo Lund",
        "The Daily Tide 2026. All rights reserved.",
        "Tous droits réservés",
        "Alle Rechte vorbehalten.",
        "Todos los derechos reservados",
        "Riproduzione riservata",
        "Todos os direitos reservados",
        "Alle rechten voorbehouden",
        "Hak cipta dilindungi undang-undang",
    ] {
        check_ends_before(line);
    }
    check("The bridge is shut.\n\n© 2026 The Daily Tide\n\nENDS", "The bridge is shut.");
}

#[test]
fn the_title_is_not_repeated_but_kept_where_it_is_all() {
    check("HARBOUR BRIDGE CLOSED!\n\nCars queue for miles.", "Cars queue for miles.");
    check("Harbour bridge closed", "Harbour bridge closed");
    check("Harbour bridge closed to cars\n\nThey queue.", "Harbour bridge closed to cars\n\nThey queue.");
    check("They queue.\n\nHarbour bridge closed", "They queue.\n\nHarbour bridge closed");
}

#[test]
fn a_long_paragraph_that_comes_again_goes_and_a_refrain_stays() {
    let long = "The bridge over the harbour will stay shut until Friday.";
    check(&format!("{long}\n\nCars queue.\n\n{long}"), &format!("{long}\n\nCars queue."));
    check("“No.”\n\nShe waited.\n\n“No.”", "“No.”\n\nShe waited.\n\n“No.”");
}

#[test]
fn hard_wraps_are_undone() {
    check(
        "The bridge over the harbour was shut on Monday after an inspector\nfound cracks in two of its pillars, the city said. Cars are sent\nround by the old ring road, and that way is longer by nine kilo-\nmetres.\n\nBuses go on as before.",
        "The bridge over the harbour was shut on Monday after an inspector found cracks in two of its pillars, the city said. Cars are sent round by the old ring road, and that way is longer by nine kilometres.\n\nBuses go on as before.",
    );
    check(
        "Die Brücke über den Hafen wurde am Montag gesperrt, weil die Ein-\nund Ausfahrt nicht mehr sicher ist, wie die Stadt in einer Mit-\nteilung schreibt. Die Umleitung führt über den Ring, der um neun\nKilometer länger ist.",
        "Die Brücke über den Hafen wurde am Montag gesperrt, weil die Ein- und Ausfahrt nicht mehr sicher ist, wie die Stadt in einer Mitteilung schreibt. Die Umleitung führt über den Ring, der um neun Kilometer länger ist.",
    );
    check(
        "Le pont du port restera fermé jusqu’à vendredi matin, a-t-\nelle annoncé devant la presse, tandis que le vice-\nprésident du conseil demandait une expertise de chacune\ndes piles du vieux pont.",
        "Le pont du port restera fermé jusqu’à vendredi matin, a-t-elle annoncé devant la presse, tandis que le vice-président du conseil demandait une expertise de chacune des piles du vieux pont.",
    );
}

#[test]
fn lines_that_are_paragraphs_become_paragraphs() {
    check(
        "The bridge over the harbour was shut on Monday.\nCars are sent round.\nNobody was hurt, the mayor said at noon, and no ship was held up.\n",
        "The bridge over the harbour was shut on Monday.\n\nCars are sent round.\n\nNobody was hurt, the mayor said at noon, and no ship was held up.",
    );
}

#[test]
fn breaks_that_markup_makes_stay() {
    assert_eq!(cleaned("Open:\n Monday \nFriday\n\n\n\nShut  else.", Layout::Blocks), "Open:\nMonday\nFriday\n\nShut else.");
}

#[test]
fn nothing_left_is_no_article() {
    check(" \u{FEFF}\n\t", &StageError::Empty.to_string());
    assert_eq!(clean(typed("Advertisement"), &Options::default()).map(|article| article.text), Err(StageError::Empty));
}

#[test]
fn a_repaired_encoding_is_said() {
    let article = clean(typed("The cafÃ© was shut."), &Options::default()).unwrap();
    assert_eq!((article.text.as_str(), article.warnings), ("The café was shut.", vec![Warning::EncodingRepaired]));
}

#[test]
fn the_language_that_the_sender_gives_is_believed() {
    let given = ParsedArticle { language_declared: Some("PT_br".to_owned()), language_given: true, ..typed("The bridge was shut.") };
    assert_eq!(clean(given, &Options::default()).unwrap().language, Language { code: "pt-BR".to_owned(), confidence: 1.0 });
    let declared = ParsedArticle { language_declared: Some("nl".to_owned()), ..typed("12:30") };
    assert_eq!(clean(declared, &Options::default()).unwrap().language.code, "nl");
}

/// Copy as it comes: words, odd spaces, breaks, marks, unseen characters, scripts, boilerplate.
fn copy() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[a-z]{1,9}",
        "[A-Z][a-z]{1,7}",
        "[a-zé]{2,6}[.!?]",
        " {1,3}",
        "\n{1,3}",
        "-\n",
        "[\u{300}\u{301}\u{200B}\u{200D}\u{AD}\u{A0}\t\r]",
        "[“”«»\"’—–]",
        "[あ中กक한ا🙂]",
        Just("\n\nENDS".to_owned()),
        Just("\n\nRead more\n\n".to_owned()),
        Just("\n\nHarbour bridge closed\n\n".to_owned()),
        Just("\n\nThe bridge over the harbour will stay shut until Friday.\n\n".to_owned()),
    ];
    prop::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn clean_text_is_left_as_it_is(text in copy()) {
        for layout in [Layout::Lines, Layout::Blocks] {
            let once = cleaned(&text, layout);
            prop_assert_eq!(cleaned(&once, layout), once.clone());
            prop_assert!(!once.contains("\n\n\n") && !once.contains("  ") && !once.contains(" \n") && !once.contains("\n "));
        }
    }

    #[test]
    fn any_characters_may_come(text in any::<String>()) {
        cleaned(&text, Layout::Lines);
        cleaned(&text, Layout::Blocks);
    }
}
