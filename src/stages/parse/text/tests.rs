use super::*;
use proptest::prelude::*;

const STORY: &str = "The night ferry between Pellmouth and Carrow Island will sail again from 4 May, the harbour board said on Monday.\n\n\
     It will run six nights a week until October. Islanders have waited for nine years.";

/// What is known of an article, and its text, as one string.
fn told(text: &str) -> String {
    let mut article = parse(text.to_owned());
    wire::unwrap(&mut article);
    let metadata = &article.metadata;
    let fields = [
        ("title", &metadata.title),
        ("subtitle", &metadata.subtitle),
        ("published", &metadata.published),
        ("updated", &metadata.updated),
        ("section", &metadata.section),
        ("site", &metadata.site),
        ("url", &metadata.url),
        ("language", &article.language_declared),
    ];
    let mut said: Vec<String> = fields.iter().filter_map(|(name, value)| value.as_ref().map(|value| format!("{name}={value}"))).collect();
    said.extend(metadata.authors.iter().map(|author| format!("by={author}")));
    said.extend(metadata.tags.iter().map(|tag| format!("tag={tag}")));
    said.extend(metadata.dateline.iter().map(|dateline| format!("from={}", dateline.place)));
    if article.text.trim() != STORY {
        said.push(format!("text={}", article.text.trim()));
    }
    said.join(" | ")
}

/// The head stands above the story.
#[track_caller]
fn check(head: &str, expected: &str) {
    assert_eq!(told(&format!("{head}\n\n{STORY}")), expected, "{head}");
    assert_eq!(
        told(&format!("{head}\n\n{STORY}\n").replace('\n', "\r\n")).replace("\r\n", "\n").split(" | text=").next(),
        Some(expected),
        "{head} with CR LF"
    );
}

/// Nothing above the story is anything but story.
#[track_caller]
fn check_stays(text: &str) {
    let expected = if text.trim() == STORY { String::new() } else { format!("text={}", text.trim()) };
    assert_eq!(told(text), expected);
}

#[test]
fn a_first_line_that_looks_like_one_is_the_title() {
    check("Night ferry returns after nine years", "title=Night ferry returns after nine years");
    check("Why the night ferry returns – and who will sail?", "title=Why the night ferry returns – and who will sail?");
    check(
        "Le secrétaire général Rutte : Nous faisons tout ce qui est nécessaire",
        "title=Le secrétaire général Rutte : Nous faisons tout ce qui est nécessaire",
    );
    check("“We are back,” says ferry board", "title=“We are back,” says ferry board");
    check("Night ferry returns to U.S.", "title=Night ferry returns to U.S.");
    check("Media: minister quits", "title=Media: minister quits");
    check("COVID-19", "title=COVID-19");
    check("US-China talks stall, markets fall", "title=US-China talks stall, markets fall");
    check("PM-elect quits, again", "title=PM-elect quits, again");
    check("Laporan: Jakarta Banjir", "title=Laporan: Jakarta Banjir");
    check("Gesperrt bis Herbst: Die Brücke bleibt zu", "title=Gesperrt bis Herbst: Die Brücke bleibt zu");
    check("Embargo on arms lifted", "title=Embargo on arms lifted");
    check("Von der Leyen will mehr Geld", "title=Von der Leyen will mehr Geld");
    check(
        "The night ferry between Pellmouth and Carrow Island\nreturns after nine years of waiting",
        "title=The night ferry between Pellmouth and Carrow Island returns after nine years of waiting",
    );
    check("^Night ferry returns<", "title=Night ferry returns");
    assert_eq!(
        told(&format!("Night ferry returns\n{}", STORY.replace("\n\n", "\n"))),
        format!("title=Night ferry returns | text={}", STORY.replace("\n\n", "\n"))
    );
    assert_eq!(
        told("渡轮恢复夜间航行\n\n渡轮公司星期一表示，夜间航班将于五月恢复。居民们已经等了九年。"),
        "title=渡轮恢复夜间航行 | text=渡轮公司星期一表示，夜间航班将于五月恢复。居民们已经等了九年。"
    );
}

