//! The settings, as a user meets them: what is refused, where that is said to be, and what comes first.

use std::process::Stdio;

use crate::desk::{Desk, Said};

#[test]
fn check_tells_everything_that_is_wrong_with_its_place() {
    let desk = Desk::new();
    desk.put("wire/a.txt", "The ferry left.");
    desk.put("other/wire/b.txt", "The ferry came back.");
    let file = "\
[input]
paths = [\"wire\", \"other/wire\", \"nowhere\"]
settle = 250
include = [\"*.txt\", \"{a\"]
after = \"move\"

[sumary]
sentences = 3

[quotes]
max = -1
min_wrods = 2

[limits]
memory = \"lots\"
ratio = 100

[http]
listen = \"0.0.0.0:8080\"

[output]
dir = \"wire/a.txt\"
";
    desk.put("pipeline.toml", file);
    desk.put("small.toml", "[input]\npaths = [\n  \"nowhere\"\n]\n");
    let said = desk.run(&["batch", "-c", "small.toml"]).ended_with(2);
    assert!(said.stderr.contains("small.toml:3:3: `nowhere` cannot be read"), "{}", said.stderr);
    let said = desk.run(&["check", "--set", "summary.sentences=few"]).ended_with(2);
    insta::assert_snapshot!("check_tells_everything", said.stderr);
    assert_eq!(said.stdout, "");
}

#[test]
fn broken_toml_and_what_is_no_text_are_told_with_their_place() {
    let desk = Desk::new();
    desk.put("broken.toml", "[summary\nsentences = 2\n[quotes]\nmax = \n");
    desk.put("latin.toml", b"[log]\n# caf\xe9\n");
    desk.put("marked.toml", "\u{FEFF}[summary]\nsentences = 4\n");
    let said = desk.run(&["check", "-c", "broken.toml"]).ended_with(2);
    assert!(said.stderr.contains("broken.toml:1:") && said.stderr.contains("broken.toml:4:"), "{}", said.stderr);
    let said = desk.run(&["check", "-c", "latin.toml"]).ended_with(2);
    assert!(said.stderr.contains("latin.toml:2:6: the file is not in UTF-8"), "{}", said.stderr);
    desk.run(&["check", "-c", "marked.toml"]).ended_with(0);
    let said = desk.run(&["check", "-c", "gone.toml"]).ended_with(2);
    assert!(said.stderr.contains("gone.toml") && said.stderr.contains("copydesk init"), "{}", said.stderr);
}

#[test]
fn what_init_writes_is_sound_and_is_never_written_over() {
    let desk = Desk::new();
    desk.run(&["init"]).ended_with(0);
    let said = desk.run(&["check"]).ended_with(0);
    assert_eq!((said.stdout.as_str(), said.stderr.as_str()), ("the settings in pipeline.toml are sound\n", ""));
    let said = desk.run(&["init"]).ended_with(2);
    assert!(said.stderr.contains("pipeline.toml is there already"), "{}", said.stderr);
}

#[test]
fn the_settings_can_be_shown_with_where_each_comes_from() {
    let desk = Desk::new();
    desk.put("pipeline.toml", "[quotes]\nmax = 4\n");
    let mut command = desk.command(&["check", "-v", "--set", "output.sentences=true"]);
    let said = Said::from(command.env("COPYDESK_SUMMARY__MAX_WORDS", "60").stdin(Stdio::null()).output().unwrap()).ended_with(0);
    insta::assert_snapshot!("the_settings_shown", said.stdout);
}

#[test]
fn flags_come_before_the_environment_and_that_before_the_file() {
    let desk = Desk::new();
    desk.put("pipeline.toml", "[summary]\nsentences = 1\n");
    let text = "The ferry left at nine. The bridge was closed at ten. The mayor opened the school at noon. It rained.";
    let sentences = |flags: &[&str], environment: Option<&str>| {
        let arguments = [&["batch", "wire", "-o", "-"], flags].concat();
        let mut command = desk.command(&arguments);
        if let Some(value) = environment {
            command.env("COPYDESK_SUMMARY__SENTENCES", value);
        }
        let said = Said::from(command.stdin(Stdio::null()).output().unwrap()).ended_with(0);
        said.records()[0]["summary"].as_array().unwrap().len()
    };
    desk.put("wire/a.txt", text);
    assert_eq!(sentences(&[], None), 1);
    assert_eq!(sentences(&[], Some("2")), 2);
    assert_eq!(sentences(&["--set", "summary.sentences=3"], Some("2")), 3);
}

#[test]
fn what_is_set_in_vain_is_said_once() {
    let desk = Desk::new();
    desk.put("wire/a.txt", "The ferry left.");
    desk.put("pipeline.toml", "[limits]\ndepth = 3\n");
    // Whatever a build leaves out, it must not leave unsaid; and of what it has, it must not say so.
    let unpacks = cfg!(any(feature = "compression", feature = "office", feature = "pdf", feature = "warc", feature = "zip"));
    let check = desk.run(&["check"]).ended_with(0);
    let run = desk.run(&["batch", "wire"]).ended_with(0);
    for said in [&check.stderr, &run.stderr] {
        assert_eq!(said.matches("`limits.depth` has no effect").count(), usize::from(!unpacks), "{said}");
    }
    let quiet = desk.run(&["status"]).ended_with(0);
    assert_eq!(quiet.stderr, "");
}

#[test]
fn the_schema_of_the_settings_knows_every_key_of_the_template() {
    let desk = Desk::new();
    let said = desk.run(&["schema", "config"]).ended_with(0);
    let schema: serde_json::Value = serde_json::from_str(&said.stdout).unwrap();
    let template: toml::Table = include_str!("../../pipeline.toml").parse().unwrap();
    for (section, keys) in &template {
        let known = schema["properties"][section]["properties"].as_object().unwrap();
        let names: Vec<&String> = keys.as_table().unwrap().keys().collect();
        assert_eq!(known.keys().collect::<Vec<_>>(), names, "[{section}]");
    }
}
