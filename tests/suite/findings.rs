//! `docs/findings.md`: a section for every code, and examples that do what they say.

use crate::fixtures::root;
use assert_cmd::Command;
use serde_json::Value;
use std::{collections::BTreeSet, fs, path::Path};
use tempfile::TempDir;
use trackgen::value::Code;

/// A fenced block: its language, what it is, and its text.
struct Block {
    language: String,
    role: String,
    text: String,
}

struct Section {
    code: String,
    text: String,
    blocks: Vec<Block>,
}

impl Section {
    fn example(&self, role: &str) -> &Block {
        let mut examples = self.blocks.iter().filter(|block| block.role == role);
        let example = examples.next().unwrap_or_else(|| panic!("{} has no {role} example", self.code));
        assert!(examples.next().is_none(), "{} has two {role} examples", self.code);
        example
    }
}

fn document() -> String {
    fs::read_to_string(root().join("docs/findings.md")).expect("the document")
}

fn sections() -> Vec<Section> {
    let document = document();
    let sections = document.split("\n## ").skip(1);
    let section = |text: &str| {
        let (code, text) = text.split_once("\n\n").expect("a heading");
        Section { code: code.to_owned(), text: text.to_owned(), blocks: blocks(text) }
    };
    sections.map(section).collect()
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut rest = text;
    while let Some((_, block)) = rest.split_once("\n```") {
        let (info, block) = block.split_once('\n').expect("a fence");
        let (text, after) = block.split_once("\n```\n").expect("a closed fence");
        let (language, role) = info.split_once(' ').expect("a language and a role");
        blocks.push(Block { language: language.to_owned(), role: role.to_owned(), text: text.to_owned() + "\n" });
        rest = after;
    }
    blocks
}

/// The environment that the examples change.
fn base() -> String {
    let document = document();
    let before = document.split("\n## ").next().expect("an introduction");
    blocks(before).into_iter().find(|block| block.role == "base").expect("a base").text
}

/// RFC 7396.
fn merge(target: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        target.clone_from(patch);
        return;
    };
    if !target.is_object() {
        *target = Value::Object(serde_json::Map::new());
    }
    let target = target.as_object_mut().expect("an object");
    for (key, value) in patch {
        if value.is_null() {
            target.remove(key);
        } else {
            merge(target.entry(key).or_insert(Value::Null), value);
        }
    }
}

fn patched(patch: &Value) -> String {
    let mut environment: Value = serde_json::from_str(&base()).expect("JSON");
    merge(&mut environment, patch);
    serde_json::to_string_pretty(&environment).expect("JSON")
}

/// The codes of an example.
fn found(example: &Block) -> BTreeSet<String> {
    match example.language.as_str() {
        "text" => compiled(&with_backup(&example.text)),
        "json" => match serde_json::from_str(&example.text).expect("JSON") {
            Value::Array(fleet) => of_fleet(&fleet),
            patch => compiled(&patched(&patch)),
        },
        "sh" => of_shell(&example.text),
        other => panic!("an example in {other}"),
    }
}

fn compiled(text: &str) -> BTreeSet<String> {
    let report = match trackgen::compile("example.json", text.as_bytes()) {
        Ok(compiled) => compiled.warnings,
        Err(report) => report,
    };
    report.codes().iter().map(|code| code.word().to_owned()).collect()
}

/// The base with another text in place of its section.
fn with_backup(section: &str) -> String {
    let base = base();
    let (before, _) = base.split_once("\"backup\"").expect("a section");
    format!("{before}{}\n}}\n", section.trim_end().replace('\n', "\n  "))
}

fn of_fleet(patches: &[Value]) -> BTreeSet<String> {
    let directory = TempDir::new().expect("a directory");
    let files = patches.iter().enumerate().map(|(index, patch)| {
        let file = directory.path().join(format!("{index}.json"));
        fs::write(&file, patched(patch)).expect("written");
        file
    });
    let files: Vec<_> = files.collect();
    let mut command = Command::cargo_bin("trackgen").expect("the program");
    codes_of(command.arg("render").args(files).arg("--out").arg(directory.path().join("fleet")))
}

fn of_shell(script: &str) -> BTreeSet<String> {
    let directory = TempDir::new().expect("a directory");
    fs::write(directory.path().join("env.json"), base()).expect("written");
    let mut command = Command::new("bash");
    let search = std::env::var("PATH").expect("a search path");
    command.env("PATH", format!("{}:{search}", program().parent().expect("a directory").display()));
    codes_of(command.args(["-eo", "pipefail", "-c", script]).current_dir(directory.path()))
}