#[test]
fn a_text_that_opens_with_a_sentence_has_no_title() {
    check_stays(STORY);
    check_stays("The night ferry returns.\n\nIt will sail from May.");
    check_stays("“We are back.”\n\nSo says the board.");
    check_stays("— Non, dit-il\n\n— Si, dit-elle");
    check_stays("- bread\n\n- butter");
    check_stays(
        "Volunteers at the Brackendale observatory have found a comet that no\nsurvey had seen, while they were testing a second-hand camera meant for\na school project.\n\nThe comet was confirmed on\nWednesday.",
    );
    check_stays(
        "Volunteers at the old observatory have found a comet near\nJupiter and they have named it after the street in which the\nObservatory stands since it was built by three brothers.",
    );
    check_stays("One line alone");
    check_stays("Dear reader,\n\nthe ferry returns.");
    check_stays("渡轮公司星期一表示，夜间航班将于五月恢复。\n\n居民们已经等了九年。");
    assert_eq!(told("PARIS (AFP) - Le ferry revient\n\nIl part en mai."), "from=PARIS | text=Le ferry revient\n\nIl part en mai.");
}

#[test]
fn bylines_are_read_in_eight_languages() {
    for line in [
        "By Tamsin Oakhurst",
        "BY TAMSIN OAKHURST",
        "by Tamsin Oakhurst, Harbour Correspondent",
        "Par Tamsin Oakhurst",
        "Von Tamsin Oakhurst",
        "Von Tamsin Oakhurst, Hamburg",
        "Por Tamsin Oakhurst",
        "di Tamsin Oakhurst",
        "Door Tamsin Oakhurst",
        "Oleh: Tamsin Oakhurst",
        "Penulis: Tamsin Oakhurst",
        "Autor: Tamsin Oakhurst",
        "Tamsin Oakhurst, Harbour Correspondent",
        "By Tamsin Oakhurst (Reuters)",
    ] {
        check(&format!("Night ferry returns\n\n{line}"), "title=Night ferry returns | by=Tamsin Oakhurst");
        check(&format!("Night ferry returns\n{line}"), "title=Night ferry returns | by=Tamsin Oakhurst");
        check(line, "by=Tamsin Oakhurst");
    }
    check(
        "Night ferry returns\n\nPar Mireille Castagnou et Yannig Le Dréau",
        "title=Night ferry returns | by=Mireille Castagnou | by=Yannig Le Dréau",
    );
    check("Night ferry returns\n\nReuters", "title=Night ferry returns | by=Reuters");
}

#[test]
fn what_only_begins_like_a_byline_is_story() {
    for line in [
        "By Monday the bridge will be open again, the board said.",
        "By George, it is late.",
        "Von Hamburg nach München dauert es sechs Stunden.",
        "Di Maria segna due gol.",
        "By the Sea a new hotel is built.",
    ] {
        assert_eq!(
            told(&format!("Night ferry returns\n\n{line}\n\n{STORY}")),
            format!("title=Night ferry returns | text={line}\n\n{STORY}")
        );
    }
}

