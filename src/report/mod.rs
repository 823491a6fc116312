//! A plan and its forecast, for a person: as text, or as a page.

pub mod page;
pub mod runbook;
pub mod text;

use crate::plan::{HostFile, Plan};
use std::collections::BTreeMap;

/// The names of installed files, by directory.
#[must_use]
pub fn by_directory(files: &[HostFile]) -> BTreeMap<&str, Vec<&str>> {
    let mut directories: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (directory, name) in files.iter().filter_map(|file| file.target.as_str().rsplit_once('/')) {
        directories.entry(directory).or_default().push(name);
    }
    directories
}

/// What becomes of the deployer's own backup, in words.
#[must_use]
pub fn replaced(plan: &Plan) -> Vec<&'static str> {
    Some(plan.scheduler.replaces).filter(|words| !words.is_empty()).into_iter().collect()
}

/// Which secret has to be where, for the databases of a plan.
#[must_use]
pub fn secrets(plan: &Plan) -> Vec<String> {
    let variables = plan.databases.iter().filter_map(|database| database.dsn_variable());
    let mut secrets: Vec<String> = variables.map(|name| format!("{name} in {}", plan.layout.env_file)).collect();
    secrets.dedup();
    secrets
}
