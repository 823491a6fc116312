//! `trackgen diff`, and the runbook from which it reads decisions back.

use crate::fixtures::{environments, name, root};
use assert_cmd::Command;
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
};
use tempfile::TempDir;
use trackgen::{output::Files, report::runbook};

fn trackgen(directory: &TempDir, arguments: &[&str], code: i32) -> (String, String) {
    let mut command = Command::cargo_bin("trackgen").expect("the program");
    let output = command.current_dir(directory.path()).args(arguments).assert().code(code).get_output().clone();
    (String::from_utf8(output.stdout).expect("text"), String::from_utf8(output.stderr).expect("text"))
}

/// A directory with one sample, and the same with a later hour and a longer retention.
fn two() -> TempDir {
    let directory = TempDir::new().expect("a directory");
    let text = fs::read_to_string(root().join("envs/prod.json")).expect("a sample");
    let changed = text.replace("30 3 * * *", "30 4 * * *").replace("\"retention_days\": 14", "\"retention_days\": 21");
    assert_ne!(text, changed);
    fs::write(directory.path().join("old.json"), text).expect("written");
    fs::write(directory.path().join("new.json"), changed).expect("written");
    directory
}

#[test]
fn every_decision_is_read_back_from_the_runbook() {
    for path in environments() {
        let text = fs::read(&path).expect("a sample");
        let compiled = trackgen::compile(&name(&path), &text).expect("valid");
        let Some(plan) = &compiled.plan else { continue };
        let rows = runbook::decisions(&Files::from(&compiled.artifacts)).expect("a table");
        let wanted: Vec<[String; 3]> =
            plan.decisions.iter().map(|one| [one.topic.to_owned(), one.is.clone(), one.because.clone()]).collect();
        assert_eq!(rows, wanted, "{}", path.display());
    }
}

#[test]
fn decisions_come_first_and_files_second() {
    let directory = two();
    let (out, _) = trackgen(&directory, &["diff", "old.json", "new.json"], 3);
    let [decisions, files] = ["Decisions\n", "Files\n"].map(|heading| out.find(heading).expect(heading));
    assert!(decisions < files);
    for wanted in [
        "  schedule\n  - every day at 03:30 (`30 3 * * *`)\n  + every day at 04:30 (`30 4 * * *`)\n    because ",
        "  - 14 days, never fewer",
        "  + 21 days, never fewer",
        "  changed  host/cron.d/tracker-backup\n",
        "--- old.json: host/backup.conf\n+++ new.json: host/backup.conf\n@@ ",
        "-RETENTION_DAYS='14'\n+RETENTION_DAYS='21'\n",
    ] {
        assert!(out.contains(wanted), "{wanted}\n{out}");
    }
    let longest = out.lines().map(|line| line.chars().count()).max().unwrap_or(0);
    assert!(longest < 1000, "packed user data is for no eye: a line of {longest} characters");
    assert!(!out[..files].contains("compression"), "what stays is not told:\n{out}");
    assert_eq!(trackgen(&directory, &["diff", "old.json", "old.json"], 0).0, "");
}

#[test]
fn an_environment_is_held_against_a_committed_tree() {
    let directory = two();
    trackgen(&directory, &["render", "old.json", "--out", "tree"], 0);
    assert_eq!(trackgen(&directory, &["diff", "tree", "old.json"], 0).0, "");
    let (by_tree, _) = trackgen(&directory, &["diff", "tree", "new.json"], 3);
    let (by_files, _) = trackgen(&directory, &["diff", "old.json", "new.json"], 3);
    assert_eq!(by_tree.replace("tree: ", "old.json: "), by_files);
    let scheduler = "\"scheduler\": \"systemd\", \"schedule\"";
    let text = fs::read_to_string(directory.path().join("old.json")).expect("a sample");
    fs::write(directory.path().join("timers.json"), text.replace("\"schedule\"", scheduler)).expect("written");
    let (out, _) = trackgen(&directory, &["diff", "tree", "timers.json"], 3);
    assert!(
        out.contains("  removed  host/cron.d/tracker-backup\n") && out.contains("  added    host/systemd/"),
        "{out}"
    );
}

