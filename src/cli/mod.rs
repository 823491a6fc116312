//! Commands and exit codes: 0 fine, 1 invalid input, 2 usage or I/O, 3 drift.

mod args;
mod diff;
mod fleet;
mod plan;
mod render;
mod source;
mod terminal;

use args::{Args, Command};
use clap::Parser;
use rayon::prelude::*;
use render::Task;
use source::{Source, Sources};
use std::process::ExitCode;
use terminal::say;

/// How a command ended; of several, the first in this order tells the exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// A file could not be read or written.
    Failed,
    Invalid,
    Drifted,
    Fine,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        ExitCode::from(match outcome {
            Outcome::Fine => 0,
            Outcome::Invalid => 1,
            Outcome::Failed => 2,
            Outcome::Drifted => 3,
        })
    }
}

pub fn run() -> ExitCode {
    let outcome = match Args::parse().command {
        Command::Render { environments, out, check } => {
            let task = if check { Task::Check } else { Task::Write };
            render::run(&environments, out.as_deref(), task)
        }
        Command::Validate { environments } => for_each(&source::read_all(&environments), validate),
        Command::Plan { environment, format, html, from } => plan::run(&environment, format, html.as_deref(), from),
        Command::Diff { old, new } => diff::run([&old, &new]),
        Command::Schema => {
            terminal::print(include_str!("../../schema/environment.schema.json"));
            Outcome::Fine
        }
    };
    outcome.into()
}

/// What one environment has to say, on both streams, and how it ended.
pub struct Said {
    pub out: String,
    pub err: String,
    pub outcome: Outcome,
}

/// Works on many environments in parallel and reports in their order. One bad file does not stop the others.
fn for_each(sources: &Sources, work: impl Fn(&Source) -> Said + Sync) -> Outcome {
    let one = |source: &Result<Source, String>| match source {
        Ok(source) => work(source),
        Err(why) => Said { out: String::new(), err: format!("error: {why}\n"), outcome: Outcome::Failed },
    };
    // A single environment is not worth a pool of threads.
    let said: Vec<Said> =
        if sources.len() == 1 { sources.iter().map(one).collect() } else { sources.par_iter().map(one).collect() };
    for said in &said {
        say(said);
    }
    said.iter().map(|said| said.outcome).min().unwrap_or(Outcome::Fine)
}

fn validate(source: &Source) -> Said {
    match trackgen::compile(&source.name, &source.text) {
        Ok(compiled) => {
            let state = if compiled.plan.is_some() { "valid" } else { "valid, and asks for no backup" };
            Said {
                out: format!("{}: {state}\n", source.name),
                err: compiled.warnings.render(true),
                outcome: Outcome::Fine,
            }
        }
        Err(report) => Said { out: String::new(), err: report.render(true), outcome: Outcome::Invalid },
    }
}
