//! Findings for programs: JSON, and the commands of a GitHub workflow.

use super::validate::Verdict;
use serde::Serialize;
use std::fmt::Write;
use trackgen::input::{Report, report::Finding};

/// The document of `--format json`. Keys are added in later versions, none is removed and none changes its meaning.
#[derive(Serialize)]
struct Findings<'a> {
    environments: Vec<Environment<'a>>,
    findings: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Environment<'a> {
    path: &'a str,
    /// `valid`, `refused` or `unread`.
    state: &'static str,
}

/// Lines and columns count from 1, columns in characters; `end_column` is the one after the last.
#[derive(Serialize)]
struct Entry<'a> {
    path: &'a str,
    code: &'static str,
    severity: &'static str,
    line: usize,
    column: usize,
    end_column: usize,
    pointer: &'a str,
    message: &'a str,
    help: &'a str,
}

pub fn json(verdicts: &[Verdict]) -> String {
    let environments = verdicts.iter().map(|verdict| match verdict {
        Verdict::Valid { warnings, .. } => Environment { path: &warnings.path, state: "valid" },
        Verdict::Refused(report) => Environment { path: &report.path, state: "refused" },
        Verdict::Unread(path, _) => Environment { path, state: "unread" },
    });
    let document = Findings { environments: environments.collect(), findings: each(verdicts).map(entry).collect() };
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

/// Every finding with its report, in the order of the environments.
pub fn each(verdicts: &[Verdict]) -> impl Iterator<Item = (&Report, &Finding)> {
    let reports = verdicts.iter().filter_map(Verdict::report);
    reports.flat_map(|report| report.findings.iter().map(move |finding| (report, finding)))
}

fn entry<'a>((report, finding): (&'a Report, &'a Finding)) -> Entry<'a> {
    let issue = &finding.issue;
    Entry {
        path: &report.path,
        code: issue.code.word(),
        severity: issue.code.severity().word(),
        line: finding.line,
        column: finding.column,
        end_column: finding.end_column,
        pointer: issue.pointer.as_str(),
        message: &issue.message,
        help: issue.help.as_deref().unwrap_or_default(),
    }
}

/// `::error file=…::…`, which GitHub shows beside the line of a pull request.
pub fn workflow_commands(verdicts: &[Verdict]) -> String {
    let mut text = String::new();
    for (report, finding) in each(verdicts) {
        let issue = &finding.issue;
        let message = format!("{}\n{}", issue.message, issue.help.as_deref().unwrap_or_default());
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "::{} file={},line={},endLine={},col={},endColumn={},title={}::{}",
            issue.code.severity().word(),
            property(&report.path),
            finding.line,
            finding.line,
            finding.column,
            finding.end_column,
            property(issue.code.word()),
            data(message.trim_end())
        );
    }
    for (path, why) in verdicts.iter().filter_map(|verdict| match verdict {
        Verdict::Unread(path, why) => Some((path, why)),
        _ => None,
    }) {
        let _ = writeln!(text, "::error file={},title=unread::{}", property(path), data(why));
    }
    text
}

/// What the runner would take for the end of a command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// What it would take for the end of a property besides.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
