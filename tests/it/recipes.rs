//! `docs/recipes.md`, read and run: each command on that page does what stands below it. A tool that cannot be had here is
//! named in the test's output, and its recipes are not run.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

use crate::daemon::ARTICLE;
use crate::desk::Desk;

/// A block of the page.
#[derive(Debug)]
struct Block {
    heading: String,
    language: String,
    /// `needs=jq`, `title=vector.toml`.
    facts: BTreeMap<String, String>,
    content: String,
}

/// All blocks of the page, in order.
fn page() -> Vec<Block> {
    let page = fs::read_to_string(root().join("docs/recipes.md")).unwrap();
    let (mut blocks, mut heading, mut open) = (Vec::new(), String::new(), None::<Block>);
    for line in page.lines() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                let mut words = info.split(' ');
                let language = words.next().unwrap().to_owned();
                let facts =
                    words.map(|word| word.split_once('=').unwrap()).map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
                open = Some(Block { heading: heading.clone(), language, facts, content: String::new() });
            }
            (Some(_), Some("")) => blocks.extend(open.take()),
            (Some(block), _) => {
                block.content.push_str(line);
                block.content.push('\n');
            }
            (None, None) => heading = line.strip_prefix("## ").map_or(heading, str::to_owned),
        }
    }
    assert!(open.is_none() && blocks.len() > 20, "{} blocks", blocks.len());
    blocks
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Where programs are looked for: our own, those that `.ci/run` installs for this, and the system's.
fn path() -> String {
    let own = Path::new(env!("CARGO_BIN_EXE_copydesk")).parent().unwrap();
    format!("{}:{}:{}", own.display(), root().join("target/recipes/bin").display(), std::env::var("PATH").unwrap())
}

fn shell(desk: &Desk, script: &str) -> Output {
    let mut command = Command::new("sh");
    command.args(["-euc", script]).current_dir(desk.path("")).env("PATH", path()).env("NO_COLOR", "1").stdin(Stdio::null());
    command.output().unwrap()
}

fn has(desk: &Desk, tool: &str) -> bool {
    let script = match tool {
        "pandas" | "polars" => format!("python3 -c 'import {tool}'"),
        program => format!("command -v {program}"),
    };
    shell(desk, &script).status.success()
}

/// The tool that a block needs and that is not to be had; told, if so.
fn misses<'b>(desk: &Desk, block: &'b Block) -> Option<&'b str> {
    let tools = block.facts.get("needs").map_or("", String::as_str);
    let missing = tools.split(',').filter(|tool| !tool.is_empty()).find(|tool| !has(desk, tool));
    if let Some(tool) = missing {
        eprintln!("not run: the recipe for {}: there is no {tool} here", block.heading);
    }
    missing
}

/// A desk over the articles that the page is about.
fn desk_of_seeds() -> Desk {
    let desk = Desk::new();
    for entry in fs::read_dir(root().join("seeds")).unwrap() {
        let path = entry.unwrap().path();
        desk.put(&format!("seeds/{}", path.file_name().unwrap().to_str().unwrap()), fs::read(&path).unwrap());
    }
    desk
}

#[test]
fn what_the_page_runs_prints_what_the_page_says() {
    let desk = desk_of_seeds();
    let blocks = page();
    for (number, block) in blocks.iter().enumerate() {
        let output = match block.language.as_str() {
            "sh" | "python" if misses(&desk, block).is_some() => continue,
            "sh" => shell(&desk, &block.content),
            "python" => {
                desk.put("recipe.py", &block.content);
                shell(&desk, "python3 -W error recipe.py")
            }
            _ => continue,
        };
        let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        let heading = &block.heading;
        assert!(output.status.success() && stderr.is_empty(), "{heading}: {}\n{stdout}\n{stderr}", output.status);
        match blocks.get(number + 1).filter(|next| next.language == "text") {
            Some(expected) => assert_eq!(stdout, expected.content, "{heading}"),
            None => assert_eq!(stdout, "", "{heading}"),
        }
        eprintln!("run: {heading}\n{stdout}");
    }
}

