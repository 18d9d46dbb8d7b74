use super::*;
use proptest::prelude::*;

#[track_caller]
fn check(text: &str, expected: &[&str]) {
    assert_eq!(read(text), expected, "{text}");
}

#[test]
fn a_byline_names_its_authors() {
    check("By Tamsin Oakhurst", &["Tamsin Oakhurst"]);
    check("BY TAMSIN OAKHURST and DOV MCPEMBERLEY", &["Tamsin Oakhurst", "Dov McPemberley"]);
    check("Par Mireille Castagnou et Étienne Vauclair", &["Mireille Castagnou", "Étienne Vauclair"]);
    check("Von Käthe Brückner, Jürgen Schäufele und Hartmut Reisinger", &["Käthe Brückner", "Jürgen Schäufele", "Hartmut Reisinger"]);
    check("Por Amparo Rebolledo y Leandro Quintás", &["Amparo Rebolledo", "Leandro Quintás"]);
    check("di Ornella Bassanese e Fausto Merighetti", &["Ornella Bassanese", "Fausto Merighetti"]);
    check("Por Leonor Sardinha Pato e Hélder Mourato", &["Leonor Sardinha Pato", "Hélder Mourato"]);
    check("Door Wieger Postuma en Hanneke van den Verdoold", &["Wieger Postuma", "Hanneke van den Verdoold"]);
    check("Oleh: Rahmat Sutedja dan Nining Larasati", &["Rahmat Sutedja", "Nining Larasati"]);
    check("Oleh Yuyun dan Susi", &["Yuyun", "Susi"]);
    check("Written by: Gwen Tarrick & Ruth Annering", &["Gwen Tarrick", "Ruth Annering"]);
    check("Tamsin Oakhurst; Gwen Tarrick", &["Tamsin Oakhurst", "Gwen Tarrick"]);
}

#[test]
fn jobs_places_papers_and_addresses_are_no_authors() {
    check("By Tamsin Oakhurst, Political Correspondent", &["Tamsin Oakhurst"]);
    check("By Tamsin Oakhurst, Pellmouth", &["Tamsin Oakhurst"]);
    check("By Tamsin Oakhurst in Pellmouth", &["Tamsin Oakhurst"]);
    check("Senior Reporter Tamsin Oakhurst", &["Tamsin Oakhurst"]);
    check("Tamsin Oakhurst | The Daily Tide", &["Tamsin Oakhurst"]);
    check("By Tamsin Oakhurst tamsin@tide.example @tamsin", &["Tamsin Oakhurst"]);
    check("By Tamsin Oakhurst (AFP)", &["Tamsin Oakhurst"]);
    check("By Tamsin Oakhurst, Reuters", &["Tamsin Oakhurst"]);
    check("Par Odile Marchecourt, envoyée spéciale à Rochebrune", &["Odile Marchecourt"]);
    check("By Tamsin Oakhurst / Photos by Gwen Tarrick", &["Tamsin Oakhurst"]);
    check("By staff reporter", &[]);
    check("La rédaction", &[]);
    check("admin", &[]);
    check("Tide Staff", &[]);
    check("Tim Redaksi", &[]);
    check("The Team", &[]);
    check("Our Editors", &[]);
    check("Ada Moe For The Tide On Sunday", &["Ada Moe"]);
    check("", &[]);
    check("https://tide.example/tamsin", &[]);
}

#[test]
fn an_agency_is_the_author_where_nobody_else_is() {
    check("By Reuters", &["Reuters"]);
    check("AFP", &["AFP"]);
    check("dpa", &["dpa"]);
    check("Tim Moe (dpa)", &["Tim Moe"]);
}

#[test]
fn names_keep_their_small_words() {
    check("By José Ortega y Gasset", &["José Ortega y Gasset"]);
    check("By Ludwig van den Berg", &["Ludwig van den Berg"]);
    check("By Dan Moe", &["Dan Moe"]);
    check("By Martin Moe Jr.", &["Martin Moe Jr."]);
    check("By J. P. O’Neil", &["J. P. O’Neil"]);
    check("王小明", &["王小明"]);
    check("Dr. Tim Moe", &["Dr. Tim Moe"]);
    check("Ada v. Moe", &["Ada v. Moe"]);
    check("gnaddrig", &["gnaddrig"]);
    check("Ada Moe And Bo Lund", &["Ada Moe", "Bo Lund"]);
}

#[test]
fn a_byline_of_several_lines_ends_where_the_names_end() {
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(read_lines(text), expected, "{text}");
    }
    check("By\nAda Moe\nLast updated\n3 min read", &["Ada Moe"]);
    check("Ada Moe\nDecember 17, 2025", &["Ada Moe"]);
    check("Ada Moe\nBo Lund\nSenior Reporter\nTable Of Contents", &["Ada Moe", "Bo Lund"]);
    check("Von Käthe Brückner und Bo Lund\nReviewed by Gwen Tarrick", &["Käthe Brückner", "Bo Lund"]);
}

#[test]
fn a_korean_reporter_is_named_without_the_job() {
    check("홍길동 기자", &["홍길동"]);
    check("この記事を書いた人 渡辺太郎 東京社会部 フォロー", &[]);
    check("page.head.extra.author", &[]);
}

proptest! {
    #[test]
    fn any_characters_may_come(text in any::<String>()) {
        for name in read(&text) {
            prop_assert!(!name.trim().is_empty());
        }
    }

    #[test]
    fn a_list_of_names_reads_back_as_itself(names in prop::collection::vec("[A-Z][a-z]{2,7} [A-Z][a-z]{4,9}", 1..4)) {
        let authors = read(&names.join(", "));
        prop_assert_eq!(read(&authors.join(", ")), authors.clone());
    }
}
