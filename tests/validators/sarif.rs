//! SARIF, by its own schema, and by what GitHub's code scanning requires beyond it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::rendered::documents;
use crate::tool::{ROOT, Verdict, require, run, tool};

/// OASIS's schema, as the crate `serde-sarif` has it; cargo fetches it when it is not there yet.
fn schema() -> PathBuf {
    let metadata = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--manifest-path", "tests/tools/sarif/Cargo.toml"])
        .current_dir(ROOT)
        .output()
        .expect("cargo runs");
    let metadata: Value = serde_json::from_slice(&metadata.stdout).expect("JSON");
    let packages = metadata["packages"].as_array().expect("packages");
    let package = packages.iter().find(|package| package["name"] == "serde-sarif").expect("it is a dependency");
    let manifest = Path::new(package["manifest_path"].as_str().expect("a path"));
    manifest.with_file_name("src").join("schema.json")
}

fn log() -> String {
    let files = ["tests/invalid", "tests/warnings"].map(|directory| documents(&Path::new(ROOT).join(directory)));
    let relative = |file: PathBuf| file.strip_prefix(ROOT).expect("a file of ours").to_owned();
    let output = Command::new(env!("CARGO_BIN_EXE_trackgen"))
        .args(["validate", "--format", "sarif", "envs/nowhere.json", "envs/prod.json"])
        .args(files.into_iter().flatten().map(relative))
        .current_dir(ROOT)
        .output()
        .expect("trackgen runs");
    String::from_utf8(output.stdout).expect("text")
}

fn valid(log: &str) -> Verdict {
    let file = tempfile::Builder::new().suffix(".sarif").tempfile_in(env!("CARGO_TARGET_TMPDIR")).expect("a file");
    fs::write(file.path(), log).expect("written");
    // One of the schema's patterns has a bracket too many, which is no fault without JavaScript's Unicode mode.
    run(tool("check-jsonschema").args(["--regex-variant", "python", "--schemafile"]).arg(schema()).arg(file.path()))
        .accepted()
}

/// What GitHub's "SARIF support for code scanning" asks for.
fn taken_by_github(log: &str) -> Verdict {
    let log: Value = serde_json::from_str(log).expect("JSON");
    let text = |value: &Value, at: &str| value.pointer(at).and_then(Value::as_str).unwrap_or_default().to_owned();
    let run = &log["runs"][0];
    require(text(run, "/tool/driver/name") == "trackgen" && text(&log, "/version") == "2.1.0", "tool or version")?;
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    for rule in rules {
        for part in ["/id", "/shortDescription/text", "/fullDescription/text", "/help/text", "/help/markdown"] {
            require(!text(rule, part).is_empty(), format!("{part} of {rule}"))?;
        }
        require(text(rule, "/shortDescription/text").len() <= 1024, format!("too long: {rule}"))?;
        require(["error", "warning"].contains(&&*text(rule, "/defaultConfiguration/level")), format!("level: {rule}"))?;
    }
    let mut known = BTreeSet::new();
    for result in run["results"].as_array().expect("results") {
        let rule = &rules[usize::try_from(result["ruleIndex"].as_u64().expect("an index")).expect("small")];
        require(rule["id"] == result["ruleId"], format!("another rule: {result}"))?;
        require(!text(result, "/message/text").trim().is_empty(), format!("no message: {result}"))?;
        let place = &result["locations"][0]["physicalLocation"];
        let uri = text(place, "/artifactLocation/uri");
        require(Path::new(ROOT).join(&uri).is_file(), format!("{uri} is no file of the repository"))?;
        let number = |name: &str| place["region"][name].as_u64().unwrap_or_default();
        let region = (number("startLine"), number("startColumn")) <= (number("endLine"), number("endColumn"));
        require(region && number("startLine") > 0 && number("startColumn") > 0, format!("no region: {result}"))?;
        let fingerprint = (uri, text(result, "/ruleId"), text(result, "/partialFingerprints/primaryLocationLineHash"));
        require(
            !fingerprint.2.is_empty() && known.insert(fingerprint),
            format!("no fingerprint of its own: {result}"),
        )?;
    }
    require(known.len() > 200, format!("{} results", known.len()))
}

#[test]
fn code_scanning_takes_all_findings() {
    let log = log();
    valid(&log).expect("the schema accepts it");
    taken_by_github(&log).expect("nothing is missing");
    assert!(log.contains("\"executionSuccessful\": false"), "one file could not be read");
}

#[test]
fn faults_in_a_log_are_found() {
    for (from, to) in [("\"startLine\": ", "\"startLine\": -"), ("\"level\": \"error\"", "\"level\": \"fatal\"")] {
        let objection = valid(&log().replacen(from, to, 1)).expect_err(to);
        assert!(objection.contains("Schema validation errors"), "{objection}");
    }
    for (from, to) in [("\"help\": {", "\"helped\": {"), ("\"primaryLocationLineHash\"", "\"hash\"")] {
        taken_by_github(&log().replacen(from, to, 1)).expect_err(to);
    }
}
