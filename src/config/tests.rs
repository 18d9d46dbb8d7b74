//! What a user may write, and what is said of it.

use std::path::Path;

use super::keys::KEYS;
use super::*;

fn layers(file: &str, environment: &[(&str, &str)], flags: &[&str]) -> Layers {
    Layers {
        file: Some((PathBuf::from("pipeline.toml"), file.as_bytes().to_vec())),
        environment: environment.iter().map(|(name, text)| (name.into(), text.into())).collect(),
        flags: flags.iter().map(|flag| (*flag).to_owned()).collect(),
        out: None,
    }
}

#[track_caller]
fn check_refused(layers: &Layers, expected: &[&str]) {
    let problems = Config::read(layers).expect_err("it is refused").to_string();
    for words in expected {
        assert!(problems.contains(words), "{words:?} is not in: {problems}");
    }
}

#[test]
fn the_template_is_the_default_but_for_the_paths() {
    let config = Config::read(&Layers::default()).unwrap();
    assert_eq!(config.input_paths, Vec::<String>::new());
    assert_eq!(config.out, Path::new("out"));
    assert_eq!(config.settle, Duration::from_millis(250));
    assert_eq!(config.rotate_bytes, 256 << 20);
    assert_eq!(config.stages.quotes.max, 10);
    assert_eq!(config.stages.summary.sentences, 3);
    let templated = Config::read(&layers(TEMPLATE, &[], &[])).unwrap();
    assert_eq!(templated.input_paths, ["seeds"]);
}

#[test]
fn the_template_shows_every_key_with_a_reason() {
    let mut problems = Vec::new();
    let values = Values::read(&layers(TEMPLATE, &[], &[]), &mut problems);
    assert!(problems.is_empty(), "{problems:?}");
    let set: Vec<&str> = values.set_by_user().map(|(key, _)| key.name).collect();
    assert_eq!(set, KEYS.iter().map(|key| key.name).collect::<Vec<_>>());
    for section in keys::SECTIONS {
        assert!(TEMPLATE.contains(&format!("\n[{section}]\n")), "[{section}] is not shown");
    }
    let lines: Vec<&str> = TEMPLATE.lines().collect();
    for pair in lines.windows(2) {
        let is_key = pair[1].contains(" = ") && !pair[1].starts_with('#');
        assert!(!is_key || pair[0].starts_with("# "), "no reason above: {}", pair[1]);
    }
}

#[test]
fn flags_come_before_the_environment_and_that_before_the_file() {
    let file = "[summary]\nsentences = 4\n[quotes]\nmax = 4\n[keyphrases]\nmax = 4\n";
    let environment = [("COPYDESK_QUOTES__MAX", "5"), ("COPYDESK_KEYPHRASES__MAX", "5"), ("COPYDESK_HOME", "/"), ("PATH", "/bin")];
    let config = Config::read(&layers(file, &environment, &["keyphrases.max=6"])).unwrap();
    assert_eq!((config.stages.summary.sentences, config.stages.quotes.max, config.stages.keyphrases.max), (4, 5, 6));
}

#[test]
fn an_unknown_key_is_refused_with_its_place_and_the_nearest_name() {
    check_refused(&layers("[summary]\nsentnces = 2\n", &[], &[]), &["pipeline.toml:2:1", "summary.sentnces", "`summary.sentences`"]);
    check_refused(&layers("[summry]\nsentences = 2\n", &[], &[]), &["pipeline.toml:1:2", "`summary`"]);
    check_refused(&layers("", &[], &["quote.max=2"]), &["--set quote.max=2", "`quotes.max`"]);
    check_refused(&layers("", &[("COPYDESK_QUOTES__MAXIMUM", "2")], &[]), &["COPYDESK_QUOTES__MAXIMUM"]);
}

#[test]
fn everything_that_is_wrong_is_told_at_once() {
    let file = "[summary]\nsentences = \"three\"\n[input]\nsettle = \"soon\"\nafter = \"burn\"\n[limits]\nmemory = \"lots\"\n";
    let expected = ["pipeline.toml:2:13", "pipeline.toml:4:10", "pipeline.toml:5:9", "pipeline.toml:7:10", "`keep`, `move` or `delete`"];
    check_refused(&layers(file, &[], &[]), &expected);
}

#[test]
fn broken_toml_is_told_with_its_place() {
    check_refused(&layers("[summary\nsentences = 2\n", &[], &[]), &["pipeline.toml:1:"]);
}

#[test]
fn sizes_and_times_have_units() {
    let flags = ["limits.memory=1GiB", "limits.document_size=2MB", "input.settle=1500us", "input.rescan=2m", "output.rotate_size=512"];
    let config = Config::read(&layers("", &[], &flags)).unwrap();
    assert_eq!(config.memory_bytes, 1 << 30);
    assert_eq!(config.limits.document_bytes_max, 2_000_000);
    assert_eq!(config.settle, Duration::from_micros(1500));
    assert_eq!(config.rescan, Duration::from_secs(120));
    assert_eq!(config.rotate_bytes, 512);
}

