use super::*;
use crate::model::{Dateline, Format, Layout, Metadata, SourceFacts};
use proptest::prelude::*;

fn unwrapped(text: &str) -> ParsedArticle {
    let mut article = ParsedArticle {
        metadata: Metadata::default(),
        source: SourceFacts::new(Format::Text, "utf-8"),
        language_declared: None,
        language_given: false,
        text: text.to_owned(),
        layout: Layout::Lines,
        warnings: Vec::new(),
    };
    unwrap(&mut article);
    article
}

/// `expected`: place | date | agency.
#[track_caller]
fn check(opening: &str, expected: &str) {
    for story in ["The bridge is shut.", "« Le pont est fermé », dit-elle.", "3.000 Menschen kamen."] {
        let article = unwrapped(&format!("{opening}{story}"));
        let Dateline { place, date, agency } = article.metadata.dateline.unwrap_or_else(|| panic!("no dateline in {opening}"));
        let found = [place, date.unwrap_or_default(), agency.unwrap_or_default()].join(" | ");
        assert_eq!((found.as_str(), article.text.as_str()), (expected, story), "{opening}");
    }
}

#[track_caller]
fn check_stays(text: &str) {
    let article = unwrapped(text);
    assert_eq!((article.text.as_str(), article.metadata), (text, Metadata::default()));
}

#[test]
fn datelines_of_the_wires_are_taken_off() {
    check("PARIS, 3 mars (AFP) - ", "PARIS | 3 mars | AFP");
    check("Paris (AFP) – ", "Paris |  | AFP");
    check("LONDON (Reuters) - ", "LONDON |  | Reuters");
    check("LONDON, March 3 (Reuters) — ", "LONDON | March 3 | Reuters");
    check("WASHINGTON (AP) — ", "WASHINGTON |  | AP");
    check("SPRINGFIELD, Ill. (AP) -- ", "SPRINGFIELD, Ill. |  | AP");
    check("PORT-AU-PRINCE, Haiti (AP) — ", "PORT-AU-PRINCE, Haiti |  | AP");
    check("BERLIN/PARIS, 3. März (dpa) – ", "BERLIN/PARIS | 3. März | dpa");
    check("Berlin (dpa/tmn) - ", "Berlin |  | dpa/tmn");
    check("Frankfurt am Main (dpa) - ", "Frankfurt am Main |  | dpa");
    check("Madrid, 3 mar (EFE).- ", "Madrid | 3 mar | EFE");
    check("(ANSA) - ROMA, 12 NOV - ", "ROMA | 12 NOV | ANSA");
    check("ROMA, 12 NOV - ", "ROMA | 12 NOV | ");
    check("Lisboa, 03 mar 2024 (Lusa) – ", "Lisboa | 03 mar 2024 | Lusa");
    check("AMSTERDAM (ANP) - ", "AMSTERDAM |  | ANP");
    check("SAINT-AVEL, 3 mars (Agence Ponant) - ", "SAINT-AVEL | 3 mars | Agence Ponant");
    check("NEW YORK, March 3, 2024 /PRNewswire/ -- ", "NEW YORK | March 3, 2024 | PRNewswire");
    check("BERLIN taz | ", "BERLIN |  | taz");
    check("(Reuters) - PARIS - ", "PARIS |  | Reuters");
    check("PARIS (Reuters) ", "PARIS |  | Reuters");
}

#[test]
fn datelines_of_papers_are_taken_off() {
    check("JAKARTA - ", "JAKARTA |  | ");
    check("JAKARTA, KOMPAS.com – ", "JAKARTA |  | ");
    check("KOMPAS.com, Jakarta - ", "Jakarta |  | ");
    check("Jakarta, CNN Indonesia -- ", "Jakarta |  | CNN Indonesia");
    check("TEMPO.CO, Jakarta - ", "Jakarta |  | ");
    check("Jakarta, Senin (3/3/2024) - ", "Jakarta | Senin (3/3/2024) | ");
    check("Jakarta - ", "Jakarta |  | ");
    check("WERTHEIM-SUR-LAUCH – ", "WERTHEIM-SUR-LAUCH |  | ");
    check("DEN HAAG - ", "DEN HAAG |  | ");
    check("LA PAZ — ", "LA PAZ |  | ");
    check("LONDON—", "LONDON |  | ");
    check("NEW DELHI: ", "NEW DELHI |  | ");
    check("Rio de Janeiro - ", "Rio de Janeiro |  | ");
    check("NEW DELHI -- ", "NEW DELHI |  | ");
}

#[test]
fn a_site_before_its_story_is_told() {
    let article = unwrapped("Suara.com - Jembatan ditutup.");
    assert_eq!(
        (article.text.as_str(), article.metadata.site.as_deref(), article.metadata.dateline),
        ("Jembatan ditutup.", Some("Suara.com"), None)
    );
}

#[test]
fn a_full_date_in_the_dateline_is_when_it_came_out() {
    assert_eq!(unwrapped("LONDON, March 3, 2024 (Reuters) - The bridge.").metadata.published.as_deref(), Some("2024-03-03"));
    assert_eq!(unwrapped("LONDON, March 3 (Reuters) - The bridge.").metadata.published, None);
}

