//! What is packaged: the units, the alert rules, and the Debian package, held to what their own tools say of them. A tool
//! that cannot be had here is named in the test's output.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use crate::desk::Desk;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn packaged(name: &str) -> String {
    fs::read_to_string(root().join("packaging").join(name)).unwrap()
}

/// What a program said; None, with a word about it, where there is none.
fn run(command: &mut Command) -> Option<Output> {
    match command.output() {
        Ok(output) => Some(output),
        Err(error) => {
            eprintln!("not checked: {}: {error}", command.get_program().display());
            None
        }
    }
}

#[track_caller]
fn ensure_well(output: &Output) -> String {
    let said = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{}: {said}", output.status);
    said
}

#[test]
fn the_units_are_sound_and_give_away_what_they_do_not_need() {
    let desk = Desk::new();
    for unit in ["copydesk.service", "copydesk-batch.service", "copydesk-batch.timer"] {
        desk.put(unit, packaged(&format!("debian/{unit}")).replace("/usr/bin/copydesk", env!("CARGO_BIN_EXE_copydesk")));
    }
    let units = ["copydesk.service", "copydesk-batch.service", "copydesk-batch.timer"];
    let Some(output) = run(Command::new("systemd-analyze").args(["verify", "--man=no"]).args(units).current_dir(desk.path(""))) else {
        return;
    };
    let said = ensure_well(&output);
    assert!(!said.contains("copydesk"), "{said}");
    // systemd's own measure: 0 gives nothing away that could be taken, 10 gives all.
    for unit in &units[..2] {
        let mut command = Command::new("systemd-analyze");
        let output = run(command.args(["security", "--no-pager", "--offline=true", "--threshold=20", unit]).current_dir(desk.path("")));
        let said = ensure_well(&output.unwrap());
        eprintln!("{}", said.lines().rfind(|line| !line.trim().is_empty()).unwrap());
    }
}

#[test]
fn the_alert_rules_are_sound_and_fire_when_they_should() {
    let Some(output) = run(Command::new("promtool").args(["check", "rules", "alerts.yml"]).current_dir(root().join("packaging"))) else {
        return;
    };
    ensure_well(&output);
    ensure_well(&run(Command::new("promtool").args(["test", "rules", "alerts.test.yml"]).current_dir(root().join("packaging"))).unwrap());
}

#[cfg(feature = "http")]
#[test]
fn the_alert_rules_know_no_metric_that_is_not_there() {
    let desk = Desk::new();
    desk.put("wire/broken.jsonl", "{\"text\n");
    let served = crate::served::Served::start(&desk, &["wire"]);
    crate::desk::wait_for("the rejection", || (desk.rejected("out").len() == 1).then_some(()));
    let page = served.get("/metrics").body;
    let rules = packaged("alerts.yml");
    let names: BTreeSet<&str> = rules
        .lines()
        // Prose speaks of the program, not of metrics.
        .filter(|line| !line.contains("name:") && !line.trim_start().starts_with('#'))
        .flat_map(|line| line.split(|c: char| !c.is_ascii_alphanumeric() && c != '_'))
        .filter(|word| word.starts_with("copydesk_"))
        .collect();
    assert!(names.len() > 8, "{names:?}");
    for name in names {
        let is_there = page.lines().any(|line| line.strip_prefix(name).is_some_and(|rest| rest.starts_with([' ', '{'])));
        assert!(is_there, "no {name} in {page}");
    }
}

#[test]
fn the_debian_package_holds_everything_and_lintian_has_no_error() {
    let desk = Desk::new();
    let program = env!("CARGO_BIN_EXE_copydesk");
    let prepared = Command::new(root().join("packaging/prepare")).arg(program).arg(root().join("target/package")).output().unwrap();
    ensure_well(&prepared);
    // Its settings are those of `init`, and sound.
    let settings = root().join("target/package/pipeline.toml");
    desk.put("wire/a.txt", crate::daemon::ARTICLE);
    desk.run(&["check", "-c", settings.to_str().unwrap()]).ended_with(0);
    desk.run(&["batch", "-c", settings.to_str().unwrap()]).ended_with(0);

    let is_built_where_cargo_deb_looks = PathBuf::from(program).starts_with(root().join("target/debug"));
    let has_cargo_deb = Command::new("cargo").args(["deb", "--version"]).output().is_ok_and(|output| output.status.success());
    if !has_cargo_deb || !is_built_where_cargo_deb_looks {
        eprintln!("not checked: the Debian package: there is no cargo-deb here, or the program is built elsewhere");
        return;
    }
    let mut build = Command::new("cargo");
    build.args(["deb", "--quiet", "--no-build", "--profile", "dev", "--strip", "--output"]).arg(desk.path("copydesk.deb"));
    ensure_well(&build.current_dir(root()).output().unwrap());
    if let Some(output) = run(Command::new("dpkg-deb").args(["--contents", "copydesk.deb"]).current_dir(desk.path(""))) {
        let contents = ensure_well(&output);
        let commands = desk.run(&["--help"]).stdout;
        let commands = commands.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
        let pages = commands.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next()).filter(|name| !name.is_empty());
        let pages = pages.map(|name| format!("/usr/share/man/man1/copydesk-{name}.1.gz"));
        for path in pages.chain(["/usr/share/man/man1/copydesk.1.gz".to_owned()]) {
            assert!(contents.contains(&path), "no {path} in {contents}");
        }
        for path in [
            "/usr/bin/copydesk",
            "/etc/copydesk/pipeline.toml",
            "/systemd/system/copydesk.service",
            "/systemd/system/copydesk-batch.service",
            "/systemd/system/copydesk-batch.timer",
            "/usr/share/bash-completion/completions/copydesk",
            "/usr/share/zsh/vendor-completions/_copydesk",
            "/usr/share/fish/vendor_completions.d/copydesk.fish",
            "/usr/share/doc/copydesk/copyright",
            "/usr/share/doc/copydesk/alerts.yml",
        ] {
            assert!(contents.contains(path), "no {path} in {contents}");
        }
    }
    if let Some(output) = run(Command::new("lintian").args(["--allow-root", "copydesk.deb"]).current_dir(desk.path(""))) {
        let said = ensure_well(&output);
        assert!(said.lines().all(|line| !line.starts_with("E:") && !line.starts_with("W:")), "{said}");
    }
}
