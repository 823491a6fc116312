//! The questions: what no flag has answered, each answer checked as it is given.

use super::{Failure, flags::Flags, place, refuse_existing, usage};
use dialoguer::{Input, Select};
use std::env;
use trackgen::draft::{self, Answers, Found};

pub fn ask(flags: &Flags, answers: &mut Answers) -> Result<(), Failure> {
    if flags.name.is_none() {
        let usual = if answers.name.is_empty() { "prod".to_owned() } else { answers.name.clone() };
        answers.name = text("Name of the environment", &usual, answers, |all, name| all.name = name)?;
    }
    // Before anything else is asked.
    refuse_existing(&place(flags, answers))?;
    if flags.provider.is_none() {
        answers.provider = choice("Where does the host run", &["lxd", "hetzner"], &answers.provider)?;
    }
    if flags.ssh_key.is_none() {
        let home = env::home_dir().map(|home| home.join(".ssh/id_ed25519").display().to_string());
        let usual = home.unwrap_or_else(|| answers.ssh_key.clone());
        answers.ssh_key = text("Private SSH key for it", &usual, answers, |all, key| all.ssh_key = key)?;
    }
    if flags.database.is_none() && flags.from_compose.is_none() {
        let engines = ["sqlite3", "mysql", "postgresql"];
        answers.database = choice("Engine of the tracker's database", &engines, &answers.database)?;
    }
    if flags.schedule.is_none() {
        let usual = answers.schedule.clone();
        let prompt = "When (minute, hour, day of month, month, day of week)";
        answers.schedule = text(prompt, &usual, answers, |all, schedule| all.schedule = schedule)?;
    }
    if flags.directory.is_none() {
        let usual = answers.directory.clone();
        let prompt = "Directory for backups, on another disk than the database";
        answers.directory = text(prompt, &usual, answers, |all, directory| all.directory = directory)?;
    }
    Ok(())
}

/// Asks until the environment with the answer in it is valid.
fn text(prompt: &str, usual: &str, answers: &Answers, set: impl Fn(&mut Answers, String)) -> Result<String, Failure> {
    let check = |given: &String| {
        let mut all = answers.clone();
        set(&mut all, given.clone());
        let refused = draft::draft("answers.yml", &all, Found::default()).err().unwrap_or_default();
        refused.first().map_or(Ok(()), |first| Err(first.message.clone()))
    };
    let input = Input::new().with_prompt(prompt).default(usual.to_owned()).validate_with(check);
    input.interact_text().map_err(|error| usage(&error.to_string()))
}

fn choice(prompt: &str, words: &[&str], usual: &str) -> Result<String, Failure> {
    let usual = words.iter().position(|word| *word == usual).unwrap_or(0);
    let select = Select::new().with_prompt(prompt).items(words).default(usual);
    select.interact().map(|index| words[index].to_owned()).map_err(|error| usage(&error.to_string()))
}
