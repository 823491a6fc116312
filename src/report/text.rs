//! `trackgen plan` on a terminal: what was decided, what will happen, what it takes, what is lost in spite of it.

use super::{fold, installed, removed, replaced, secrets};
use crate::{
    forecast::{Day, Forecast},
    plan::{
        Plan,
        estimate::{Estimate, Way, in_words},
    },
};
use std::fmt::{self, Display, Formatter};

/// Both halves, as text.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    pub plan: &'a Plan,
    pub forecast: &'a Forecast,
}

impl Display for Text<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "Backups of {}", self.plan.name)?;
        self.decisions(f)?;
        self.starts(f)?;
        self.night(f)?;
        self.recovery(f)?;
        self.copies(f)?;
        self.host(f)?;
        list(f, "Not protected from", &self.plan.unprotected)
    }
}

impl Text<'_> {
    fn decisions(&self, f: &mut Formatter) -> fmt::Result {
        let width = self.plan.decisions.iter().map(|decision| decision.topic.len()).max().unwrap_or(0);
        for decision in &self.plan.decisions {
            writeln!(f)?;
            fold::hang(f, &format!("  {:width$}  ", decision.topic), &decision.is)?;
            fold::hang(f, &format!("  {:width$}  ", ""), &format!("because {}", decision.because))?;
        }
        Ok(())
    }

    fn starts(&self, f: &mut Formatter) -> fmt::Result {
        let zone = self.forecast.timezone.as_deref().unwrap_or("the host's own time zone");
        let clock = if self.forecast.by_utc { ", if its clock shows UTC" } else { "" };
        let starts: Vec<String> = self
            .forecast
            .next
            .iter()
            .map(|start| {
                let utc = start
                    .utc
                    .as_deref()
                    .filter(|utc| *utc != start.local)
                    .map(|utc| format!("  ({utc} UTC)"))
                    .unwrap_or_default();
                format!("{} {}  {}{utc}", start.weekday, start.local, start.job.word())
            })
            .collect();
        list(f, &format!("Next starts, in {zone}{clock}"), &starts)?;
        if self.forecast.has_two_clocks() {
            writeln!(f, "  UTC is by the time zone database of trackgen; the host's may be older")?;
        }
        Ok(())
    }

    fn night(&self, f: &mut Formatter) -> fmt::Result {
        let Some(estimate) = &self.plan.estimate else {
            return list(f, "One night", &["not estimated: `backup.estimates.database_gb` is not set"]);
        };
        let Estimate { database_gb, disk_mb_per_second, working_gb, .. } = estimate;
        writeln!(f, "\nOne night, estimated for {database_gb} GB and a disk of {disk_mb_per_second} MB/s\n")?;
        let width = widest(estimate.night.iter().map(|step| step.seconds));
        for step in &estimate.night {
            let after = clock(step.starts_after_seconds);
            let took = in_words(step.seconds);
            fold::hang(f, &format!("  {after}  {took:>width$}  "), step.name)?;
            let tracker = format!("tracker {}; {}", step.tracker, step.formula);
            fold::hang(f, &format!("  {:7}  {:width$}  ", "", ""), &tracker)?;
        }
        if let Way::Refused(_) = estimate.way {
            writeln!(f, "  nothing: every run would be refused before it touches anything, see the warnings")?;
        } else {
            let (all, held) = (in_words(estimate.run_seconds()), in_words(estimate.held_seconds));
            let tracker = if estimate.held_seconds > 0.0 {
                format!("the tracker is held for {held} of it")
            } else {
                "the tracker runs all the time".to_owned()
            };
            let weekly = match estimate.weekly_seconds {
                more if more > 0.0 => {
                    format!(" (once a week {}, with the full check)", in_words(estimate.longest_run_seconds()))
                }
                _ => String::new(),
            };
            fold::hang(f, "  ", &format!("in all {all}{weekly}; {tracker}; {working_gb} GB must be free"))?;
        }
        estimate.bare_backup.iter().try_for_each(|why| fold::hang(f, "  ", &format!("not used: {why}")))
    }

    fn recovery(&self, f: &mut Formatter) -> fmt::Result {
        let Some(estimate) = &self.plan.estimate else { return Ok(()) };
        writeln!(f, "\nUntil the tracker answers again, estimated; a person's time comes on top\n")?;
        let width = widest(estimate.recovery.iter().map(|case| case.seconds));
        for case in &estimate.recovery {
            fold::hang(f, &format!("  {:>width$}  ", in_words(case.seconds)), case.case)?;
            fold::hang(f, &format!("  {:width$}  ", ""), &case.formula)?;
        }
        Ok(())
    }

    fn copies(&self, f: &mut Formatter) -> fmt::Result {
        if self.forecast.milestones.is_empty() {
            return Ok(());
        }
        writeln!(f, "\nCopies of each database, if every backup from {} on succeeds\n", self.forecast.from)?;
        for milestone in &self.forecast.milestones {
            let Day { date, copies, oldest_days, kept_gb, .. } = &milestone.state;
            let copies = counted(*copies, "copy", "copies");
            let oldest = if *oldest_days == 0 {
                String::new()
            } else {
                format!(", the oldest of {}", counted(*oldest_days, "day", "days"))
            };
            let disk = kept_gb.map(|gb| format!(", {gb} GB")).unwrap_or_default();
            writeln!(f, "  day {:>3}  {date}  {copies}{oldest}{disk}", milestone.day)?;
        }
        let peak = self.forecast.days.iter().filter_map(|day| day.peak_gb).fold(0.0, f64::max);
        if peak > 0.0 {
            writeln!(f, "  at most {peak} GB, while a run is under way")?;
        }
        let Some(failures) = &self.forecast.after_failures else { return Ok(()) };
        let told = format!(
            "after a week of failures all {} are still there, the newest {} old; the next success leaves {}",
            failures.copies,
            counted(failures.newest_days, "day", "days"),
            failures.copies_afterwards
        );
        fold::hang(f, "  ", &told)
    }

    fn host(&self, f: &mut Formatter) -> fmt::Result {
        let files: Vec<String> = installed(self.plan)
            .iter()
            .map(|(directory, names)| format!("{directory}/: {}", names.join(", ")))
            .collect();
        list(f, "Installed", &files)?;
        list(f, "Replaced, where the deployer has its own backup", &replaced(self.plan))?;
        list(f, "Removed, where an earlier scheduler has left it", removed(self.plan))?;
        list(f, "Secrets that must be there", &secrets(self.plan))
    }
}

/// A heading and its lines; nothing without lines.
fn list(f: &mut Formatter, heading: &str, lines: &[impl Display]) -> fmt::Result {
    if lines.is_empty() {
        return Ok(());
    }
    writeln!(f, "\n{heading}\n")?;
    lines.iter().try_for_each(|line| fold::below(f, "  ", 4, &line.to_string()))
}

/// Columns of the longest time.
fn widest(seconds: impl Iterator<Item = f64>) -> usize {
    seconds.map(|seconds| in_words(seconds).len()).max().unwrap_or(0)
}

/// `0:01:18`.
fn clock(seconds: f64) -> String {
    let seconds = std::time::Duration::try_from_secs_f64(seconds).unwrap_or_default().as_secs();
    format!("{}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60)
}

fn counted(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}
