//! Whatever comes in: never a panic, never a finding without a place, never a file outside the output directory.
//!
//! `PROPTEST_CASES=1000000 cargo test --release --test suite hostile` runs a million; 20,000 are run each time.

use crate::fixtures::root;
use proptest::prelude::*;
use serde_json::Value;
use std::fs;
use trackgen::value::Severity;

fn cases() -> u32 {
    std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(20_000) / 4
}

fn check(file: &str, text: &[u8]) -> Result<(), TestCaseError> {
    match trackgen::compile(file, text) {
        Ok(compiled) => {
            for (path, artifact) in compiled.artifacts.iter() {
                prop_assert!(!path.starts_with('/') && !path.split('/').any(|step| matches!(step, "" | "." | "..")));
                prop_assert!(!artifact.body.contains('\0'));
            }
            prop_assert!(compiled.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-'));
        }
        Err(report) => {
            prop_assert!(report.has_errors());
            let lines = String::from_utf8_lossy(text).split('\n').count();
            for finding in &report.findings {
                prop_assert!((1..=lines).contains(&finding.line), "line {} of {lines}", finding.line);
                prop_assert!(finding.column >= 1);
                let is_error = finding.issue.code.severity() == Severity::Error;
                let heading = format!("{}[{}]", if is_error { "error" } else { "warning" }, finding.issue.code.word());
                prop_assert!(report.to_string().contains(&heading));
            }
        }
    }
    Ok(())
}

fn sample(file: &str) -> String {
    fs::read_to_string(root().join("envs").join(file)).expect("the sample is there")
}

/// Values that hurt: paths that escape, other languages' syntax, numbers out of range.
fn hostile_value() -> impl Strategy<Value = Value> {
    let text = prop_oneof![
        Just("../../etc/passwd"),
        Just("a\nDB_TYPE=none"),
        Just("$(reboot)"),
        Just("'; rm -rf /"),
        Just("{{ lookup('env','HOME') }}"),
        Just(""),
        Just("\u{0}"),
        Just("\u{202e}gpj"),
        Just("* * * * *"),
        Just("0 0 31 2 *"),
        Just("mysql://u:p@h/d"),
        Just("/"),
        Just("-rf"),
    ];
    prop_oneof![
        4 => text.prop_map(Value::from),
        2 => ".{0,40}".prop_map(Value::from),
        1 => any::<i64>().prop_map(Value::from),
        1 => any::<u64>().prop_map(Value::from),
        1 => any::<f64>().prop_map(Value::from),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
        1 => Just(serde_json::json!([])),
        1 => Just(serde_json::json!({})),
    ]
}

/// Every place of a document.
fn pointers(value: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match value {
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(i, item)| pointers(item, &format!("{at}/{i}"), found));
        }
        Value::Object(members) => {
            members.iter().for_each(|(key, member)| pointers(member, &format!("{at}/{key}"), found));
        }
        _ => {}
    }
}

fn replaced(file: &str, changes: &[(prop::sample::Index, Value)]) -> Value {
    let mut document: Value = serde_json::from_str(&sample(file)).expect("JSON");
    for (index, value) in changes {
        let mut places = Vec::new();
        pointers(&document, "", &mut places);
        let place = index.get(&places).clone();
        *document.pointer_mut(&place).expect("a place") = value.clone();
    }
    document
}

fn changes() -> impl Strategy<Value = Vec<(prop::sample::Index, Value)>> {
    prop::collection::vec((any::<prop::sample::Index>(), hostile_value()), 1..4)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn values_that_hurt_in_json(file in prop_oneof![Just("prod.json"), Just("mysql.json")], changes in changes()) {
        let document = replaced(file, &changes);
        check("e.json", serde_json::to_string_pretty(&document).expect("JSON").as_bytes())?;
    }

    #[test]
    fn values_that_hurt_in_yaml(file in prop_oneof![Just("prod.json"), Just("postgresql.json")], changes in changes()) {
        let document = replaced(file, &changes);
        check("e.yml", serde_yaml::to_string(&document).expect("YAML").as_bytes())?;
    }

    #[test]
    fn bytes_that_are_cut_doubled_and_overwritten(
        yaml in any::<bool>(),
        cut in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        noise in prop::collection::vec(any::<u8>(), 0..8),
        whole in any::<bool>(),
    ) {
        let (file, text) = if yaml { ("index.yml", sample("index.yml")) } else { ("prod.json", sample("prod.json")) };
        let mut bytes = text.into_bytes();
        let start = at.index(bytes.len());
        let end = (start + noise.len()).min(bytes.len());
        bytes.splice(start..end, noise);
        if !whole {
            bytes.truncate(cut.index(bytes.len()));
        }
        check(file, &bytes)?;
    }

    #[test]
    fn anything_at_all(yaml in any::<bool>(), text in prop_oneof!["[\\[\\]{}:,\"'a-z0-9 \n\t&*!|>-]{0,80}", ".{0,80}"]) {
        check(if yaml { "e.yml" } else { "e.json" }, text.as_bytes())?;
    }
}
