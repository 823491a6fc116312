//! `trackgen render`: write the trees, or tell how they differ.

use super::{
    Outcome, Said,
    args::Policy,
    fleet, for_each,
    source::{self, Source},
    terminal,
};
use std::{
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};
use trackgen::{
    Compiled,
    input::Report,
    output::{
        ArtifactSet, Difference, Shape,
        disk::{self, Written},
    },
};

/// What to do with what was rendered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    Write,
    Check,
}

pub fn run(paths: &[String], out: Option<&Path>, task: Task, policy: &Policy) -> Outcome {
    let target = |name: &str| out.map_or_else(|| Path::new("generated").join(name), Path::to_owned);
    match out {
        Some(out) if paths.len() > 1 => fleet::run(paths, out, task, policy),
        _ => {
            let mut sources = source::read_all(paths);
            let outlines = source::outlines(&sources);
            source::refuse_namesakes(&mut sources, &outlines);
            let tally = Tally::default();
            let outcome =
                for_each(&sources, |source| said(source, source.compile(Shape::Alone, policy), target, task, &tally));
            tally.note(sources.len(), task);
            outcome
        }
    }
}

/// How many trees there are of each kind.
#[derive(Debug, Default)]
pub struct Tally {
    same: AtomicUsize,
    other: AtomicUsize,
}

impl Tally {
    fn count(&self, is_same: bool) {
        let kind = if is_same { &self.same } else { &self.other };
        kind.fetch_add(1, Ordering::Relaxed);
    }

    /// One line on several environments, for a person.
    pub fn note(&self, total: usize, task: Task) {
        if total > 1 {
            terminal::remark(&self.line(total, task));
        }
    }

    fn line(&self, total: usize, task: Task) -> String {
        let (same, other) = (self.same.load(Ordering::Relaxed), self.other.load(Ordering::Relaxed));
        let (done, kinds) = match task {
            Task::Write => ("rendered", format!("{other} changed, {same} unchanged")),
            Task::Check => ("checked", format!("{other} differ, {same} as rendered")),
        };
        let failed = total.saturating_sub(same + other);
        let failed = if failed == 0 { String::new() } else { format!(", {failed} not {done}") };
        format!("{done} {total} environments: {kinds}{failed}\n")
    }
}

/// Puts a compiled environment where `target` says for its name.
pub fn said(
    source: &Source,
    compiled: Result<Compiled, Report>,
    target: impl Fn(&str) -> PathBuf,
    task: Task,
    tally: &Tally,
) -> Said {
    match compiled {
        Err(report) => Said::refused(&report),
        Ok(compiled) => {
            let mut said = on_disk(&target(&compiled.name), &compiled.artifacts, task, tally);
            if compiled.plan.is_none() {
                let note = format!("{}: has no `backup` section, so there is nothing to render\n", source.name);
                said.err.insert_str(0, &note);
            }
            said.err.insert_str(0, &compiled.warnings.render(true));
            said
        }
    }
}

/// Writes a set, or tells how a directory differs from it.
pub fn on_disk(root: &Path, set: &ArtifactSet, task: Task, tally: &Tally) -> Said {
    match task {
        Task::Write => write(root, set, tally),
        Task::Check => compare(root, set, tally),
    }
}

fn write(root: &Path, set: &ArtifactSet, tally: &Tally) -> Said {
    match disk::write(root, set) {
        Ok(written) => {
            tally.count(written.written + written.removed == 0);
            let forsaken = set.is_empty() && written.removed > 0;
            let err = if forsaken { still_installed(root) } else { String::new() };
            Said { out: summary(root, written), err, outcome: Outcome::Fine }
        }
        Err(error) => Said { out: String::new(), err: format!("error: {error}\n"), outcome: Outcome::Failed },
    }
}

/// No host hears of it by itself, and the playbook that would tell it is among the files that were removed.
fn still_installed(root: &Path) -> String {
    let root = root.display();
    format!("{root}: hosts go on until uninstall.yml is run for them; version control still has it\n")
}

fn summary(root: &Path, Written { written, unchanged, removed }: Written) -> String {
    if written + unchanged + removed == 0 {
        return String::new();
    }
    format!("{}: {written} written, {unchanged} unchanged, {removed} removed\n", root.display())
}

fn compare(root: &Path, set: &ArtifactSet, tally: &Tally) -> Said {
    match disk::check(root, set) {
        Ok(drift) if drift.is_empty() => {
            tally.count(true);
            Said { out: format!("{}: as rendered\n", root.display()), err: String::new(), outcome: Outcome::Fine }
        }
        Ok(drift) => {
            tally.count(false);
            let out: String = drift.iter().map(|difference| in_words(root, difference)).collect();
            let out = terminal::harmless(&out);
            Said { out, err: String::new(), outcome: Outcome::Drifted }
        }
        Err(error) => Said { out: String::new(), err: format!("error: {error}\n"), outcome: Outcome::Failed },
    }
}

/// What is wrong with a file of a tree, and would be put right by a render.
fn in_words(root: &Path, difference: &Difference) -> String {
    let at = |path: &str| root.join(path).display().to_string();
    match difference {
        Difference::Changed { path, diff } => format!("--- {0}\n+++ {0} (rendered)\n{diff}", at(path)),
        Difference::Mode { path, executable: true } => format!("{}: should be executable\n", at(path)),
        Difference::Mode { path, executable: false } => format!("{}: should not be executable\n", at(path)),
        Difference::Added { path } => format!("{}: is missing\n", at(path)),
        Difference::Removed { path } => format!("{}: is no longer rendered\n", at(path)),
    }
}
