//! No secret of the input reaches anything that is written or printed.

use crate::fixtures::{environments, files, name, root};
use chrono::DateTime;
use serde_json::Value;
use std::{fs, path::Path};
use trackgen::{
    Compiled,
    forecast::Forecast,
    input::Report,
    plan::Plan,
    report::{page, text::Text},
    value::is_secret_key,
};

fn tree(path: &Path) -> Value {
    let text = fs::read(path).expect("the environment is there");
    if name(path).ends_with(".yml") {
        serde_yaml::from_slice(&text).expect("YAML")
    } else {
        serde_json::from_slice(&text).expect("JSON")
    }
}

/// Puts a marker of its own in place of each secret, so that short ones such as `admin` can be searched for too.
fn mark(value: &mut Value, under_secret: bool, markers: &mut Vec<String>) {
    match value {
        Value::String(text) if under_secret => {
            let marker = format!("s3cr3t{}x'$(x)`%\u{e4}", markers.len());
            text.clone_from(&marker);
            markers.push(marker);
        }
        Value::Array(items) => items.iter_mut().for_each(|item| mark(item, under_secret, markers)),
        Value::Object(members) => {
            members.iter_mut().for_each(|(key, member)| mark(member, under_secret || is_secret_key(key), markers));
        }
        _ => {}
    }
}

/// Everything that a person or a file could see of a result.
fn visible(result: &Result<Compiled, Report>) -> String {
    match result {
        Ok(compiled) => {
            let artifacts: String =
                compiled.artifacts.iter().map(|(path, artifact)| format!("{path}\n{}", artifact.body)).collect();
            let plan = serde_json::to_string(&compiled.plan).expect("a plan is JSON");
            let report: String = compiled.plan.iter().map(|plan| reports(plan, &compiled.warnings)).collect();
            format!("{artifacts}{plan}{report}{:?}{}", compiled.plan, compiled.warnings)
        }
        Err(report) => format!("{report}{report:?}"),
    }
}

fn reports(plan: &Plan, warnings: &Report) -> String {
    let forecast = Forecast::new(plan, DateTime::UNIX_EPOCH);
    let page = page::page(plan, &forecast, warnings).expect("a page");
    format!("{}{page}", Text { plan, forecast: &forecast })
}

fn assert_hidden(what: &str, markers: &[String], result: &Result<Compiled, Report>) {
    let visible = visible(result);
    for marker in markers {
        // The first part alone: a shortened or escaped secret is one too.
        let recognisable = &marker[..marker.len().min(9)];
        assert!(!visible.contains(recognisable), "{what} shows {marker}");
    }
}

#[test]
fn no_secret_of_an_environment_is_shown() {
    for path in environments() {
        let mut value = tree(&path);
        let mut markers = Vec::new();
        mark(&mut value, false, &mut markers);
        assert!(!markers.is_empty(), "{} has no secret to look for", path.display());
        let (pretty, yaml) =
            (serde_json::to_vec_pretty(&value).expect("JSON"), serde_yaml::to_string(&value).expect("YAML"));
        let one_line = serde_json::to_vec(&value).expect("JSON");
        for (file, text) in [("e.json", pretty), ("e.yml", yaml.into_bytes()), ("one-line.json", one_line)] {
            let result = trackgen::compile(file, &text);
            assert!(result.is_ok(), "{}", result.err().map(|report| report.to_string()).unwrap_or_default());
            assert_hidden(&format!("{} as {file}", path.display()), &markers, &result);
        }
    }
}

/// Every secret of the fixtures begins with `fake-`, but for one that is a number.
#[test]
fn no_secret_of_a_refused_environment_is_shown() {
    for path in files(&root().join("tests/invalid")).into_iter().chain(files(&root().join("tests/warnings"))) {
        if name(&path) == "README.md" {
            continue;
        }
        let result = trackgen::compile(&name(&path), &fs::read(&path).expect("the fixture is there"));
        for secret in ["fake-", "918273645546"] {
            assert!(!visible(&result).contains(secret), "{} shows {secret}", path.display());
        }
    }
}

/// A file that is cut anywhere is a syntax error, and often one inside a secret.
#[test]
fn no_secret_is_shown_wherever_a_file_is_cut() {
    let text = fs::read_to_string(root().join("envs/mysql.json")).expect("the environment is there");
    for cut in (0..text.len()).filter(|cut| text.is_char_boundary(*cut)) {
        let Err(report) = trackgen::compile("cut.json", &text.as_bytes()[..cut]) else { continue };
        assert!(!report.to_string().contains("fake"), "cut at byte {cut}:\n{report}");
    }
}