#[test]
fn a_broken_line_does_not_hide_what_is_wrong_elsewhere() {
    let file = "[summary]\nsentences = = 2\nmax_wrods = 3\n[quotes]\nmax = -1\n";
    let problems = Config::read(&layers(file, &[], &[])).expect_err("it is refused").0;
    let places: Vec<&str> = problems.iter().map(|problem| problem.place.as_str()).collect();
    assert_eq!(places, ["pipeline.toml:2:13", "pipeline.toml:3:1", "pipeline.toml:5:7"]);
}

#[test]
fn a_key_below_the_wrong_section_is_sent_home() {
    check_refused(&layers("[quotes]\nmax_words = 2\n", &[], &[]), &["`summary.max_words`"]);
    check_refused(&layers("max_words = 2\n", &[], &[]), &["stands outside a section", "[summary]"]);
    check_refused(&layers("[[quotes]]\nmax = 2\n", &[], &[]), &["write [quotes], once"]);
}

#[test]
fn a_value_that_does_not_fit_is_told_what_is_allowed() {
    for (flag, allowed) in [
        ("summary.sentences=-1", "a whole number, 0 or more; it is -1"),
        ("limits.attempts=0", "1 to 1000; it is 0"),
        ("limits.document_size=2GiB", "1 to 1GiB"),
        ("limits.memory=16KiB", "1MiB or more"),
        ("input.settle=5", "a time like"),
        ("input.rescan=0s", "at least 10ms"),
        ("input.include=[a", "a list of globs"),
        ("input.include={a", "unclosed"),
        ("log.level=loud", "`debug`"),
        ("http.listen=8080", "\"127.0.0.1:8080\""),
        ("output.dir=", "a folder in quotation marks; it is empty"),
        ("output.sentences=yes", "true or false; it is yes"),
    ] {
        check_refused(&layers("", &[], &[flag]), &[flag, allowed]);
    }
}

#[test]
fn a_page_for_other_machines_needs_a_token() {
    check_refused(&layers("[http]\nlisten = \"0.0.0.0:80\"\n", &[], &[]), &["pipeline.toml:2:10", "http.token"]);
    let config = Config::read(&layers("", &[], &["http.listen=0.0.0.0:80", "http.token=secret"])).unwrap();
    assert_eq!(config.http_listen.unwrap().port(), 80);
    let config = Config::read(&layers("", &[], &["http.listen=localhost:8080"])).unwrap();
    assert!(config.http_listen.unwrap().ip().is_loopback());
}

#[test]
fn nothing_is_set_in_vain_where_everything_is_built_in() {
    let config = Config::read(&layers("[limits]\nratio = 10\ndepth = 4\n", &[], &[])).unwrap();
    let told: Vec<String> = config.without_effect.iter().map(ToString::to_string).collect();
    assert_eq!(told, Vec::<String>::new());
}

#[test]
fn a_list_can_be_given_as_one_text_as_many_or_as_none() {
    for (text, expected) in [("a=b", &["a=b"][..]), ("[\"a\", \"b,c\"]", &["a", "b,c"]), ("[]", &[]), ("", &[])] {
        let config = Config::read(&layers("", &[("COPYDESK_INPUT__PATHS", text)], &[])).unwrap();
        assert_eq!(config.input_paths, expected);
    }
}

#[test]
fn the_schema_tells_each_key_with_its_reason_and_default() {
    let schema = schema();
    for key in &KEYS {
        let (section, name) = key.name.split_once('.').unwrap();
        let told = &schema["properties"][section]["properties"][name];
        assert!(told["description"].as_str().is_some_and(|reason| reason.len() > 10), "{}: {told}", key.name);
        assert!(!told["default"].is_null(), "{}", key.name);
    }
}

#[test]
fn inputs_and_output_are_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).display().to_string();
    for name in ["wire/north", "other/north", "out/old"] {
        std::fs::create_dir_all(path(name)).unwrap();
    }
    std::fs::write(path("page"), "x").unwrap();
    let file = format!(
        "[input]\npaths = [\"{}\",\n\"{}\",\n\"{}\",\n\"{}\",\n\"{}\"]\nafter = \"move\"\nmove_to = \"{}\"\n[output]\ndir = \"{}\"\n",
        path("wire"),
        path("wire/north"),
        path("other/north"),
        path("gone"),
        path("out/old"),
        path("wire/done"),
        path("out")
    );
    let report = report(&layers(&file, &[], &[]));
    let told = |problems: &[Problem]| problems.iter().map(|problem| problem.place.clone()).collect::<Vec<_>>();
    assert_eq!(told(&report.problems), ["pipeline.toml:4:1", "pipeline.toml:5:1", "pipeline.toml:6:1", "pipeline.toml:8:11"]);
    assert_eq!(told(&report.warnings), ["pipeline.toml:3:1"]);
    let out = Layers { out: Some(path("page").into()), ..Layers::default() };
    assert_eq!(told(&super::report(&out).problems), ["--out"]);
}

proptest::proptest! {
    #[test]
    fn no_text_makes_the_reading_of_settings_panic(text in "(\\[{1,2}(input|summary|quotes)?\\]{0,2}|max|paths|settle| ?= ?|[0-9a-z\"'\\\\.,{}é\u{0}]{0,6}|\n|\r\n|#){0,40}", flag in "\\PC{0,30}") {
        let _ = report(&layers(&text, &[("COPYDESK_A__B", &flag), ("COPYDESK_INPUT__PATHS", &flag)], &[&flag, &format!("input.include={flag}")]));
    }
}