#[test]
fn the_bulk_lines_are_an_action_and_an_article_in_turn() {
    let desk = desk_of_seeds();
    let blocks = page();
    let block = blocks.iter().find(|block| block.content.contains("bulk.ndjson")).unwrap();
    if misses(&desk, block).is_some() {
        return;
    }
    desk.run(&["batch", "seeds"]).ended_with(0);
    assert!(shell(&desk, &block.content).status.success());
    let bulk = fs::read_to_string(desk.path("bulk.ndjson")).unwrap();
    let lines: Vec<Value> = bulk.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let records = desk.records("out");
    assert_eq!(lines.len(), records.len() * 2);
    for (pair, record) in lines.chunks(2).zip(&records) {
        let action = &pair[0]["index"];
        assert_eq!((&action["_id"], &action["version"]), (&record["id"], &record["revision"]));
        assert_eq!((&pair[1]["id"], &pair[1]["text"]), (&record["id"], &record["text"]));
    }
}

#[test]
fn the_line_for_cron_reads_what_has_come_and_is_silent() {
    let desk = Desk::new();
    desk.put("wire/a.txt", ARTICLE);
    let blocks = page();
    let line = &blocks.iter().find(|block| block.language == "crontab").unwrap().content;
    let fields: Vec<&str> = line.split_whitespace().take(5).collect();
    assert!(fields.iter().all(|field| *field == "*" || field.parse::<u8>().is_ok()), "{fields:?}");
    let command = line.splitn(6, ' ').nth(5).unwrap().replace("/srv/desk", desk.path("").to_str().unwrap());
    // A `%` would be a line's end to cron.
    assert!(!command.contains('%'), "{command}");
    for count in [1, 1, 2] {
        if count == 2 {
            desk.put("wire/b.txt", ARTICLE);
        }
        let output = shell(&desk, &command);
        assert!(output.status.success() && output.stdout.is_empty() && output.stderr.is_empty(), "{output:?}");
        assert_eq!(desk.records("out").len(), count);
    }
}

/// The blocks that are files, with their names.
fn files(language: &str) -> Vec<(String, Block)> {
    let blocks = page().into_iter().filter(|block| block.language == language);
    blocks.filter_map(|block| Some((block.facts.get("title")?.clone(), block))).collect()
}

#[test]
fn units_on_the_page_are_sound() {
    let desk = Desk::new();
    let program = env!("CARGO_BIN_EXE_copydesk");
    let packaged = fs::read_to_string(root().join("packaging/debian/copydesk.service")).unwrap();
    desk.put("units/copydesk.service", packaged.replace("/usr/bin/copydesk", program));
    for (title, block) in files("ini") {
        desk.put(&format!("units/{title}"), block.content.replace("/usr/local/bin/copydesk", program));
    }
    if !has(&desk, "systemd-analyze") {
        eprintln!("not run: the recipes for systemd: there is no systemd-analyze here");
        return;
    }
    for (manager, unit) in [("--system", "copydesk.service"), ("--system", "desk.service")] {
        let output = shell(&desk, &format!("systemd-analyze verify {manager} --man=no units/{unit} 2>&1"));
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && !said.contains(unit), "{unit}: {said}");
        eprintln!("run: systemd-analyze verify {unit}: sound");
    }
}

#[test]
fn settings_of_other_programs_on_the_page_are_sound() {
    let desk = Desk::new();
    for (title, block) in files("toml") {
        let table: toml::Table = block.content.parse().unwrap_or_else(|error| panic!("{title}: {error}"));
        assert!(table.contains_key("sources") && table.contains_key("sinks"), "{title}");
        desk.put(&title, &block.content);
        if misses(&desk, &block).is_none() {
            let output = shell(&desk, &format!("vector validate --no-environment {title}"));
            assert!(output.status.success(), "{output:?}");
        }
    }
    desk.put("alerts.yml", fs::read_to_string(root().join("packaging/alerts.yml")).unwrap());
    for (title, block) in files("yaml") {
        desk.put(&title, &block.content);
        if misses(&desk, &block).is_none() {
            let output = shell(&desk, &format!("promtool check config {title}"));
            assert!(output.status.success(), "{output:?}");
            eprintln!("run: promtool check config {title}\n{}", String::from_utf8_lossy(&output.stdout));
        }
    }
}
