//! Findings in every form, and what becomes of warnings.

use crate::fixtures::root;
use assert_cmd::Command;
use serde_json::Value;
use std::{collections::BTreeMap, fs};
use tempfile::TempDir;

const WARNED: &str = "tests/warnings/same-disk.json";
const WARNED_OTHERWISE: &str = "tests/warnings/schedule-often.json";
const REFUSED: &str = "tests/invalid/duplicate-key--secret.json";

fn trackgen(arguments: &[&str], code: i32) -> (String, String) {
    let mut command = Command::cargo_bin("trackgen").expect("the program");
    let output = command.current_dir(root()).args(arguments).assert().code(code).get_output().clone();
    let text = |stream| String::from_utf8(stream).expect("text");
    (text(output.stdout), text(output.stderr))
}

#[test]
fn json_has_what_a_person_sees() {
    let arguments = ["validate", "--format", "json", "envs/prod.json", WARNED, REFUSED];
    let (stdout, stderr) = trackgen(&arguments, 1);
    assert!(stderr.is_empty(), "{stderr}");
    let document: Value = serde_json::from_str(&stdout).expect("JSON");
    let environments = document["environments"].as_array().expect("a list");
    let states: Vec<&str> = environments.iter().filter_map(|environment| environment["state"].as_str()).collect();
    assert_eq!(states, ["valid", "valid", "refused"]);
    let entry = |index: usize| -> Value {
        let mut entry = document["findings"][index].clone();
        let members = entry.as_object_mut().expect("an object");
        let text = |value: Option<Value>| !value.expect("it is there").as_str().expect("a text").is_empty();
        assert!(text(members.remove("message")) && text(members.remove("help")));
        entry
    };
    let expected = r#"{ "path": "tests/warnings/same-disk.json", "code": "same-disk", "severity": "warning", "line": 39,
        "column": 13, "end_column": 14, "pointer": "/backup" }"#;
    assert_eq!(entry(0), serde_json::from_str::<Value>(expected).expect("JSON"));
    let expected = r#"{ "path": "tests/invalid/duplicate-key--secret.json", "code": "duplicate-key", "severity": "error",
        "line": 34, "column": 7, "end_column": 20, "pointer": "/tracker/http_api/admin_token" }"#;
    assert_eq!(entry(1), serde_json::from_str::<Value>(expected).expect("JSON"));
}

/// `::kind name=value,…::message`, read as the runner of GitHub Actions reads it.
fn command(line: &str) -> (String, BTreeMap<String, String>, String) {
    let (head, data) = line.strip_prefix("::").expect("a command").split_once("::").expect("its end");
    let (kind, properties) = head.split_once(' ').expect("properties");
    let unescaped = |text: &str| text.replace("%0D", "\r").replace("%0A", "\n");
    let property = |pair: &str| {
        let (name, value) = pair.split_once('=').expect("a value");
        let value = unescaped(value).replace("%3A", ":").replace("%2C", ",").replace("%25", "%");
        (name.to_owned(), value)
    };
    (kind.to_owned(), properties.split(',').map(property).collect(), unescaped(data).replace("%25", "%"))
}

#[test]
fn github_reads_what_was_meant() {
    let directory = TempDir::new().expect("a directory");
    let path = directory.path().join("100%, a:b.json");
    fs::copy(root().join(REFUSED), &path).expect("copied");
    let path = path.to_str().expect("text");
    let (stdout, _) = trackgen(&["validate", "--format", "github", path, WARNED], 1);
    let lines: Vec<&str> = stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{stdout}");
    let (kind, properties, message) = command(lines[0]);
    assert_eq!(
        (kind.as_str(), properties["file"].as_str(), properties["title"].as_str()),
        ("error", path, "duplicate-key")
    );
    let numbers = ["line", "endLine", "col", "endColumn"].map(|name| properties[name].as_str());
    assert_eq!(numbers, ["34", "34", "7", "20"]);
    assert_eq!(message, "`admin_token` is given twice; the deployer refuses the file\nkeep one of them");
    assert_eq!(command(lines[1]).0, "warning");
}

/// A message can hold what its environment holds.
#[test]
fn a_value_cannot_end_the_command_that_shows_it() {
    let directory = TempDir::new().expect("a directory");
    let path = directory.path().join("hostile.json");
    let text = fs::read_to_string(root().join("envs/prod.json")).expect("the environment");
    let hostile = text.replacen("\"backup\": {", "\"backup\": { \"%0A\\n::error::\\r100%\": 1, ", 1);
    assert_ne!(text, hostile);
    fs::write(&path, hostile).expect("written");
    let (stdout, _) = trackgen(&["validate", "--format", "github", path.to_str().expect("text")], 1);
    let unknown = stdout.lines().map(command).find(|(_, properties, _)| properties["title"] == "unknown-key");
    let (_, _, message) = unknown.expect("the key is complained of");
    assert!(message.starts_with("`%0A\n::error::\r100%` is not a key of `backup`"), "{message}");
}

