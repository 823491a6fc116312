//! Each fault is found, named and pointed at; what is printed is pinned.

use crate::fixtures::{Fixture, name, root, table};
use std::{collections::BTreeMap, fs};
use trackgen::{
    input::Report,
    value::{Code, Severity},
};

fn report_on(fixture: &Fixture) -> Report {
    let text = fs::read(&fixture.path).expect("the fixture is there");
    match trackgen::compile(&name(&fixture.path), &text) {
        Ok(compiled) => compiled.warnings,
        Err(report) => report,
    }
}

/// The fixtures of a table whose finding is not where the table says.
fn misplaced(directory: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    for fixture in table(directory) {
        let report = report_on(&fixture);
        let hit = report.findings.iter().any(|finding| {
            (finding.issue.code.word(), finding.line, finding.column)
                == (fixture.code.as_str(), fixture.line, fixture.column)
        });
        if !hit {
            let Fixture { path, code, line, column, .. } = &fixture;
            wrong.push(format!("{} expected {code} at {line}:{column}, found\n{report}", name(path)));
        }
    }
    wrong
}

#[test]
fn every_invalid_environment_is_refused_at_its_place() {
    let wrong = misplaced("invalid");
    assert!(wrong.is_empty(), "{} fixtures:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_caution_is_given_at_its_place() {
    let wrong = misplaced("warnings");
    assert!(wrong.is_empty(), "{} fixtures:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn one_fault_gives_one_error_unless_the_table_says_more() {
    for fixture in table("invalid") {
        let report = report_on(&fixture);
        let errors = report.findings.iter().filter(|finding| finding.issue.code.severity() == Severity::Error).count();
        assert_eq!(errors, 1 + fixture.also, "{}:\n{report}", name(&fixture.path));
    }
}

#[test]
fn warnings_do_not_refuse_a_file() {
    for fixture in table("warnings") {
        assert!(!report_on(&fixture).has_errors(), "{}:\n{}", name(&fixture.path), report_on(&fixture));
    }
}

/// What only several environments can have is tested in `fleet`, and what the place of a file makes in `git`.
const ELSEWHERE: [&str; 2] = ["schedule-neighbour", "secret-in-git"];

#[test]
fn every_code_has_a_fixture() {
    let tables = table("invalid").into_iter().chain(table("warnings"));
    let codes: Vec<String> = tables.map(|fixture| fixture.code).chain(ELSEWHERE.map(str::to_owned)).collect();
    for code in Code::ALL {
        assert!(codes.iter().any(|known| known == code.word()), "no fixture for `{}`", code.word());
    }
}

#[test]
fn every_finding_has_a_next_step() {
    for fixture in table("invalid").into_iter().chain(table("warnings")) {
        for finding in report_on(&fixture).findings {
            let help = finding.issue.help.unwrap_or_default();
            assert!(!help.is_empty(), "{}: {}", name(&fixture.path), finding.issue.message);
        }
    }
}

/// The size of the user data changes with every script.
fn without_sizes(text: &str) -> String {
    let Some((before, after)) = text.split_once("user data takes ") else { return text.to_owned() };
    format!("{before}user data takes … {}", after.trim_start_matches(|c: char| c.is_ascii_digit()).trim_start())
}

#[test]
fn the_findings_read_as_they_did() {
    let mut by_code: BTreeMap<String, String> = BTreeMap::new();
    for fixture in table("invalid").into_iter().chain(table("warnings")) {
        let report = report_on(&fixture);
        *by_code.entry(fixture.code).or_default() += &without_sizes(&report.to_string());
    }
    for (code, text) in by_code {
        insta::with_settings!({ snapshot_path => root().join("snapshots/diagnostics"), prepend_module_to_snapshot => false, omit_expression => true }, {
            insta::assert_snapshot!(code, text);
        });
    }
}
