//! The cron.d file: one fault, and cron ignores all of it, which only a line of syslog tells.

use std::path::Path;

use crate::host::{Inventory, at, install, mode};
use crate::rendered::every_environment;
use crate::tool::{Verdict, ask, read, require};

const TARGET: &str = "/etc/cron.d/tracker-backup";
const COMMAND: &str = "/usr/local/bin/maintenance-backup.sh >> /var/log/tracker-backup.log 2>&1";

/// Where restores are not installed there is no drill.
const DRILL: &str =
    "test ! -x /usr/local/bin/tracker-drill || /usr/local/bin/tracker-drill >> /var/log/tracker-backup.log 2>&1";

/// cron refuses a command that is longer.
const LONGEST_COMMAND: usize = 998;

pub fn check(tree: &Path) -> Verdict {
    let host = install(tree);
    let inventory = Inventory::of(tree);
    let file = at(host.path(), TARGET);
    if inventory.text("scheduler") != "cron" {
        return require(!file.exists(), "a second scheduler");
    }
    let text = read(&file);
    // `-n` reads a user's crontab, in which the user column is the beginning of the command: it checks the times.
    ask("crontab", ["-n".as_ref(), file.as_os_str()]).accepted()?;
    bytes(&text)?;
    require(mode(&file) == 0o644, format!("mode {:o}: cron ignores a file that others may write", mode(&file)))?;
    let jobs: Vec<&str> = text.lines().filter(|line| is_job(line)).collect();
    let backup = format!("cd {} && {COMMAND}", inventory.text("deploy_dir"));
    let (first, more) = jobs.split_first().map_or((None, jobs.as_slice()), |(first, more)| (Some(first), more));
    require(first.is_some() == inventory.flag("enabled"), format!("{} jobs", jobs.len()))?;
    first.into_iter().try_for_each(|line| job(line, &backup))?;
    require(more.len() <= 1, format!("{} jobs instead of 2", jobs.len()))?;
    more.iter().try_for_each(|line| job(line, DRILL))
}

fn bytes(text: &str) -> Verdict {
    require(text.ends_with('\n'), "cron ignores a file without a final newline")?;
    require(!text.contains('\r'), "a carriage return becomes part of the command")?;
    require(text.is_ascii(), "not ASCII")?;
    require(!TARGET.rsplit('/').next().unwrap_or_default().contains('.'), "cron skips a name with a dot")
}

/// Neither empty, nor a comment, nor a variable's assignment.
fn is_job(line: &str) -> bool {
    !line.trim().is_empty() && !line.starts_with('#') && line.split_once('=').is_none_or(|(name, _)| name.contains(' '))
}

fn job(line: &str, wanted: &str) -> Verdict {
    let mut words = line.splitn(7, ' ');
    let times: Vec<&str> = words.by_ref().take(5).collect();
    let user = words.next().unwrap_or_default();
    let command = words.next().unwrap_or_default();
    require(user == "root", format!("the user column of {line:?} is {user:?}"))?;
    require(times.iter().all(|field| !field.is_empty()), format!("two spaces in {line:?}"))?;
    require(command == wanted, format!("not the line that operators know: {line:?}"))?;
    require(!command.contains('%'), "cron cuts a command at a %")?;
    require(command.len() <= LONGEST_COMMAND, "cron refuses a command that long")
}

#[test]
fn debians_cron_accepts_the_schedule() {
    every_environment(&["host", "ansible/inventory.yml"], check);
}
