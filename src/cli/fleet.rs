//! `trackgen render` of several environments into one directory: a fleet, which has one Ansible project.

#![allow(clippy::disallowed_methods, reason = "looks for directories of hosts that have left")]

use super::{
    Outcome, Said,
    args::Policy,
    for_each,
    render::{self, Tally, Task},
    source,
    terminal::say,
};
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Mutex,
};
use trackgen::output::{self, ArtifactSet, Inventory, Shape};

/// Where the hosts of a fleet have their directories.
pub const HOSTS: &str = "hosts";

pub fn run(paths: &[String], root: &Path, task: Task, policy: &Policy) -> Outcome {
    let mut sources = source::read_all(paths);
    let outlines = source::outlines(&sources);
    source::refuse_namesakes(&mut sources, &outlines);
    source::acquaint(&mut sources, &outlines);
    let fleet = Mutex::new((Inventory::default(), BTreeSet::new()));
    let tally = Tally::default();
    let outcome = for_each(&sources, |source| {
        let compiled = source.compile(Shape::Member, policy);
        if let (Ok(compiled), Ok(mut fleet)) = (&compiled, fleet.lock()) {
            fleet.1.insert(compiled.name.clone());
            compiled.plan.iter().for_each(|plan| fleet.0.add(plan));
        }
        render::said(source, compiled, |name| root.join(HOSTS).join(name), task, &tally)
    });
    let Ok((inventory, names)) = fleet.into_inner() else { return Outcome::Failed };
    if outcome < Outcome::Drifted {
        let left =
            format!("error: {}/ansible is left as it is, because not every host could be rendered\n", root.display());
        say(&Said { out: String::new(), err: left, outcome });
        tally.note(sources.len(), task);
        return outcome;
    }
    let project = if inventory.is_empty() { Ok(ArtifactSet::default()) } else { output::project(&inventory) };
    // Of no one environment.
    let shared = Tally::default();
    let mut said = match project {
        Ok(project) => vec![render::on_disk(root, &project, task, &shared)],
        Err(why) => vec![Said { out: String::new(), err: format!("error: {why}\n"), outcome: Outcome::Failed }],
    };
    said.extend(
        forsaken(root, &names).iter().map(|left| render::on_disk(left, &ArtifactSet::default(), task, &shared)),
    );
    said.iter().for_each(say);
    tally.note(sources.len(), task);
    said.iter().map(|said| said.outcome).chain([outcome]).min().unwrap_or(Outcome::Fine)
}

/// Directories of hosts that an earlier render wrote and none of these environments has.
fn forsaken(root: &Path, names: &BTreeSet<String>) -> Vec<PathBuf> {
    // Without the directory there is none.
    let entries = fs::read_dir(root.join(HOSTS)).into_iter().flatten().flatten();
    let mut left: Vec<PathBuf> = entries
        .filter(|entry| !names.contains(&*entry.file_name().to_string_lossy()))
        .map(|entry| entry.path())
        .collect();
    left.sort();
    left
}