#[test]
fn lines_with_dates_are_read_in_eight_languages() {
    for (line, expected) in [
        ("3 March 2024", "published=2024-03-03"),
        ("Published: March 3, 2024 at 2:05 p.m. ET", "published=2024-03-03T14:05:00-05:00"),
        ("Publié le 3 mars 2024 à 14h05", "published=2024-03-03"),
        ("Veröffentlicht am 3. März 2024, 14.05 Uhr", "published=2024-03-03"),
        ("Publicado el 3 de marzo de 2024", "published=2024-03-03"),
        ("Pubblicato il 3 marzo 2024 alle 14:05", "published=2024-03-03"),
        ("Publicado em 3 de março de 2024", "published=2024-03-03"),
        ("Gepubliceerd op 3 maart 2024 om 14.05 uur", "published=2024-03-03"),
        ("Minggu, 3 Maret 2024 | 14:05 WIB", "published=2024-03-03T14:05:00+07:00"),
        ("Updated: 4 March 2024", "updated=2024-03-04"),
        ("3 March 2024 | Updated 4 March 2024", "published=2024-03-03 | updated=2024-03-04"),
        ("Kompas.com - 3 Maret 2024, 14:05 WIB", "published=2024-03-03T14:05:00+07:00 | site=Kompas.com"),
        ("By Tamsin Oakhurst | 3 March 2024", "published=2024-03-03 | by=Tamsin Oakhurst"),
        ("Tamsin Oakhurst, 3 March 2024 · 4 min read", "published=2024-03-03 | by=Tamsin Oakhurst"),
        ("Tamsin Oakhurst\n3 March 2024", "published=2024-03-03 | by=Tamsin Oakhurst"),
    ] {
        check(&format!("Night ferry returns\n\n{line}"), &format!("title=Night ferry returns | {expected}"));
        check(line, expected);
    }
    assert_eq!(
        told(
            "Fähre\n\nStand: 3.4.2024\n\nDie Nachtfähre zwischen den Inseln fährt wieder, sagte der Hafenmeister am Montag. Viele haben lange darauf gewartet."
        ),
        "title=Fähre | published=2024-04-03 | text=Die Nachtfähre zwischen den Inseln fährt wieder, sagte der Hafenmeister am Montag. Viele haben lange darauf gewartet."
    );
}

#[test]
fn sentences_with_dates_are_story() {
    for line in
        ["On 3 March 2024 the bridge was shut.", "3 March 2024 was a dark day for the island, and nobody has forgotten it.", "3 March"]
    {
        assert_eq!(
            told(&format!("Night ferry returns\n\n{line}\n\n{STORY}")).replace("subtitle=3 March | ", ""),
            format!("title=Night ferry returns | text={line}\n\n{STORY}").replace("text=3 March\n\n", "text=3 March\n\n")
        );
    }
}

#[test]
fn headers_as_letters_have_them_are_fields() {
    check(
        "Subject: Night ferry returns\nFrom: Tamsin Oakhurst <t@tide.example>\nTo: desk@tide.example\nDate: Sun, 3 Mar 2024 14:05:00 +0100\nX-Mailer: Tide 1.0\nContent-Type: text/plain;\n  charset=utf-8",
        "title=Night ferry returns | published=2024-03-03T14:05:00+01:00 | by=Tamsin Oakhurst",
    );
    check(
        "Titel: Fähre kehrt zurück\nUntertitel: Nach neun Jahren\nAutorin: Käthe Brückner\nDatum: 3.3.2024\nRessort: Hafen\nSchlagwörter: Fähre, Hafen\nQuelle: Tideblatt\nSlug: faehre\nURL: https://tide.example/7\nLanguage: de",
        "title=Fähre kehrt zurück | subtitle=Nach neun Jahren | published=2024-03-03 | section=Hafen | site=Tideblatt | url=https://tide.example/7 | language=de | by=Käthe Brückner | tag=Fähre | tag=Hafen",
    );
    check(
        "Judul: Feri kembali\nPenulis: Rahmat Sutedja\nTanggal: 3 Maret 2024\nKata kunci: feri",
        "title=Feri kembali | published=2024-03-03 | by=Rahmat Sutedja | tag=feri",
    );
    check("Night ferry returns\n\nKeywords: ferry, harbour", "title=Night ferry returns | tag=ferry | tag=harbour");
}

#[test]
fn notes_between_desks_are_left_out() {
    for note in [
        "BC-FERRY-RETURN",
        "AM-Ferry-Returns, 2nd Ld-Writethru",
        "EMBARGOED UNTIL 0001 GMT MONDAY 4 MARCH",
        "Sperrfrist: 4. März, 6.00 Uhr",
        "SOUS EMBARGO JUSQU’AU 4 MARS",
        "FOR IMMEDIATE RELEASE",
        "URGENT",
        "+++ EIL +++",
        "(Última hora)",
        "Eds: Adds quotes",
        "==========",
        "Page 1 of 2",
        "Foto por Amparo Rebolledo",
        "Photo by Gwen Tarrick/Tide",
    ] {
        check(&format!("{note}\nNight ferry returns"), "title=Night ferry returns");
        check(&format!("{note}\n\nNight ferry returns"), "title=Night ferry returns");
        check(&format!("Night ferry returns\n\n{note}"), "title=Night ferry returns");
    }
}