#[test]
fn sentences_that_begin_with_a_name_and_a_dash_stay() {
    for text in [
        "Rutte – the new chief of the alliance – said no.",
        "NATO - the alliance of the West - said no.",
        "NATO – Die Allianz will mehr Geld.",
        "UPDATE - The bridge is open.",
        "OPINION – The bridge should be open.",
        "HOW IT WORKS - The bridge opens twice a day.",
        "Paris – Hauptstadt der Mode – feiert sich selbst.",
        "Paris - who would have thought it - is dry.",
        "Ada Moe - Harbour master since 2012 - resigned.",
        "“Paris - I love it,” she said.",
        "Fazit - Es war ein guter Tag.",
        "PARIS is dry.",
        "Well-known bakers met.",
        "In Paris (and London) - The rest is known.",
        "Yesterday (Monday) - The rest is known.",
        "Monday - The bridge opens.",
        "MERKEL: Das habe ich nie gesagt.",
        "The mayor (SPD) – Er bleibt.",
        "3 March - The bridge opens.",
        "- The bridge opens.",
        "— Non, dit-il. (AFP) - Et puis ?",
        "PARIS (AFP) -",
        "",
    ] {
        check_stays(text);
    }
}

#[track_caller]
fn check_ending(ending: &str, authors: &[&str]) {
    let story =
        "The bridge was shut on Monday after an inspector found cracks in two of its pillars.\n\nIt opens again on Friday, the mayor said.";
    for between in ["\n\n", "\n"] {
        let article = unwrapped(&format!("{story}{between}{ending}\n"));
        assert_eq!(
            (article.text.trim_end(), article.metadata.authors.iter().map(String::as_str).collect::<Vec<_>>().as_slice()),
            (story, authors),
            "{ending}"
        );
    }
}

#[test]
fn who_reported_is_named_below_the_story() {
    check_ending("(Reporting by Ada Moe and Bo Lund; Editing by Cy Rae)", &["Ada Moe", "Bo Lund"]);
    check_ending("(Reporting by Ada Moe; Writing by Bo Lund)\n(Editing by Cy Rae)", &["Ada Moe"]);
    check_ending("(Reportage de Mireille Castagnou ; édité par Yannig Le Dréau)", &["Mireille Castagnou"]);
    check_ending("(AFP)", &["AFP"]);
    check_ending("dpa/Reuters", &["dpa/Reuters"]);
    check_ending("am/bl/cr", &[]);
    check_ending("(mor/jak)", &[]);
    check_ending("(mor)", &[]);
    check_ending("dpa am yyzz bl", &[]);
    check_ending("ENDS\n\nContact: Ada Moe, 020 3", &[]);
    check_ending("###", &[]);
    check_ending("-30-\nam/bl", &[]);
}

#[test]
fn who_reported_may_be_named_behind_the_last_sentence() {
    let article = unwrapped("The bridge is shut. (Reporting by Ada Moe; Editing by Bo Lund)");
    assert_eq!((article.text.as_str(), article.metadata.authors), ("The bridge is shut.", vec!["Ada Moe".to_owned()]));
    assert_eq!(unwrapped("Jembatan ditutup. (mor/jak)").text, "Jembatan ditutup.");
    assert_eq!(unwrapped("“Bridges close.” (dpa)").text, "“Bridges close.”");
}

#[test]
fn brackets_that_belong_to_the_story_stay() {
    for text in [
        "The bridge is shut.\n\n(It opens on Friday.)",
        "The bridge is shut. (It opens on Friday)",
        "She wrote “brigde” (sic)",
        "She wrote “brigde.” (sic)",
        "He earns more (see below)",
        "The bridge is shut.\n\nThe end",
        "The bridge is shut, said the agency (AFP) and the mayor (SPD)",
        "First part.\n\n###\n\nSecond part is as long.\n\n###\n\nThird part.",
        "ENDS\n\nThe bridge is shut and will be for a long time to come.",
        "(Reporting by Ada Moe)",
        "(AFP)",
    ] {
        check_stays(text);
    }
}

#[test]
fn many_remarks_are_read_in_linear_time() {
    for line in ["(mor)\n", "###\n", "(AFP) - ", "(", ")", "PARIS, ", "A - ", "(Reporting by A; "] {
        unwrapped(&line.repeat(100_000));
    }
}

proptest! {
    #[test]
    fn what_is_unwrapped_is_part_of_what_was_sent(text in "(PARIS|Jakarta|\\(AFP\\)|KOMPAS.com|, |3 mars| - | – |: |The bridge|\\.|\n|[a-z]{1,4}|/|ENDS|\\)|\\()*") {
        let article = unwrapped(&text);
        prop_assert!(text.contains(&article.text));
        prop_assert_eq!(text.chars().any(char::is_alphanumeric), article.text.chars().any(char::is_alphanumeric));
    }

    #[test]
    fn any_characters_may_come(text in any::<String>()) {
        unwrapped(&text);
    }
}
