//! The public schema, by an implementation that is not ours.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::rendered::{clusters, documents, environments};
use crate::tool::{ROOT, Verdict, run, tool};

const SCHEMA: &str = "schema/environment.schema.json";

/// What only the text can tell, and JSON Schema never sees.
const OF_THE_TEXT: [&str; 3] = ["syntax", "encoding", "duplicate-key"];
const OF_THE_SCHEMA: [&str; 7] =
    ["missing-key", "unknown-key", "wrong-type", "not-allowed", "out-of-range", "bad-format", "sqlite-outside"];

pub fn metaschema(schema: &Path) -> Verdict {
    run(tool("check-jsonschema").arg("--check-metaschema").arg(schema)).accepted()
}

pub fn instances<'a>(files: impl IntoIterator<Item = &'a PathBuf>) -> Verdict {
    run(tool("check-jsonschema").arg("--schemafile").arg(Path::new(ROOT).join(SCHEMA)).args(files)).accepted()
}

pub fn schema() -> PathBuf {
    Path::new(ROOT).join(SCHEMA)
}

/// The codes that trackgen finds in a file.
fn codes(file: &Path) -> Vec<String> {
    let output =
        Command::new(env!("CARGO_BIN_EXE_trackgen")).arg("validate").arg(file).output().expect("trackgen runs");
    String::from_utf8_lossy(&output.stderr)
        .lines()
        .filter_map(|line| line.strip_prefix("error[")?.split_once(']').map(|(code, _)| code.to_owned()))
        .collect()
}

#[test]
fn the_schema_is_one() {
    metaschema(&schema()).unwrap_or_else(|objection| panic!("{SCHEMA}: {objection}"));
}

#[test]
fn another_implementation_accepts_every_environment() {
    instances(environments().chain(clusters()).map(|rendered| &rendered.file))
        .unwrap_or_else(|objection| panic!("{objection}"));
}

#[test]
fn another_implementation_finds_the_same_files_invalid() {
    let among = |codes: &[String], some: &[&str]| codes.iter().any(|code| some.contains(&code.as_str()));
    let fixtures: Vec<(PathBuf, Vec<String>)> = documents(&Path::new(ROOT).join("tests/invalid"))
        .into_iter()
        .map(|file| (codes(&file), file))
        .filter(|(codes, _)| !among(codes, &OF_THE_TEXT))
        .map(|(codes, file)| (file, codes))
        .collect();
    let refused = refused(fixtures.iter().map(|(file, _)| file));
    let differs: Vec<String> = fixtures
        .iter()
        .filter(|(file, codes)| refused.contains(file) != among(codes, &OF_THE_SCHEMA))
        .map(|(file, codes)| format!("{}: we find {}", file.display(), codes.join(", ")))
        .collect();
    assert!(
        !refused.is_empty() && refused.len() < fixtures.len(),
        "tests/invalid needs faults of the schema and others"
    );
    assert!(differs.is_empty(), "another implementation disagrees:\n{}", differs.join("\n"));
}

/// Those of the files that the other implementation does not accept.
fn refused<'a>(files: impl Iterator<Item = &'a PathBuf>) -> Vec<PathBuf> {
    let said =
        run(tool("check-jsonschema").args(["--output-format", "json", "--schemafile"]).arg(schema()).args(files));
    let report: Value =
        serde_json::from_str(&said.stdout).unwrap_or_else(|error| panic!("{error}: {}", said.everything()));
    let errors = report["errors"].as_array().expect("a list of errors");
    errors.iter().filter_map(|error| error["filename"].as_str().map(PathBuf::from)).collect()
}
