//! `trackgen diff`: how two environments differ, or an environment and a tree that was rendered earlier. Decisions first, files second.

use super::{Outcome, Said, source, terminal::say};
use std::path::Path;
use trackgen::{
    output::{ArtifactSet, Difference, Files, Shape, disk},
    report::runbook::{self, Row},
};

/// What is only in a tree that stands alone: the fleet shares it.
const SHARED: &str = "image/Dockerfile";

pub fn run(names: [&str; 2]) -> Outcome {
    let said = sides(names).map_or_else(
        |said| said,
        |[old, new]| {
            let [before, after] = [&old, &new].map(Side::files);
            let out = decisions(&runbook::decisions(&before), &runbook::decisions(&after))
                + &files(&before.to(&after), names);
            let outcome = if out.is_empty() { Outcome::Fine } else { Outcome::Drifted };
            Said { out, err: old.warnings() + &new.warnings(), outcome }
        },
    );
    say(&said);
    said.outcome
}

/// One of the two.
enum Side {
    Tree(Files<'static>),
    Rendered(ArtifactSet, String),
}

impl Side {
    fn files(&self) -> Files<'_> {
        match self {
            Self::Tree(files) => files.clone(),
            Self::Rendered(set, _) => Files::from(set),
        }
    }

    fn warnings(&self) -> String {
        match self {
            Self::Tree(_) => String::new(),
            Self::Rendered(_, warnings) => warnings.clone(),
        }
    }
}

/// Trees first: an environment is rendered in the shape of the tree beside it.
fn sides(names: [&str; 2]) -> Result<[Side; 2], Said> {
    let trees = names.map(|name| Path::new(name).is_dir().then(|| tree(name)).transpose());
    let [old, new] = trees;
    let [old, new] = [old?, new?];
    let of_fleet = [&old, &new].into_iter().flatten().any(|files| !files.0.contains_key(SHARED));
    let shape = if of_fleet { Shape::Member } else { Shape::Alone };
    let side =
        |tree: Option<Files<'static>>, name| tree.map_or_else(|| rendered(name, shape), |files| Ok(Side::Tree(files)));
    Ok([side(old, names[0])?, side(new, names[1])?])
}

fn failed(why: impl std::fmt::Display) -> Said {
    Said { out: String::new(), err: format!("error: {why}\n"), outcome: Outcome::Failed }
}

fn tree(name: &str) -> Result<Files<'static>, Said> {
    let files = disk::read(Path::new(name)).map_err(failed)?;
    if files.0.is_empty() {
        Err(failed(format!("{name}: has no MANIFEST, so trackgen did not write it")))
    } else {
        Ok(files)
    }
}

fn rendered(name: &str, shape: Shape) -> Result<Side, Said> {
    let source = source::read(name).map_err(failed)?;
    match trackgen::compile_as(&source.name, &source.text, shape, Vec::new()) {
        Ok(compiled) => Ok(Side::Rendered(compiled.artifacts, compiled.warnings.render(true))),
        Err(report) => Err(Said { out: String::new(), err: report.render(true), outcome: Outcome::Invalid }),
    }
}

/// What was decided otherwise, by topic, with the reason of what is new.
fn decisions(old: &[Row], new: &[Row]) -> String {
    let mut topics: Vec<&String> = Vec::new();
    for [topic, ..] in old.iter().chain(new) {
        if !topics.contains(&topic) {
            topics.push(topic);
        }
    }
    let changes: String = topics.into_iter().map(|topic| topic_changes(topic, old, new)).collect();
    if changes.is_empty() { changes } else { format!("Decisions\n{changes}\n") }
}

fn topic_changes(topic: &str, old: &[Row], new: &[Row]) -> String {
    let only = |rows: &[Row], others: &[Row]| -> Vec<Row> {
        rows.iter().filter(|row| row[0] == topic && !others.contains(row)).cloned().collect()
    };
    let gone = only(old, new).into_iter().map(|[_, is, _]| format!("  - {is}\n"));
    let come = only(new, old).into_iter().map(|[_, is, because]| format!("  + {is}\n    because {because}\n"));
    let changes: String = gone.chain(come).collect();
    if changes.is_empty() { changes } else { format!("\n  {topic}\n{changes}") }
}

fn files(differences: &[Difference], [old, new]: [&str; 2]) -> String {
    if differences.is_empty() {
        return String::new();
    }
    let line = |difference: &Difference| match difference {
        Difference::Changed { path, .. } => format!("  changed  {path}\n"),
        Difference::Mode { path, executable } => {
            format!("  mode     {path}: {}executable\n", if *executable { "" } else { "not " })
        }
        Difference::Added { path } => format!("  added    {path}\n"),
        Difference::Removed { path } => format!("  removed  {path}\n"),
    };
    let hunks = |difference: &Difference| match difference {
        Difference::Changed { path, diff } => {
            Some(format!("--- {old}: {path}\n+++ {new}: {path}\n{}\n", shortened(diff)))
        }
        _ => None,
    };
    let list: String = differences.iter().map(line).collect();
    let hunks: String = differences.iter().filter_map(hunks).collect();
    format!("Files\n\n{list}\n{hunks}")
}

/// Characters of a line that a person reads; packed user data is one of some ten thousand.
const LONGEST: usize = 500;

fn shortened(diff: &str) -> String {
    let line = |line: &str| match line.chars().count() {
        long if long > LONGEST => format!("{} … ({long} characters)\n", line.chars().take(80).collect::<String>()),
        _ => format!("{line}\n"),
    };
    diff.lines().map(line).collect()
}
