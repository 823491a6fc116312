//! Findings as SARIF 2.1.0, with what GitHub's code scanning asks for.

use super::{findings::each, guide::Section, validate::Verdict};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use trackgen::{
    input::{Report, report::Finding},
    value::Code,
};

const SCHEMA: &str = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

pub fn log(verdicts: &[Verdict]) -> String {
    let codes: BTreeSet<Code> = each(verdicts).map(|(_, finding)| finding.issue.code).collect();
    let codes: Vec<Code> = codes.into_iter().collect();
    let unread: Vec<Value> = verdicts
        .iter()
        .filter_map(|verdict| match verdict {
            Verdict::Unread(_, why) => Some(json!({ "level": "error", "message": { "text": why } })),
            _ => None,
        })
        .collect();
    let driver = json!({
        "name": "trackgen",
        "semanticVersion": env!("CARGO_PKG_VERSION"),
        "rules": codes.iter().map(|code| rule(*code)).collect::<Vec<_>>(),
    });
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver },
            "columnKind": "unicodeCodePoints",
            "invocations": [{ "executionSuccessful": unread.is_empty(), "toolExecutionNotifications": unread }],
            "results": each(verdicts).map(|(report, finding)| result(report, finding, &codes)).collect::<Vec<_>>(),
        }],
    });
    serde_json::to_string_pretty(&log).unwrap_or_default() + "\n"
}

fn rule(code: Code) -> Value {
    let section = Section::of(code);
    let severity = code.severity().word();
    json!({
        "id": code.word(),
        "shortDescription": { "text": section.summary },
        "fullDescription": { "text": section.reason() },
        "help": { "text": section.body, "markdown": section.body },
        "defaultConfiguration": { "level": severity },
        "properties": { "problem.severity": severity },
    })
}

fn result(report: &Report, finding: &Finding, rules: &[Code]) -> Value {
    let issue = &finding.issue;
    let help = issue.help.as_deref().unwrap_or_default();
    json!({
        "ruleId": issue.code.word(),
        "ruleIndex": rules.iter().position(|code| *code == issue.code),
        "level": issue.code.severity().word(),
        "message": { "text": format!("{}\n{help}", issue.message) },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": { "uri": uri(&report.path) },
                "region": {
                    "startLine": finding.line,
                    "startColumn": finding.column,
                    "endLine": finding.line,
                    "endColumn": finding.end_column,
                },
            },
            "logicalLocations": [{ "fullyQualifiedName": issue.pointer.as_str() }],
        }],
        "partialFingerprints": { "primaryLocationLineHash": fingerprint(report, finding) },
    })
}

/// The same for a finding that has moved to another line: what it is about, and not where.
fn fingerprint(report: &Report, finding: &Finding) -> String {
    let about = |finding: &Finding| (finding.issue.code, finding.issue.pointer.clone());
    let alike = report.findings.iter().take_while(|earlier| *earlier != finding);
    let nth = 1 + alike.filter(|earlier| about(earlier) == about(finding)).count();
    let digest = Sha256::digest(format!("{}\n{}", finding.issue.code.word(), finding.issue.pointer.as_str()));
    let short = digest.iter().take(8).fold(0, |short: u64, byte| short << 8 | u64::from(*byte));
    format!("{short:016x}:{nth}")
}

/// A path as a reference of RFC 3986: relative to the repository, or `file:` and absolute.
fn uri(path: &str) -> String {
    let scheme = if path.starts_with('/') { "file://" } else { "" };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let encoded = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    let path = path.strip_prefix("./").unwrap_or(path);
    scheme.to_owned() + &path.bytes().map(encoded).collect::<String>()
}