#[test]
fn a_line_below_the_title_is_the_subtitle() {
    check(
        "Night ferry returns\n\nIslanders have waited nine years for it",
        "title=Night ferry returns | subtitle=Islanders have waited nine years for it",
    );
    check(
        "Night ferry returns\n\nIslanders have waited nine years.\n\nBy Tamsin Oakhurst",
        "title=Night ferry returns | subtitle=Islanders have waited nine years. | by=Tamsin Oakhurst",
    );
    let quoted = format!("Night ferry returns\n\n“It changes everything”\n\n{STORY}");
    assert_eq!(told(&quoted), format!("title=Night ferry returns | text=“It changes everything”\n\n{STORY}"));
    assert_eq!(
        told("Harbour Song\n\nThe tide is high tonight\n\nThe ferry sleeps"),
        "title=Harbour Song | text=The tide is high tonight\n\nThe ferry sleeps"
    );
}

#[test]
fn pages_of_print_are_joined() {
    let paged = "The night ferry will sail\n\n-more-\n\nPage 2 of 3\n\nagain from May.\n\nIt runs six nights.\n- 3 -\nIslanders wait.";
    assert_eq!(told(paged), "text=The night ferry will sail\nagain from May.\n\nIt runs six nights.\n\nIslanders wait.");
    check_stays("She read page 2.\n\n2\n\n- 2 eggs\n\nMore to come, she said.");
}

#[test]
fn everything_above_a_story_may_come_together() {
    check(
        "URGENT\nBC-FERRY-RETURN\nNight ferry returns\nAfter nine years, islanders get it back\nBy Tamsin Oakhurst\n3 March 2024",
        "title=Night ferry returns | subtitle=After nine years, islanders get it back | published=2024-03-03 | by=Tamsin Oakhurst",
    );
    assert_eq!(
        told(&format!("Night ferry returns\n\nPar Mireille Castagnou\n\nSAINT-AVEL, 3 mars (AFP) - {STORY}\n\n(Reporting by Ada Moe)")),
        "title=Night ferry returns | by=Mireille Castagnou | from=SAINT-AVEL"
    );
}

#[test]
fn headers_alone_are_the_text() {
    check_stays("By Tamsin Oakhurst");
    check_stays("Subject: Night ferry\nDate: 3 March 2024");
}

proptest! {
    #[test]
    fn any_characters_may_come(text in any::<String>()) {
        parse(text);
    }

    #[test]
    fn no_word_is_lost(pieces in prop::collection::vec(prop_oneof![
        Just("By Ada Moe"), Just("3 March 2024"), Just("Ferry returns"), Just("It sails again."), Just("Subject: Late"), Just("-more-"), Just("PARIS (AFP) - No."),
        Just("\n"), Just("\n\n"), Just("\r\n"), Just("URGENT"), Just("Tags: a, b"), Just("(AFP)"), Just("ENDS"), Just(" "), Just("the ferry"),
    ], 0..14)) {
        let text = pieces.concat();
        let mut article = parse(text.clone());
        wire::unwrap(&mut article);
        prop_assert_eq!(article.text.chars().any(char::is_alphanumeric), text.chars().any(char::is_alphanumeric));
    }

    #[test]
    fn a_story_read_again_stays_a_story(words in prop::collection::vec("[a-z]{2,9}", 8..40)) {
        let story = format!("The {}.\n\nThe {} end.", words.join(" "), words.join(" "));
        let first = parse(format!("Night ferry returns\n\n{story}"));
        prop_assert_eq!(first.text.trim(), &story);
        prop_assert_eq!(parse(story.clone()).text, story);
    }
}
