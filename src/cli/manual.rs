//! Completions and manual pages, from the one definition of the command line.

#![allow(clippy::disallowed_methods, reason = "writes manual pages")]

use super::{Outcome, Said, args::Args, terminal::say};
use clap::{Command, CommandFactory};
use clap_complete::Shell;
use clap_mangen::Man;
use std::{fs, io, path::Path};

pub fn completions(shell: Shell) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), "trackgen", &mut script);
    printed(Ok(script))
}

/// One page on stdout, or one for each command in a directory.
pub fn man(out: Option<&Path>) -> Outcome {
    // `help` has no page of its own.
    let mut root = Args::command().disable_help_subcommand(true);
    root.build();
    let Some(directory) = out else { return printed(page(&root, "trackgen")) };
    let named = root.get_subcommands().map(|command| (format!("trackgen-{}", command.get_name()), command));
    let all = std::iter::once(("trackgen".to_owned(), &root)).chain(named);
    let written = fs::create_dir_all(directory).and_then(|()| {
        all.map(|(name, command)| {
            let path = directory.join(format!("{name}.1"));
            fs::write(&path, page(command, &name)?)?;
            Ok(format!("{}: written\n", path.display()))
        })
        .collect()
    });
    printed(written.map(String::into_bytes))
}

fn page(command: &Command, name: &str) -> io::Result<Vec<u8>> {
    let mut page = Vec::new();
    // No date: the same program writes the same page.
    Man::new(command.clone().display_name(name.to_owned()))
        .title(name.to_uppercase())
        .section("1")
        .render(&mut page)?;
    Ok(page)
}

fn printed(text: io::Result<Vec<u8>>) -> Outcome {
    let said = match text {
        Ok(text) => {
            let out = String::from_utf8_lossy(&text).into_owned();
            Said { out, err: String::new(), outcome: Outcome::Fine }
        }
        Err(error) => Said { out: String::new(), err: format!("error: {error}\n"), outcome: Outcome::Failed },
    };
    say(&said);
    said.outcome
}
