//! First environment files: from flags and from a terminal.

use crate::fixtures::files;
use assert_cmd::Command;
use proptest::{prelude::*, sample::select};
use rexpect::session::{PtySession, spawn_command};
use serde_json::Value;
use std::{fs, os::unix::fs::PermissionsExt};
use tempfile::TempDir;
use trackgen::{
    draft::{self, Answers, Found},
    value::Code,
};

pub fn init(directory: &TempDir, arguments: &[&str], code: i32) -> (String, String) {
    let mut command = Command::cargo_bin("trackgen").expect("the program");
    let command = command.current_dir(directory.path()).arg("init").args(arguments);
    let output = command.assert().code(code).get_output().clone();
    (String::from_utf8(output.stdout).expect("text"), String::from_utf8(output.stderr).expect("text"))
}

/// What is valid but for values that are still to be filled in.
pub fn assert_clean(path: &str, text: &str) -> Value {
    let compiled = trackgen::compile(path, text.as_bytes()).unwrap_or_else(|report| panic!("{report}\n{text}"));
    assert!(compiled.warnings.codes().iter().all(|code| *code == Code::Placeholder), "{}\n{text}", compiled.warnings);
    assert!(compiled.plan.is_some(), "{text}");
    serde_yaml::from_str(text).expect("YAML, and JSON is YAML too")
}

fn answers() -> impl Strategy<Value = Answers> {
    let word = |words: &'static [&'static str]| select(words).prop_map(str::to_owned);
    let who =
        ("[a-z][a-z0-9]{0,6}(-[a-z0-9]{1,8}){0,4}", word(&["lxd", "hetzner"]), "[A-Za-z_][A-Za-z0-9_-]{0,31}", 1_u16..);
    let key = "/[A-Za-z0-9 äß#:&*!|>%@,.-]{1,40}";
    let database = (
        word(&["sqlite3", "mysql", "postgresql"]),
        proptest::option::of("[A-Za-z0-9][A-Za-z0-9_-]{0,30}"),
        proptest::option::of("[a-z][a-z0-9.-]{0,20}"),
        // Not so new that there is a warning of the clients.
        proptest::option::of(word(&["5.7", "8.0.36", "8.4"])),
    );
    let times = word(&["0 3 * * *", "*/15 3-23 * * *", "30 4 * * 0,3", "0 0 */2 * *", "5 5 1-31 * *"]);
    let when = (times, word(&["cron", "systemd"]), 1_u32..=3650);
    // Random letters do not compress, and the user data of Hetzner is short.
    let place = ("/mnt/[a-z0-9][a-z0-9._@+-]{0,8}", "/opt/[a-z0-9][a-z0-9._@+-]{0,8}");
    (who, key, database, when, place).prop_map(|(who, ssh_key, database, when, place)| Answers {
        name: who.0,
        provider: who.1,
        ssh_user: who.2,
        ssh_port: who.3,
        ssh_key,
        database: database.0,
        database_name: database.1,
        database_host: database.2,
        server_version: database.3,
        schedule: when.0,
        scheduler: when.1,
        retention_days: when.2,
        directory: place.0,
        deploy_dir: place.1,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 256, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_answered_is_valid_in_both_languages(answers in answers()) {
        let mut trees = Vec::new();
        for path in ["drafted.yml", "drafted.json"] {
            let (draft, _) = draft::draft(path, &answers, Found::default()).expect("valid answers");
            trees.push(assert_clean(path, &draft.text));
        }
        prop_assert_eq!(&trees[0], &trees[1]);
        prop_assert_eq!(trees[0]["environment"]["name"].as_str(), Some(answers.name.as_str()));
    }
}

#[test]
fn each_flag_reaches_the_file() {
    let directory = TempDir::new().expect("a directory");
    let flags = [
        ("--name", "demo", "/environment/name"),
        ("--provider", "hetzner", "/provider/provider"),
        ("--ssh-user", "ops", "/ssh_credentials/username"),
        ("--ssh-port", "2222", "/ssh_credentials/port"),
        ("--ssh-key", "/keys/demo", "/ssh_credentials/private_key_path"),
        ("--database", "postgresql", "/tracker/core/database/driver"),
        ("--database-name", "peers", "/tracker/core/database/database_name"),
        ("--database-host", "db.example.org", "/tracker/core/database/host"),
        ("--server-version", "16", "/backup/server_version"),
        ("--schedule", "15 4 * * *", "/backup/schedule"),
        ("--scheduler", "systemd", "/backup/scheduler"),
        ("--retention-days", "30", "/backup/retention_days"),
        ("--directory", "/srv/backups", "/backup/directory"),
        ("--deploy-dir", "/opt/tracker", "/backup/deploy_dir"),
    ];
    let arguments: Vec<&str> = flags.iter().flat_map(|(flag, value, _)| [*flag, *value]).collect();
    let (stdout, _) = init(&directory, &arguments, 0);
    assert!(stdout.starts_with("envs/demo.yml: written\n"), "{stdout}");
    let text = fs::read_to_string(directory.path().join("envs/demo.yml")).expect("the file");
    let tree = assert_clean("demo.yml", &text);
    for (flag, value, pointer) in flags {
        let found = tree.pointer(pointer).unwrap_or_else(|| panic!("{flag}: nothing at {pointer}"));
        assert_eq!(found.to_string().trim_matches('"'), value, "{flag}");
    }
}

#[test]
fn a_draft_is_private_and_never_takes_the_place_of_a_file() {
    let directory = TempDir::new().expect("a directory");
    init(&directory, &["envs/prod.json"], 0);
    let file = directory.path().join("envs/prod.json");
    assert_eq!(fs::metadata(&file).expect("the file").permissions().mode() & 0o777, 0o600);
    let written = fs::read_to_string(&file).expect("the file");
    serde_json::from_str::<Value>(&written).expect("plain JSON");
    let (_, stderr) = init(&directory, &["envs/prod.json", "--database", "mysql"], 2);
    assert!(stderr.contains("never overwrites"), "{stderr}");
    assert_eq!(fs::read_to_string(&file).expect("the file"), written);
    std::os::unix::fs::symlink("nowhere", directory.path().join("link.yml")).expect("a link");
    init(&directory, &["link.yml"], 2);
}

#[test]
fn without_a_terminal_nothing_is_asked() {
    let directory = TempDir::new().expect("a directory");
    let (_, stderr) = init(&directory, &[], 2);
    assert!(stderr.contains("give FILE or --name"), "{stderr}");
    let wrong: [(&[&str], &str); 5] = [
        (&["--name", "Prod"], "--name: "),
        (&["x.yml", "--schedule", "99 * * * *"], "--schedule: 99 is no minute"),
        (&["x.yml", "--directory", "/opt/torrust/storage/tracker/etc"], "--directory: "),
        (&["x.yml", "--ssh-key", "~/.ssh/id"], "--ssh-key: "),
        (&["x.yml", "--database", "sqlite3", "--database-name", "../x"], "--database-name: "),
    ];
    for (arguments, complaint) in wrong {
        let (_, stderr) = init(&directory, arguments, 2);
        assert!(stderr.contains(&format!("error: {complaint}")), "{arguments:?}: {stderr}");
    }
    assert!(files(directory.path()).is_empty() && !directory.path().join("envs").exists(), "nothing is written");
}

fn on_terminal(directory: &TempDir, arguments: &[&str]) -> PtySession {
    let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("trackgen"));
    command.current_dir(directory.path()).env("HOME", "/home/me").env("TERM", "xterm").arg("init").args(arguments);
    spawn_command(command, Some(20_000)).expect("a terminal")
}

