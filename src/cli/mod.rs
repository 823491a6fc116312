//! Commands and exit codes: 0 fine, 1 invalid input, 2 usage or I/O, 3 drift.

mod args;
mod diff;
mod explain;
mod findings;
mod fleet;
mod git;
mod guide;
mod init;
mod manual;
mod plan;
mod progress;
mod render;
mod sarif;
mod source;
mod terminal;
mod validate;

use args::{Args, Command};
use clap::Parser;
use progress::Progress;
use rayon::prelude::*;
use render::Task;
use source::{Source, Sources};
use std::process::ExitCode;
use terminal::say;
use trackgen::input::Report;

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
    let Some(command) = Args::parse().command else {
        say(&Said { out: String::new(), err: args::WELCOME.to_owned(), outcome: Outcome::Failed });
        return Outcome::Failed.into();
    };
    let outcome = match command {
        Command::Render { environments, out, check, policy } => {
            let task = if check { Task::Check } else { Task::Write };
            render::run(&environments, out.as_deref(), task, &policy)
        }
        Command::Validate { environments, format, policy } => validate::run(&environments, format, &policy),
        Command::Explain { code } => {
            explain::run(code);
            Outcome::Fine
        }
        Command::Plan { environment, format, html, from, policy } => {
            plan::run(&environment, plan::Form { format, html: html.as_deref() }, from, &policy)
        }
        Command::Diff { old, new } => diff::run([&old, &new]),
        Command::Init(flags) => init::run(&flags),
        Command::Completions { shell } => manual::completions(shell),
        Command::Man { out } => manual::man(out.as_deref()),
        Command::Schema => {
            terminal::print(include_str!("../../schema/environment.schema.json"));
            Outcome::Fine
        }
    };
    if terminal::has_arrived() { outcome.into() } else { Outcome::Failed.into() }
}

/// What one environment has to say, on both streams, and how it ended.
pub struct Said {
    pub out: String,
    pub err: String,
    pub outcome: Outcome,
}

impl Said {
    fn failed(why: &str) -> Self {
        Self { out: String::new(), err: format!("error: {why}\n"), outcome: Outcome::Failed }
    }

    /// A report without an error is one of warnings that were denied.
    fn refused(report: &Report) -> Self {
        let denied = if report.has_errors() {
            String::new()
        } else {
            format!("error: {}: a warning is left, and --deny-warnings was given\n", report.path)
        };
        let err = report.render(true) + &denied;
        Self { out: String::new(), err, outcome: Outcome::Invalid }
    }
}

/// Works on many environments in parallel. One bad file does not stop the others.
fn in_parallel<T: Send>(sources: &Sources, work: impl Fn(&Result<Source, String>) -> T + Send + Sync) -> Vec<T> {
    // A single environment is not worth a pool of threads.
    if sources.len() == 1 { sources.iter().map(work).collect() } else { sources.par_iter().map(work).collect() }
}

/// Works on each environment, and reports in their order.
fn for_each(sources: &Sources, work: impl Fn(&Source) -> Said + Send + Sync) -> Outcome {
    let progress = Progress::of(sources.len());
    let said = in_parallel(sources, |source| {
        let said = match source {
            Ok(source) => work(source),
            Err(why) => Said::failed(why),
        };
        progress.step();
        said
    });
    progress.end();
    for said in &said {
        say(said);
    }
    said.iter().map(|said| said.outcome).min().unwrap_or(Outcome::Fine)
}
