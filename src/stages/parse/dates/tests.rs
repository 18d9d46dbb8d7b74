use super::*;
use proptest::prelude::*;

#[track_caller]
fn check(language: &str, text: &str, expected: &str) {
    assert_eq!(read(text, Some(language)).as_deref(), Some(expected), "{text}");
}

#[track_caller]
fn check_none(text: &str) {
    assert_eq!(read(text, Some("en")), None, "{text}");
}

#[test]
fn programs_write_dates_in_few_ways() {
    check("en", "2024-03-03", "2024-03-03");
    check("en", "2024-03-03T14:05:00Z", "2024-03-03T14:05:00Z");
    check("en", "2024-03-03T14:05:00.123+01:00", "2024-03-03T14:05:00+01:00");
    check("en", "2024-03-03T14:05-05:00", "2024-03-03T14:05:00-05:00");
    check("en", "2024-03-03T14:05:00+0530", "2024-03-03T14:05:00+05:30");
    check("en", "2024-03-03 14:05:00 UTC", "2024-03-03T14:05:00Z");
    check("en", "2024-03-03T14:05:00", "2024-03-03");
    check("en", "20240303", "2024-03-03");
    check("en", "20240303T140500Z", "2024-03-03T14:05:00Z");
    check("en", "20240303T1405+0100", "2024-03-03T14:05:00+01:00");
    check("en", "Sun, 03 Mar 24 14:05:00 GMT", "2024-03-03T14:05:00Z");
    check("en", "03-Mar-24", "2024-03-03");
    check("en", "1709474700", "2024-03-03T14:05:00Z");
    check("en", "1709474700123", "2024-03-03T14:05:00Z");
    check("en", "Sun, 03 Mar 2024 14:05:00 +0100", "2024-03-03T14:05:00+01:00");
    check("en", "Sun, 3 Mar 2024 14:05:00 GMT", "2024-03-03T14:05:00Z");
    check("en", "Sun, 3 Mar 2024 14:05:00 -0000", "2024-03-03T14:05:00Z");
    check("en", "Sun Mar 03 14:05:00 +0000 2024", "2024-03-03T14:05:00+00:00");
    check("en", "Sun Mar  3 14:05:00 CET 2024", "2024-03-03T14:05:00+01:00");
    check("en", "Sun Mar 03 2024 14:05:00 GMT+0100 (Central European Standard Time)", "2024-03-03T14:05:00+01:00");
    check("en", "2024-03-03T24:00:00Z", "2024-03-04T00:00:00Z");
}

#[test]
fn eight_languages_write_dates_each_in_its_way() {
    check("en", "March 3, 2024 at 2:05 p.m. ET", "2024-03-03T14:05:00-05:00");
    check("en", "July 3, 2024 at 2:05 p.m. ET", "2024-07-03T14:05:00-04:00");
    check("en", "Updated 12:05 AM EDT, Wed July 3, 2024", "2024-07-03T00:05:00-04:00");
    check("en", "Sunday 3rd of March, 2024", "2024-03-03");
    check("en", "Mon 4 Mar 2024 14.05 GMT", "2024-03-04T14:05:00Z");
    check("en", "14:05, 3 March 2024", "2024-03-03");
    check("en", "Published: Mar. 3, 2024, 9:30 a.m. PST", "2024-03-03T09:30:00-08:00");
    check("fr", "Publié le dimanche 3 mars 2024 à 14h05", "2024-03-03");
    check("fr", "1er août 2024 à 9 h 30 (heure de Paris)", "2024-08-01T09:30:00+02:00");
    check("de", "Veröffentlicht am 3. März 2024 um 14.05 Uhr", "2024-03-03");
    check("de", "03.03.2024, 14:05 Uhr MEZ", "2024-03-03T14:05:00+01:00");
    check("de", "Stand: 03.03.2024 14:05 Uhr", "2024-03-03");
    check("es", "3 de marzo de 2024, 14:05 CET", "2024-03-03T14:05:00+01:00");
    check("es", "Actualizado el 3 de septiembre del 2024 a las 9:30 h", "2024-09-03");
    check("it", "Pubblicato il 3 marzo 2024 alle ore 14:05", "2024-03-03");
    check("it", "1º gennaio 2024", "2024-01-01");
    check("pt", "Publicado em 3 de março de 2024 às 14h05", "2024-03-03");
    check("pt", "03/04/2024 14h05 (horário de Brasília)", "2024-04-03T14:05:00-03:00");
    check("pt", "segunda-feira, 4 de março de 2024", "2024-03-04");
    check("nl", "Gepubliceerd op 3 maart 2024 om 14.05 uur", "2024-03-03");
    check("nl", "zo 3 mrt. 2024", "2024-03-03");
    check("id", "3 Maret 2024 14:05 WIB", "2024-03-03T14:05:00+07:00");
    check("id", "Minggu, 3 Maret 2024 | 14.05 WITA", "2024-03-03T14:05:00+08:00");
    check("id", "Jum'at, 1 Agt 2025 pukul 07.30 WIB", "2025-08-01T07:30:00+07:00");
}