/// A host of a fleet shares what a tree of its own has.
#[test]
fn an_environment_is_held_against_its_part_of_a_fleet() {
    let directory = two();
    let [mysql] = ["mysql"].map(|name| root().join(format!("envs/{name}.json")));
    fs::copy(mysql, directory.path().join("mysql.json")).expect("copied");
    trackgen(&directory, &["render", "old.json", "mysql.json", "--out", "fleet"], 0);
    assert_eq!(trackgen(&directory, &["diff", "fleet/hosts/prod", "old.json"], 0).0, "");
    let (out, _) = trackgen(&directory, &["diff", "fleet/hosts/prod", "new.json"], 3);
    assert!(!out.contains("image/") && out.contains("RETENTION_DAYS='21'"), "{out}");
    // By its root, the host is found by its name.
    assert_eq!(trackgen(&directory, &["diff", "fleet", "old.json"], 0).0, "");
    let (by_root, _) = trackgen(&directory, &["diff", "fleet", "new.json"], 3);
    assert_eq!(by_root, out.replace("fleet/hosts/prod: ", "fleet: "));
    fs::remove_dir_all(directory.path().join("fleet/hosts/prod")).expect("removed");
    let (_, err) = trackgen(&directory, &["diff", "old.json", "fleet"], 2);
    assert!(err.contains("fleet: is the tree of a fleet, and has no host of old.json: fleet/hosts/prod"), "{err}");
}

#[test]
fn stdin_is_one_of_the_two() {
    let directory = two();
    let (_, err) = trackgen(&directory, &["diff", "-", "-"], 2);
    assert!(err.contains("stdin can be read once"), "{err}");
    let text = fs::read_to_string(directory.path().join("old.json")).expect("a sample");
    let mut command = Command::cargo_bin("trackgen").expect("the program");
    command.current_dir(directory.path()).args(["diff", "-", "old.json"]).write_stdin(text).assert().success();
}

#[test]
fn a_tree_is_read_as_it_is() {
    let directory = two();
    let path = |path: &str| directory.path().join(path);
    trackgen(&directory, &["render", "old.json", "--out", "tree"], 0);
    symlink("tree", path("link")).expect("linked");
    assert_eq!(trackgen(&directory, &["diff", "link", "old.json"], 0).0, "");
    // Text and mode of one file.
    let script = path("tree/restore/tracker-restore");
    let text = fs::read_to_string(&script).expect("a script");
    fs::write(&script, text + "echo \u{1b}]0;mine\u{7}\u{8}\tend\u{9b}\n").expect("edited");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o644)).expect("changed");
    let (out, _) = trackgen(&directory, &["diff", "old.json", "tree"], 3);
    for wanted in [
        "  changed  restore/tracker-restore\n  mode     restore/tracker-restore: not executable\n",
        "+echo \\u{1b}]0;mine\\u{7}\\u{8}\tend\\u{9b}\n",
    ] {
        assert!(out.contains(wanted), "{wanted}: {out}");
    }
    let (out, _) = trackgen(&directory, &["render", "--check", "old.json", "--out", "tree"], 3);
    assert!(out.contains("-echo \\u{1b}]0;mine") && out.contains("tracker-restore: should be executable"), "{out}");
}

/// A table that somebody has taken for a place to write is not one of other decisions.
#[test]
fn decisions_that_cannot_be_read_are_not_new_ones() {
    let directory = two();
    trackgen(&directory, &["render", "old.json", "--out", "tree"], 0);
    let runbook = directory.path().join("tree/README.md");
    let text = fs::read_to_string(&runbook).expect("a runbook");
    let topic = "| schedule | ";
    assert!(text.contains(topic) && text.contains("| | decided | because |"));
    for edited in [text.replace(topic, "| see the wiki "), text.replace("| because |", "| why |"), String::new()] {
        fs::write(&runbook, edited).expect("edited");
        let (out, err) = trackgen(&directory, &["diff", "tree", "old.json"], 3);
        assert!(out.starts_with("Files\n") && err.contains("tree: its decisions cannot be read"), "{out}{err}");
    }
}

#[test]
fn what_is_no_tree_and_what_is_invalid_is_said() {
    let directory = two();
    fs::create_dir(directory.path().join("empty")).expect("made");
    let (_, err) = trackgen(&directory, &["diff", "empty", "old.json"], 2);
    assert!(err.contains("empty: has no MANIFEST"), "{err}");
    let (_, err) = trackgen(&directory, &["diff", "nowhere.json", "old.json"], 2);
    assert!(err.contains("nowhere.json"), "{err}");
    fs::write(directory.path().join("bad.json"), "{").expect("written");
    let (_, err) = trackgen(&directory, &["diff", "old.json", "bad.json"], 1);
    assert!(err.contains("error[syntax]"), "{err}");
}
