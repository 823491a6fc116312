//! `trackgen diff`: how two environments differ, or an environment and a tree that was rendered earlier. Decisions first, files second.

use super::{
    Outcome, Said,
    fleet::HOSTS,
    source::{self, Source},
    terminal,
};
use std::path::{Path, PathBuf};
use trackgen::{
    Compiled,
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
            let rows =
                [(names[0], &before), (names[1], &after)].map(|(name, files)| runbook::decisions(files).ok_or(name));
            let unread = rows.iter().filter_map(|rows| rows.as_ref().err());
            let unread: String = unread.flat_map(|name| [*name, ": its decisions cannot be read\n"]).collect();
            let decided = if let [Ok(old), Ok(new)] = &rows { decisions(old, new) } else { String::new() };
            let out = terminal::harmless(&(decided + &files(&before.to(&after), names)));
            let outcome = if out.is_empty() { Outcome::Fine } else { Outcome::Drifted };
            Said { out, err: old.warnings() + &new.warnings() + &unread, outcome }
        },
    );
    terminal::say(&said);
    said.outcome
}

/// What a name stands for.
enum Given {
    Tree(PathBuf),
    Environment(Source),
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
    if names == ["-", "-"] {
        return Err(failed("stdin can be read once: `-` can stand for one of the two"));
    }
    let [old, new] = names.map(given);
    let given = [old?, new?];
    let trees = [tree(&given[0], &given[1])?, tree(&given[1], &given[0])?];
    let of_fleet = trees.iter().flatten().any(|files| !files.0.contains_key(SHARED));
    let shape = if of_fleet { Shape::Member } else { Shape::Alone };
    let side = |tree: Option<Files<'static>>, given: &Given| match (tree, given) {
        (None, Given::Environment(source)) => {
            let compiled = compiled(source, shape)?;
            Ok(Side::Rendered(compiled.artifacts, compiled.warnings.render(true)))
        }
        (files, _) => Ok(Side::Tree(files.unwrap_or_default())),
    };
    let [old, new] = trees;
    Ok([side(old, &given[0])?, side(new, &given[1])?])
}

fn failed(why: impl std::fmt::Display) -> Said {
    Said::failed(&terminal::harmless(&why.to_string()))
}

fn given(name: &str) -> Result<Given, Said> {
    if Path::new(name).is_dir() {
        return Ok(Given::Tree(PathBuf::from(name)));
    }
    source::read(name).map(Given::Environment).map_err(failed)
}

/// The files of a tree; of a fleet's, those of the host that it is held against.
fn tree(given: &Given, other: &Given) -> Result<Option<Files<'static>>, Said> {
    let Given::Tree(root) = given else { return Ok(None) };
    let root = match other {
        Given::Environment(source) if root.join(HOSTS).is_dir() => {
            let host = root.join(HOSTS).join(compiled(source, Shape::Member)?.name);
            if !host.is_dir() {
                let (root, name) = (root.display(), &source.name);
                return Err(failed(format!(
                    "{root}: is the tree of a fleet, and has no host of {name}: {}",
                    host.display()
                )));
            }
            host
        }
        _ => root.clone(),
    };
    let files = disk::read(&root).map_err(failed)?;
    if files.0.is_empty() {
        return Err(failed(format!("{}: has no MANIFEST, so trackgen did not write it", root.display())));
    }
    Ok(Some(files))
}

fn compiled(source: &Source, shape: Shape) -> Result<Compiled, Said> {
    trackgen::compile_as(&source.name, &source.text, shape, Vec::new()).map_err(|report| Said::refused(&report))
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