#[test]
fn other_papers_can_be_dated_too() {
    check("zh", "2024年3月3日 14:05", "2024-03-03");
    check("ko", "입력 2024년 3월 3일 오후 2:05 KST", "2024-03-03T14:05:00+09:00");
    check("pl", "3 marca 2024, 14:05 CET", "2024-03-03T14:05:00+01:00");
    check("ru", "3 марта 2024 г. в 14:05 MSK", "2024-03-03T14:05:00+03:00");
    check("sv", "Publicerad 3 maj 2024 kl. 14.05", "2024-05-03");
}

#[test]
fn the_language_tells_the_day_from_the_month() {
    check("en", "03/04/2024", "2024-03-04");
    check("en-GB", "03/04/2024", "2024-04-03");
    check("fr", "03/04/2024", "2024-04-03");
    check("en", "23/04/2024", "2024-04-23");
    check("fr", "04/23/2024", "2024-04-23");
    check("en", "3.4.2024", "2024-04-03");
    check("nl", "03-04-2024", "2024-04-03");
    check("de", "3.4.24", "2024-04-03");
    check("de", "3. 4. 2024", "2024-04-03");
    assert_eq!(read("03/04/2024", None), None);
    assert_eq!(read("04/04/2024", None).as_deref(), Some("2024-04-04"));
}

#[test]
fn the_first_of_two_dates_counts_where_the_other_is_of_a_change() {
    check("en", "Published 3 March 2024 | Updated 4 March 2024", "2024-03-03");
    check("fr", "Publié le 3 mars 2024 à 14h05, mis à jour le 4 mars 2024", "2024-03-03");
}

#[test]
fn days_that_never_were_and_what_says_more_are_no_dates() {
    for text in [
        "",
        "30 February 2024",
        "29 February 2023",
        "2024-13-01",
        "2024-00-10",
        "31/04/2024",
        "3 March",
        "March 2024",
        "yesterday at noon",
        "The mayor resigned on 3 March 2024",
        "3 March 2024 was a Sunday",
        "between 3 March 2024 and Friday",
        "12.345.2024",
        "192.168.20.24",
        "1-800-2024",
        "Call 020 3 2024",
        "99999999999999999999",
        "5000000000",
        "0001-01-01T00:00:00Z",
    ] {
        check_none(text);
    }
}

#[track_caller]
fn check_found(text: &str, words: &str, expected: &str) {
    let (span, date) = find(text, Some("en")).unwrap_or_else(|| panic!("nothing in {text}"));
    assert_eq!((span.of(text), date.as_str()), (words, expected));
}

#[test]
fn a_date_is_found_among_words() {
    check_found("The bridge, shut since 3 March 2024, opens.", "3 March 2024", "2024-03-03");
    check_found("By Ada Moe | March 3, 2024 9:30 am GMT | Harbour", "March 3, 2024 9:30 am GMT", "2024-03-03T09:30:00Z");
    check_found("Photo 12.345: taken 2024-03-03.", "2024-03-03", "2024-03-03");
    assert_eq!(find("In the 2023/24 season, 3 of 2024 tickets, 14:05, were sold for 12.50.", Some("en")), None);
    assert_eq!(find("He may 3 times in 2024 do so.", Some("en")), None);
}

#[test]
fn programs_count_seconds_or_milliseconds() {
    assert_eq!(from_epoch(1_709_474_700.0).as_deref(), Some("2024-03-03T14:05:00Z"));
    assert_eq!(from_epoch(1_709_474_700_123.0).as_deref(), Some("2024-03-03T14:05:00Z"));
    for count in [0.0, -1.0, 2024.0, 1e18, f64::NAN, f64::INFINITY] {
        assert_eq!(from_epoch(count), None);
    }
}

proptest! {
    #[test]
    fn a_date_reads_back_as_itself(text in "[0-9]{1,4}[-/. :][0-9a-zé]{1,9}[-/. :,][0-9]{1,4}[T ]?[0-9:]{0,8}[ +-]?[A-Z0-9:]{0,6}") {
        if let Some(date) = read(&text, Some("fr")) {
            prop_assert_eq!(read(&date, None), Some(date.clone()));
            prop_assert!(jiff::Timestamp::strptime("%Y-%m-%dT%H:%M:%S%:z", &date).is_ok() || date.ends_with('Z') || date.len() == 10);
        }
    }

    #[test]
    fn any_characters_may_come(text in any::<String>()) {
        read(&text, Some("en"));
        if let Some((span, _)) = find(&text, None) {
            prop_assert!(!span.of(&text).is_empty());
        }
    }
}
