//! `trackgen render`: write the trees, or tell how they differ.

use super::{
    Outcome, Said, for_each,
    source::{self, Source},
};
use std::path::{Path, PathBuf};
use trackgen::{
    Compiled,
    output::disk::{self, Written},
};

pub fn run(paths: &[String], out: Option<&Path>, check: bool) -> Outcome {
    let target = |name: &str| match out {
        Some(out) if paths.len() == 1 => out.to_owned(),
        Some(out) => out.join(name),
        None => Path::new("generated").join(name),
    };
    let mut sources = source::read_all(paths);
    source::refuse_namesakes(&mut sources);
    for_each(&sources, |source| one(source, &target, check))
}

fn one(source: &Source, target: &impl Fn(&str) -> PathBuf, check: bool) -> Said {
    match trackgen::compile(&source.name, &source.text) {
        Err(report) => Said { out: String::new(), err: report.render(true), outcome: Outcome::Invalid },
        Ok(compiled) => {
            let root = target(&compiled.name);
            let mut said = if check { compare(&root, &compiled) } else { write(&root, &compiled) };
            if compiled.plan.is_none() {
                let note = format!("{}: has no `backup` section, so there is nothing to render\n", source.name);
                said.err.insert_str(0, &note);
            }
            said.err.insert_str(0, &compiled.warnings.render(true));
            said
        }
    }
}

fn write(root: &Path, compiled: &Compiled) -> Said {
    match disk::write(root, &compiled.artifacts) {
        Ok(written) => {
            let forsaken = compiled.plan.is_none() && written.removed > 0;
            let err = if forsaken { still_installed(root) } else { String::new() };
            Said { out: summary(root, written), err, outcome: Outcome::Fine }
        }
        Err(error) => Said { out: String::new(), err: format!("error: {error}\n"), outcome: Outcome::Failed },
    }
}

/// No host hears of it by itself, and the playbook that would tell it is among the files that were removed.
fn still_installed(root: &Path) -> String {
    let root = root.display();
    format!("{root}: hosts go on until ansible/uninstall.yml of this tree is run; version control still has it\n")
}

fn summary(root: &Path, Written { written, unchanged, removed }: Written) -> String {
    if written + unchanged + removed == 0 {
        return String::new();
    }
    format!("{}: {written} written, {unchanged} unchanged, {removed} removed\n", root.display())
}

fn compare(root: &Path, compiled: &Compiled) -> Said {
    match disk::check(root, &compiled.artifacts) {
        Ok(drift) if drift.is_empty() => {
            Said { out: format!("{}: as rendered\n", root.display()), err: String::new(), outcome: Outcome::Fine }
        }
        Ok(drift) => {
            Said { out: drift.iter().map(ToString::to_string).collect(), err: String::new(), outcome: Outcome::Drifted }
        }
        Err(error) => Said { out: String::new(), err: format!("error: {error}\n"), outcome: Outcome::Failed },
    }
}
