//! What can be asked for.

use super::guide;
use super::init::Flags;
use chrono::{Datelike, NaiveDate};
use clap::{Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::{ops::RangeInclusive, path::PathBuf};
use trackgen::value::{Code, Severity};

/// What `trackgen` alone prints.
pub const WELCOME: &str = "\
trackgen makes a complete backup system for a Torrust Tracker from one environment file: files to review, commit and install.

  trackgen init                     write a first environment file, envs/prod.yml
  trackgen plan envs/prod.yml       what would be done, and why
  trackgen render envs/prod.yml     write generated/prod/; its README.md is the runbook

All commands, examples and exit codes: trackgen --help
";

const EXAMPLES: &str = "\
Examples:
  trackgen init                             a first environment file, envs/prod.yml
  trackgen validate envs/prod.json          is it valid? every fault at once, with its place
  trackgen explain schedule-step            what a finding means, with an example
  trackgen plan envs/prod.json              what would be done, and why
  trackgen render envs/prod.json            write generated/prod/
  trackgen render --check envs/*.json       is what is committed what would be rendered? (exit code 3: no)
  jq .prod all.json | trackgen render - --out /tmp/prod

Exit codes:
  0  fine        1  invalid input        2  usage, or a file that cannot be read or written        3  drift (--check)";

/// Generates a complete backup system from a Torrust Tracker Deployer environment file.
#[derive(Debug, Parser)]
#[command(name = "trackgen", version, after_help = EXAMPLES)]
pub struct Args {
    #[command(subcommand)]
    pub command: Option<Command>,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Write a first environment file: asks, takes flags, or reads a compose file
    Init(Box<Flags>),
    /// Write the files of each environment: generated/<name>/
    #[command(after_help = "A file that was not written by trackgen is never overwritten or removed.")]
    Render {
        /// Environment files, JSON or YAML; `-` reads stdin
        #[arg(value_name = "ENV", required = true)]
        environments: Vec<String>,
        /// Write here: the tree of one environment, or the Ansible project of several, with DIR/hosts/<name>/
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
        /// Write nothing; show what differs, and exit with 3 if anything does
        #[arg(long)]
        check: bool,
        #[command(flatten)]
        policy: Policy,
    },
    /// Check environment files, and write nothing
    Validate {
        /// Environment files, JSON or YAML; `-` reads stdin
        #[arg(value_name = "ENV", required = true)]
        environments: Vec<String>,
        /// For people, for programs, for code scanning, or for a workflow of GitHub Actions
        #[arg(long, value_enum, default_value_t = FindingsFormat::Human)]
        format: FindingsFormat,
        #[command(flatten)]
        policy: Policy,
    },
    /// Explain a finding by its code; without a code, list them all
    Explain {
        #[arg(value_name = "CODE", value_parser = code)]
        code: Option<Code>,
    },
    /// Print every decision with its reason, and what will happen: the next runs, a night, a year of copies
    Plan {
        /// Environment file, JSON or YAML; `-` reads stdin
        #[arg(value_name = "ENV")]
        environment: String,
        #[arg(long, value_enum, default_value_t = Format::Human)]
        format: Format,
        /// Write a page with calendar, night, copies and data flow to this file instead; `-` is stdout
        #[arg(long, value_name = "FILE", conflicts_with = "format")]
        html: Option<PathBuf>,
        /// The day from which to look ahead, YYYY-MM-DD, where the schedule is at home; today without it
        #[arg(long, value_name = "DATE", value_parser = day)]
        from: Option<NaiveDate>,
        #[command(flatten)]
        policy: Policy,
    },
    /// Show how two environments differ, or an environment and a committed tree: decisions first, files second
    #[command(after_help = "Exits with 3 if anything differs. A tree is a directory that `render` has written.")]
    Diff {
        /// Environment file or tree, as it was
        #[arg(value_name = "A")]
        old: String,
        /// Environment file or tree, as it will be
        #[arg(value_name = "B")]
        new: String,
    },
    /// Print the JSON Schema of environment files
    Schema,
    /// Print the completions of a shell
    #[command(after_help = "bash: trackgen completions bash >/etc/bash_completion.d/trackgen")]
    Completions { shell: Shell },
    /// Print the manual page, or write one for each command
    Man {
        /// Write the pages into this directory, such as /usr/local/share/man/man1
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

/// Years of which somebody may want to know: beyond them, dates of a year on have no four digits.
const YEARS: RangeInclusive<i32> = 1970..=9000;

fn day(text: &str) -> Result<NaiveDate, String> {
    let date = text.parse().ok().filter(|date: &NaiveDate| date.to_string() == text && YEARS.contains(&date.year()));
    date.ok_or_else(|| "a day is written as 2026-11-21".to_owned())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    Human,
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum FindingsFormat {
    Human,
    Json,
    Sarif,
    Github,
}

/// What becomes of warnings.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct Policy {
    /// Treat a warning as an error: exit with 1
    #[arg(long)]
    pub deny_warnings: bool,
    /// Pass over the warnings of this code; can be given more than once
    #[arg(long, value_name = "CODE", value_parser = warning)]
    pub allow: Vec<Code>,
}

fn code(word: &str) -> Result<Code, String> {
    Code::named(word).ok_or_else(|| match guide::nearest(word) {
        Some(code) => format!("there is no such code; did you mean `{}`?", code.word()),
        None => "there is no such code; `trackgen explain` lists them".to_owned(),
    })
}

fn warning(word: &str) -> Result<Code, String> {
    match code(word)? {
        code if code.severity() == Severity::Warning => Ok(code),
        _ => Err("this is an error, and only warnings can be allowed".to_owned()),
    }
}
