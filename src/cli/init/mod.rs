//! `trackgen init`: a first environment file, from answers, flags, or a compose file.

#![allow(clippy::disallowed_methods, reason = "reads a compose file and writes an environment")]

mod ask;
mod flags;

pub use flags::Flags;

use super::{Outcome, Said, terminal::say};
use std::{
    fs::{self, OpenOptions},
    io::{self, IsTerminal, Write},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};
use trackgen::draft::{self, Answers, Found, Refused, compose::Stack};

pub fn run(flags: &Flags) -> Outcome {
    let said = match begin(flags) {
        Ok(said) => said,
        Err((err, outcome)) => Said { out: String::new(), err, outcome },
    };
    say(&said);
    said.outcome
}

type Failure = (String, Outcome);

fn usage(why: &str) -> Failure {
    (format!("error: {why}\n"), Outcome::Failed)
}

fn begin(flags: &Flags) -> Result<Said, Failure> {
    // Before anybody is asked anything.
    flags.file.as_deref().map_or(Ok(()), refuse_existing)?;
    let found = flags.from_compose.as_deref().map_or_else(|| Ok(Found::default()), from_compose)?;
    let mut answers = answers(flags, &found);
    let asks = !flags.yes && io::stdin().is_terminal() && io::stderr().is_terminal();
    if !asks && answers.name.is_empty() {
        return Err(usage("which environment is it? give FILE or --name; on a terminal, init asks"));
    }
    let found = fit(&answers, found)?;
    say(&Said { out: String::new(), err: tell(&found), outcome: Outcome::Fine });
    if asks {
        ask::ask(flags, &mut answers)?;
    }
    let file = place(flags, &answers);
    refuse_existing(&file)?;
    let path = file.display().to_string();
    let told = found.unknown.len();
    let (draft, found) = draft::draft(&path, &answers, found).map_err(|refused| usage(&explain(&refused)))?;
    write(&file, &draft.text).map_err(|error| usage(&format!("{path}: {error}")))?;
    let err = marked("?", &found.unknown[told..]) + &draft.warnings.render(true);
    Ok(Said { out: format!("{path}: written\n\nnext:\n  trackgen plan {path}\n"), err, outcome: Outcome::Fine })
}

/// Where the environment goes.
fn place(flags: &Flags, answers: &Answers) -> PathBuf {
    flags.file.clone().unwrap_or_else(|| PathBuf::from(format!("envs/{}.yml", answers.name)))
}

/// What was found, as far as an environment may have it. A bad flag is told before any question: no answer can mend it.
fn fit(answers: &Answers, found: Found) -> Result<Found, Failure> {
    let mut answers = answers.clone();
    if answers.name.is_empty() {
        "prod".clone_into(&mut answers.name);
    }
    draft::draft("flags.yml", &answers, found).map(|(_, found)| found).map_err(|refused| usage(&explain(&refused)))
}

/// What flags and the compose file say, and defaults for the rest.
fn answers(flags: &Flags, found: &Found) -> Answers {
    let usual = Answers::from_found(found);
    let engine_given = flags.database.is_some() && flags.database.as_ref() != Some(&usual.database);
    let of_server = |given: &Option<String>, found: Option<String>| given.clone().or(found.filter(|_| !engine_given));
    let stem = flags.file.as_deref().and_then(Path::file_stem).map(|stem| stem.to_string_lossy().into_owned());
    Answers {
        name: flags.name.clone().or(stem).unwrap_or_default(),
        provider: flags.provider.clone().unwrap_or(usual.provider),
        ssh_user: flags.ssh_user.clone().unwrap_or(usual.ssh_user),
        ssh_port: flags.ssh_port.unwrap_or(usual.ssh_port),
        ssh_key: flags.ssh_key.clone().unwrap_or(usual.ssh_key),
        database_name: flags.database_name.clone(),
        database_host: of_server(&flags.database_host, usual.database_host),
        server_version: of_server(&flags.server_version, usual.server_version),
        database: flags.database.clone().unwrap_or(usual.database),
        schedule: flags.schedule.clone().unwrap_or(usual.schedule),
        scheduler: flags.scheduler.clone().unwrap_or(usual.scheduler),
        retention_days: flags.retention_days.unwrap_or(usual.retention_days),
        directory: flags.directory.clone().unwrap_or(usual.directory),
        deploy_dir: flags.deploy_dir.clone().unwrap_or(usual.deploy_dir),
    }
}

fn from_compose(path: &str) -> Result<Found, Failure> {
    let text = fs::read(path).map_err(|error| usage(&format!("{path}: {error}")))?;
    let mut stack = Stack::read(path, &text).map_err(|report| (report.render(true), Outcome::Invalid))?;
    let directory = Path::new(path).parent().unwrap_or(Path::new(""));
    for file in stack.env_files().into_iter().map(str::to_owned).collect::<Vec<_>>() {
        // One that is not here tells nothing, which is said where it matters.
        if let Ok(text) = fs::read_to_string(directory.join(&file)) {
            stack.add_env_file(&file, &text);
        }
    }
    stack.found().map_err(|why| (format!("error: {path}: {why}\n"), Outcome::Invalid))
}

/// The same lines as in the file, for whoever writes JSON, which has no comments.
fn tell(found: &Found) -> String {
    marked("+", &found.took) + &marked("?", &found.unknown) + &marked("!", &found.hints)
}

fn marked(mark: &str, lines: &[String]) -> String {
    lines.iter().flat_map(|line| [mark, " ", line, "\n"]).collect()
}

fn explain(refused: &[Refused]) -> String {
    let line = |refused: &Refused| {
        let at = refused.at.to_string();
        format!("{}: {}", flags::of(&at).unwrap_or(&at), refused.message)
    };
    refused.iter().map(line).collect::<Vec<_>>().join("\nerror: ")
}

fn refuse_existing(file: &Path) -> Result<(), Failure> {
    match file.symlink_metadata() {
        Ok(_) => Err(usage(&format!("{}: is there already; init never overwrites a file", file.display()))),
        Err(_) => Ok(()),
    }
}

fn write(file: &Path, text: &str) -> io::Result<()> {
    if let Some(directory) = file.parent().filter(|parent| !parent.as_os_str().is_empty()) {
        fs::create_dir_all(directory)?;
    }
    // Secrets will be filled in.
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?.write_all(text.as_bytes())
}