fn program() -> std::path::PathBuf {
    assert_cmd::cargo::cargo_bin("trackgen")
}

fn codes_of(command: &mut Command) -> BTreeSet<String> {
    let output = command.output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let code = |line: &str| {
        let rest = line.strip_prefix("error[").or_else(|| line.strip_prefix("warning["))?;
        Some(rest.split_once(']')?.0.to_owned())
    };
    let codes: BTreeSet<String> = said.lines().filter_map(code).collect();
    assert!(output.status.success() || output.status.code() == Some(1) && !codes.is_empty(), "{said}");
    codes
}

#[test]
fn every_code_has_its_section_in_the_order_of_the_table() {
    let sections: Vec<String> = sections().into_iter().map(|section| section.code).collect();
    let codes: Vec<&str> = Code::ALL.iter().map(|code| code.word()).collect();
    assert_eq!(sections, codes);
    for (section, code) in self::sections().iter().zip(Code::ALL) {
        let severity = format!("**{}**: ", if code.severity().word() == "error" { "Error" } else { "Warning" });
        assert!(section.text.starts_with(&severity), "{} is no {severity}", section.code);
        let paragraphs = section.text.split("\n\n").count();
        assert!(paragraphs > 6, "{}: a rule, a reason, two examples and what to do", section.code);
    }
}

#[test]
fn every_bad_example_gives_its_code_and_no_other() {
    assert!(compiled(&base()).is_empty(), "the base itself is complained of");
    let differs: Vec<String> = sections()
        .iter()
        .map(|section| (section, found(section.example("bad"))))
        .filter(|(section, codes)| codes.iter().ne([&section.code]))
        .map(|(section, codes)| format!("{}: {codes:?}", section.code))
        .collect();
    assert!(differs.is_empty(), "{}", differs.join("\n"));
}

#[test]
fn every_good_example_gives_nothing() {
    let differs: Vec<String> = sections()
        .iter()
        .map(|section| (section, found(section.example("good"))))
        .filter(|(_, codes)| !codes.is_empty())
        .map(|(section, codes)| format!("{}: {codes:?}", section.code))
        .collect();
    assert!(differs.is_empty(), "{}", differs.join("\n"));
}

fn explain(arguments: &[&str], code: i32) -> (String, String) {
    let mut command = Command::cargo_bin("trackgen").expect("the program");
    let output = command.arg("explain").args(arguments).assert().code(code).get_output().clone();
    let text = |stream| String::from_utf8(stream).expect("text");
    (text(output.stdout), text(output.stderr))
}

#[test]
fn explain_prints_the_section_for_a_terminal() {
    for section in sections() {
        let (printed, _) = explain(&[&section.code], 0);
        assert!(!printed.contains("```") && !printed.contains('\u{1b}') && !printed.contains("**"), "{printed}");
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let prose = section.text.lines().filter(|line| !line.starts_with("```")).collect::<Vec<_>>().join("\n");
        // The first word is the severity, here and there.
        assert_eq!(words(&printed)[1..], words(&prose)[1..], "{}", section.code);
        let example = |line: &&str| line.starts_with("    ");
        assert!(printed.lines().filter(|line| !example(line)).all(|line| line.chars().count() <= 120), "{printed}");
    }
}

#[test]
fn explain_without_a_code_lists_them_all() {
    let (printed, _) = explain(&[], 0);
    let listed: Vec<&str> = printed.lines().filter_map(|line| line.split(['[', ']']).nth(1)).collect();
    assert_eq!(listed, Code::ALL.iter().map(|code| code.word()).collect::<Vec<_>>());
    let (_, stderr) = explain(&["shedule-step"], 2);
    assert!(stderr.contains("did you mean `schedule-step`?"), "{stderr}");
    let (_, stderr) = explain(&["nonsense"], 2);
    assert!(stderr.contains("`trackgen explain` lists them"), "{stderr}");
}

/// What a person is told to look for is in the file.
#[test]
fn the_document_is_where_the_readme_says() {
    let readme = fs::read_to_string(root().join("README.md")).expect("the README");
    assert!(readme.contains("(docs/findings.md)") && Path::new(&root().join("docs/findings.md")).is_file());
}