#[test]
fn no_form_shows_a_secret() {
    for format in ["human", "json", "sarif", "github"] {
        let (stdout, stderr) = trackgen(&["validate", "--format", format, REFUSED, "envs/mysql.json"], 1);
        assert!(!stdout.contains("fake-") && !stderr.contains("fake-"), "{format}: {stdout}{stderr}");
    }
}

#[test]
fn a_file_that_cannot_be_read_is_told_in_every_form() {
    for format in ["human", "json", "sarif", "github"] {
        let (stdout, stderr) = trackgen(&["validate", "--format", format, "envs/nowhere.json", "envs/prod.json"], 2);
        assert!(stderr.contains("envs/nowhere.json: No such file"), "{format}: {stderr}");
        assert!(format == "human" || stdout.contains("envs/nowhere.json"), "{format}: {stdout}");
    }
}

#[test]
fn warnings_can_be_denied_and_allowed() {
    trackgen(&["validate", WARNED], 0);
    let (stdout, stderr) = trackgen(&["validate", "--deny-warnings", WARNED], 1);
    assert!(
        stdout.is_empty() && stderr.contains("warning[same-disk]") && stderr.contains("--deny-warnings"),
        "{stderr}"
    );
    let (stdout, stderr) = trackgen(&["validate", "--deny-warnings", "--allow", "same-disk", WARNED], 0);
    assert!(stdout.contains(": valid") && stderr.is_empty(), "{stderr}");
    trackgen(&["validate", "--deny-warnings", "--allow", "same-disk", WARNED, WARNED_OTHERWISE], 1);
    let both = ["--allow", "same-disk", "--allow", "schedule-often"];
    trackgen(&[&["validate", "--deny-warnings", WARNED, WARNED_OTHERWISE], &both[..]].concat(), 0);
    let (stdout, _) = trackgen(&["validate", "--format", "json", "--deny-warnings", WARNED], 1);
    assert!(stdout.contains("\"refused\""), "{stdout}");
}

#[test]
fn only_a_warning_that_there_is_can_be_allowed() {
    let (_, stderr) = trackgen(&["validate", "--allow", "syntax", WARNED], 2);
    assert!(stderr.contains("only warnings can be allowed"), "{stderr}");
    let (_, stderr) = trackgen(&["validate", "--allow", "same-disc", WARNED], 2);
    assert!(stderr.contains("did you mean `same-disk`?"), "{stderr}");
}

#[test]
fn what_is_denied_is_not_rendered() {
    let directory = TempDir::new().expect("a directory");
    let out = directory.path().join("tree");
    let out = out.to_str().expect("text");
    trackgen(&["render", "--deny-warnings", WARNED, "--out", out], 1);
    assert!(!directory.path().join("tree").exists());
    let (_, stderr) = trackgen(&["render", "--deny-warnings", WARNED, "envs/prod.json", "--out", out], 1);
    assert!(stderr.contains("ansible is left as it is"), "{stderr}");
    assert!(!directory.path().join("tree/ansible").exists() && directory.path().join("tree/hosts/prod").exists());
    let (_, stderr) = trackgen(&["render", "--deny-warnings", "--allow", "same-disk", WARNED, "--out", out], 0);
    assert!(!stderr.contains("same-disk"), "{stderr}");
}

/// A program that reads stderr gets findings only; a person gets a line that counts.
#[test]
fn several_environments_are_summed_up_on_a_terminal() {
    let files = format!("envs/prod.json envs/mysql.json {WARNED} {REFUSED} envs/nowhere.json");
    let (_, piped) = trackgen(&[&["validate"], &*files.split(' ').collect::<Vec<_>>()].concat(), 2);
    assert!(!piped.contains("environments"), "{piped}");
    let program = assert_cmd::cargo::cargo_bin("trackgen");
    let watched = |files: &str| {
        let script = format!("'{}' validate {files}", program.display());
        let mut command = Command::new("script");
        let output = command.current_dir(root()).args(["--quiet", "--return", "--command", &script, "/dev/null"]);
        String::from_utf8(output.output().expect("script runs").stdout).expect("text")
    };
    let said = watched(&files);
    assert!(
        said.contains("5 environments: 3 valid, 1 refused, 1 not read, 1 warning, `trackgen explain CODE`"),
        "{said}"
    );
    assert!(!watched("envs/prod.json").contains("explain"), "there is nothing to explain");
}
