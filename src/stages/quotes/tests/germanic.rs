//! Samples of who speaks, in German and Dutch.

use super::check;

#[test]
fn a_german_name_stands_after_its_verb() {
    check("de", "„Die Fähre fährt heute nicht“, sagte Jens Weber.", &[("Jens Weber", "Die Fähre fährt heute nicht")]);
    check("de", "„Die Fähre fährt heute nicht“, so Jens Weber am Montag.", &[("Jens Weber", "Die Fähre fährt heute nicht")]);
    check("de", "„Die Fähre fährt heute nicht“, teilte Jens Weber mit.", &[("Jens Weber", "Die Fähre fährt heute nicht")]);
    check("de", "Jens Weber sagte: „Die Fähre fährt heute nicht.“", &[("Jens Weber", "Die Fähre fährt heute nicht")]);
    check("de", "Laut Jens Weber ist das „ein sehr teurer Irrtum“.", &[("Jens Weber", "ein sehr teurer Irrtum")]);
    check("de", "Der Hafen, erklärte Jens Weber, sei „für immer und ewig verloren“.", &[("Jens Weber", "für immer und ewig verloren")]);
}

#[test]
fn a_german_surname_may_end_as_nouns_do() {
    check("de", "„Das war eine Art Witz“, erzählte mir Anna Fleiss.", &[("Anna Fleiss", "Das war eine Art Witz")]);
    check("de", "„Das war eine Art Witz“, sagte Peter Hoffnung.", &[("Peter Hoffnung", "Das war eine Art Witz")]);
}

#[test]
fn a_german_office_is_no_name() {
    check("de", "„Wir prüfen den Fall genau“, sagte Bürgermeisterin Anke Lohmann.", &[("Anke Lohmann", "Wir prüfen den Fall genau")]);
    check("de", "„Wir prüfen den Fall genau“, sagte der Sprecher der Werft.", &[("der Sprecher der Werft", "Wir prüfen den Fall genau")]);
    check("de", "„Wir prüfen den Fall genau“, sagte ein Hafenarbeiter.", &[("ein Hafenarbeiter", "Wir prüfen den Fall genau")]);
    let text = "Bürgermeisterin Anke Lohmann kam am Freitag.\n\n„Wir prüfen den Fall genau“, sagte die Bürgermeisterin.";
    check("de", text, &[("Anke Lohmann", "Wir prüfen den Fall genau")]);
}

#[test]
fn a_german_surname_stands_for_the_full_name() {
    let text = "Jens Weber leitet den Hafen seit Mai.\n\n„Wir prüfen den Fall genau“, sagte Weber.";
    check("de", text, &[("Jens Weber", "Wir prüfen den Fall genau")]);
}

#[test]
fn a_german_pronoun_agrees_with_whom_it_stands_for() {
    let text = "Anke Lohmann traf Jens Weber im Hafen.\n\n„Die Netze waren wieder leer“, sagte er.";
    check("de", text, &[("Jens Weber", "Die Netze waren wieder leer")]);
    let text = "Jens Weber traf Anke Lohmann im Hafen.\n\n„Die Netze waren wieder leer“, sagte sie.";
    check("de", text, &[("Anke Lohmann", "Die Netze waren wieder leer")]);
}

#[test]
fn a_german_newspaper_in_marks_speaks() {
    check("de", "„Die Netze waren wieder leer“, schrieb die „Hafenpost“.", &[("Hafenpost", "Die Netze waren wieder leer")]);
}

#[test]
fn a_german_agency_is_spoken_to() {
    check("de", "„Die Netze waren wieder leer“, sagte Jens Weber der dpa.", &[("Jens Weber", "Die Netze waren wieder leer")]);
    check(
        "de",
        "„Die Netze waren wieder leer“, sagte Jens Weber gegenüber der Hafenpost.",
        &[("Jens Weber", "Die Netze waren wieder leer")],
    );
}

#[test]
fn a_german_headline_names_its_speaker() {
    check("de", "Jens Weber: „Wir verkaufen das Schiff nicht“", &[("Jens Weber", "Wir verkaufen das Schiff nicht")]);
}

#[test]
fn german_titles_were_said_by_nobody() {
    check("de", "Der Film „Die lange Straße nach Norden“ läuft seit Freitag.", &[]);
    check("de", "Das sogenannte „graue Wunder“ dauerte drei Tage.", &[]);
    check("de", "Das Schiff „Seeadler“ liegt im Hafen.", &[]);
}

#[test]
fn a_dutch_name_keeps_its_particles() {
    check("nl", "‘We gaan morgen weer open’, zegt Piet van der Veen.", &[("Piet van der Veen", "We gaan morgen weer open")]);
    let text = "Piet van der Veen leidt de haven.\n\n‘We gaan morgen weer open’, zegt Van der Veen.";
    check("nl", text, &[("Piet van der Veen", "We gaan morgen weer open")]);
}

#[test]
fn dutch_cues_stand_on_either_side() {
    check("nl", "‘De boot vaart vandaag niet’, aldus Piet Hofman.", &[("Piet Hofman", "De boot vaart vandaag niet")]);
    check("nl", "Volgens Piet Hofman is het ‘een heel dure vergissing’.", &[("Piet Hofman", "een heel dure vergissing")]);
    check("nl", "Piet Hofman zegt: „De boot vaart vandaag niet.”", &[("Piet Hofman", "De boot vaart vandaag niet")]);
    check("nl", "“De boot vaart vandaag niet”, voegde Piet Hofman toe.", &[("Piet Hofman", "De boot vaart vandaag niet")]);
    check("nl", "“De boot vaart vandaag niet”, zei burgemeester Anna Smit.", &[("Anna Smit", "De boot vaart vandaag niet")]);
}

#[test]
fn a_dutch_pronoun_or_office_stands_for_a_name() {
    let text = "Burgemeester Anna Smit kwam vrijdag.\n\n‘De netten waren weer leeg’, zei ze.";
    check("nl", text, &[("Anna Smit", "De netten waren weer leeg")]);
    let text = "Burgemeester Anna Smit kwam vrijdag.\n\n‘De netten waren weer leeg’, zei de burgemeester.";
    check("nl", text, &[("Anna Smit", "De netten waren weer leeg")]);
    check("nl", "‘De netten waren weer leeg’, zegt een woordvoerder.", &[("een woordvoerder", "De netten waren weer leeg")]);
}
