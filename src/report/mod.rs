//! A plan and its forecast, for a person: as text, or as a page.

pub mod fold;
pub mod page;
pub mod runbook;
pub mod text;

use crate::{
    plan::{HostFile, Plan},
    value::{Host, Place},
};
use std::collections::BTreeMap;

/// The names of installed files, by directory; in a cluster nothing is installed.
#[must_use]
pub fn installed(plan: &Plan) -> BTreeMap<&str, Vec<&str>> {
    let mut directories: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    let files = if plan.cluster.is_some() { &[][..] } else { &plan.files };
    for (directory, name) in files.iter().filter_map(|file: &HostFile| file.target.as_str().rsplit_once('/')) {
        directories.entry(directory).or_default().push(name);
    }
    directories
}

/// What becomes of the deployer's own backup, in words.
#[must_use]
pub fn replaced(plan: &Plan) -> Vec<&'static str> {
    Some(plan.scheduler.replaces).filter(|words| !words.is_empty()).into_iter().collect()
}

/// What an earlier scheduler may have left on the host; a cluster has no host.
#[must_use]
pub fn removed(plan: &Plan) -> &[Place<Host>] {
    if plan.cluster.is_some() { &[] } else { &plan.absent }
}

/// Where backups are kept.
#[must_use]
pub fn kept_in(plan: &Plan) -> String {
    match &plan.cluster {
        None => format!("`{}`", plan.layout.directory),
        Some(cluster) => format!("the volume claim `{}`", cluster.claim),
    }
}

/// Which secret has to be where, for the databases of a plan.
#[must_use]
pub fn secrets(plan: &Plan) -> Vec<String> {
    let place = match &plan.cluster {
        None => format!("`{}`", plan.layout.env_file),
        Some(cluster) => format!("the `.env` of the secret `{}`", cluster.secret),
    };
    let variables = plan.databases.iter().filter_map(|database| database.dsn_variable());
    let mut secrets: Vec<String> = variables.map(|name| format!("`{name}` in {place}")).collect();
    secrets.dedup();
    secrets
}
