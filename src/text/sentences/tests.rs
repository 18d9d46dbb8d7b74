use proptest::prelude::*;

use super::*;
use crate::text::{lang, words};

#[track_caller]
fn check(code: &str, expected: &[&str]) {
    let text = expected.join(" ");
    let spans = segment(&text, lang::of(code));
    assert_eq!(segment_by_words(&text, &words::read(&text), lang::of(code)), spans);
    let found: Vec<_> = spans.into_iter().map(|span| span.of(&text)).collect();
    assert_eq!(found, expected);
}

#[test]
fn titles_and_initials_do_not_end_a_sentence() {
    check("en", &["Dr. Ann B. Field left on Monday.", "Nobody knew why."]);
}

#[test]
fn a_german_date_is_one_piece() {
    check("de", &["Am 3. Mai kam der Regen.", "Danach war Ruhe."]);
}

#[test]
fn decimals_and_addresses_are_left_alone() {
    check("en", &["It rose 3.5 per cent at news.example.org today.", "Then it fell."]);
}

#[test]
fn closing_quotes_belong_to_the_sentence() {
    check("en", &["“We won.”", "The crowd cheered."]);
    check("nl", &["Ik wil ze zien. ''", "Dat zei hij."]);
    check("fr", &["Elle a dit « venez. »", "Puis rien."]);
}

#[test]
fn a_lost_space_is_found() {
    for text in ["Ils ont quitté le musée.Des voisins attendaient.", "Ils ont quitté le musée.\"Des voisins attendaient\", dit-il."] {
        assert_eq!(segment(text, lang::of("fr")).len(), 2, "{text}");
    }
    assert_eq!(segment("Write to Jane.Doe@example.org now.", lang::of("en")).len(), 1);
}

#[test]
fn a_blank_line_ends_a_headline() {
    assert_eq!(segment("Rain stops play\n\nThe match was\ncalled off.", lang::of("en")).len(), 2);
}

#[test]
fn a_company_or_country_ends_a_sentence_before_a_word_that_begins_one() {
    check("en", &["He flew to the U.S. Senate of old.", "She stayed in the U.S.", "The deal with Acme Inc.", "It was signed."]);
}

#[test]
fn what_is_short_only_before_a_number_may_end_a_sentence() {
    check("en", &["They live at no. 5 and said no.", "Nobody came."]);
}

#[test]
fn a_question_within_a_sentence_does_not_end_it() {
    check("pl", &["- Co to za pieniądze? - zdziwił się minister.", "Nikt nie wiedział."]);
    check("en", &["“Why now?” she asked.", "He shrugged."]);
}

#[test]
fn an_ellipsis_with_spaces_is_one_mark() {
    check("en", &["The thing is . . . well, odd.", "They left."]);
    check("de", &["Er stieg in sein Auto (...) und fuhr.", "Dann war Ruhe."]);
}

#[test]
fn a_number_before_an_item_belongs_to_it() {
    check("it", &["867. Sistemazione dei terreni.", "868. Altre opere."]);
    check("en", &["1. The first item", "2. The second item"]);
}

#[test]
fn a_number_below_one_stands_within_its_sentence() {
    check("en", &["Prices rose 0.3 per cent in May.", "They won 1 - 0.", "Nobody cared."]);
    check("en", &["1. It costs 2.50 a piece.", "2. It is gone."]);
    check("de", &["1. FC Köln steigt in die 2. Liga auf.", "Der Rest bleibt."]);
}

#[test]
fn a_capital_before_a_name_is_an_initial_though_small_it_is_a_short_form() {
    check("fr", &["Voici Collis P. Huntington et Jean N. Morel.", "Voir p. 5 et suivantes."]);
    check("nl", &["Dat zei directielid P. Stuyts.", "Hij zweeg."]);
}

#[test]
fn a_short_form_may_be_the_end_of_a_longer_word() {
    check("de", &["Er wohnt in der Hauptstr. 9 und sie in der Anna-Zimmermann-Str. 3.", "Beide schweigen."]);
}

#[test]
fn a_roman_number_is_a_number() {
    check("id", &["Itu diatur dalam TAP MPRS No. XXXIII tahun 1967.", "Ia menolak."]);
    check("en", &["He said no.", "I left."]);
}

#[test]
fn a_comma_behind_a_closed_quotation_goes_on_with_the_sentence() {
    check("fr", &["« C'est fini ! » , a dit le maire.", "Il est parti."]);
}

#[test]
fn short_forms_of_languages_without_a_file_are_known() {
    check("ru", &["В 2010 г. в пгт. Заречный открыли школу.", "Она новая."]);
    check("pl", &["Zaczyna się o godz. 18.00 przy ul. Długiej.", "Wstęp wolny."]);
}

#[test]
fn marks_of_other_scripts_end_sentences() {
    check("el", &["Πώς είσαι;", "Καλά."]);
    check("hi", &["वह घर गया।", "फिर वह सो गया।"]);
    assert_eq!(segment("他说《你好！世界》很好。大家都同意！", lang::of("zh")).len(), 2);
    assert_eq!(segment("本当ですか?はい!行きます。", lang::of("ja")).len(), 3);
}

#[test]
fn hostile_text_is_read_in_linear_time() {
    for piece in ["a", ".", "\"", "\n", " ", "e\u{301}", "1. ", ". . ", "?\"", "Dr. "] {
        let text = piece.repeat(300_000 / piece.len());
        let spans = segment(&text, lang::of("en"));
        assert!(spans.iter().all(|span| !span.is_empty()));
    }
}

/// Copy with everything in it that ends a sentence or seems to.
fn copy() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        "[A-Z]?[a-zé]{0,9}",
        "[.!?:;,]{1,2}",
        " {1,2}",
        "\n{1,2}",
        "[0-9]{1,4}\\.? ?",
        "[\"'“”„«»’(){}—-]",
        "[。！《》京عक।İ😀\u{301}\u{A0}\u{202F}]",
        prop::sample::select(vec![
            "Dr.",
            "e.g.",
            "etc.",
            "Nr. 5",
            "No. XXI",
            "usw.",
            "approx.",
            "messrs.",
            "Zakynthos. ",
            ". . .",
            ":-)",
            ".\n\n",
            "P. ",
            "Hauptstr. 9",
            "1. ",
            "2. ",
            "ver. ",
            " circa. In",
            "10000. A",
            "abcdef. A",
            "vorgelegt. Die ",
            "l'Etat. Il",
        ])
        .prop_map(str::to_owned),
    ];
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn who_knows_the_words_finds_the_same_sentences(text in copy()) {
        for code in ["de", "en", "und", "pl", "pt"] {
            prop_assert_eq!(segment_by_words(&text, &words::read(&text), lang::of(code)), segment(&text, lang::of(code)));
        }
    }

    #[test]
    fn only_white_space_lies_between_sentences(text in "[\\PC\n .?!\"';:12a-z。《“»-]{0,80}") {
        for code in ["de", "en", "und", "pl"] {
            let mut at = 0;
            for span in segment(&text, lang::of(code)) {
                prop_assert!(text.get(at..span.start).is_some_and(|gap| gap.trim().is_empty()));
                prop_assert!(!span.is_empty() && span.of(&text).trim() == span.of(&text));
                at = span.end;
            }
            prop_assert!(text.get(at..).is_some_and(|gap| gap.trim().is_empty()));
        }
    }
}