#[test]
fn on_a_terminal_the_questions_are_asked_and_checked() {
    let directory = TempDir::new().expect("a directory");
    let mut terminal = on_terminal(&directory, &["--scheduler", "systemd"]);
    let mut answer = |prompt: &str, keys: &str| {
        terminal.exp_string(prompt).unwrap_or_else(|error| panic!("{prompt}: {error}"));
        terminal.send(keys).and_then(|_| terminal.flush()).expect("typed");
    };
    answer("Name of the environment [prod]", "demo\r");
    answer("Where does the host run", "\u{1b}[B\r");
    answer("Private SSH key for it [/home/me/.ssh/id_ed25519]", "\r");
    answer("Engine of the tracker's database", "\u{1b}[B\r");
    answer("day of week) [0 3 * * *]", "99 * * * *\r");
    // The bad answer stands there to be corrected.
    answer("99 is no minute", "\u{15}");
    answer("day of week) [0 3 * * *]", &("\u{7f}".repeat(10) + "30 4 * * *\r"));
    answer("[/mnt/backup/torrust]", "\r");
    terminal.exp_string("envs/demo.yml: written").expect("the end");
    terminal.exp_eof().expect("the end");
    let text = fs::read_to_string(directory.path().join("envs/demo.yml")).expect("the file");
    let tree = assert_clean("demo.yml", &text);
    assert_eq!(tree["provider"]["provider"], "hetzner");
    assert_eq!(tree["tracker"]["core"]["database"]["driver"], "mysql");
    assert_eq!(tree["backup"]["schedule"], "30 4 * * *");
    assert_eq!(tree["backup"]["scheduler"], "systemd", "what a flag says is not asked");
}

#[test]
fn on_a_terminal_yes_asks_nothing_and_a_bad_flag_is_told_first() {
    let directory = TempDir::new().expect("a directory");
    let mut terminal = on_terminal(&directory, &["--yes", "prod.yml"]);
    terminal.exp_string("prod.yml: written").expect("no question");
    let mut terminal = on_terminal(&directory, &["--schedule", "99 * * * *"]);
    terminal.exp_string("--schedule: 99 is no minute").expect("no question");
    let mut terminal = on_terminal(&directory, &["prod.yml"]);
    terminal.exp_string("never overwrites").expect("no question");
}
