//! What the environment promises and what its estimates say, against what it asks for.

use super::{
    Layout,
    decision::duration,
    estimate::{Estimate, Limit, Way, in_words},
    retention::{Policy, Year},
    rules::at,
};
use crate::{
    input::backup::Backup,
    value::{Code, Issue, Pointer, Schedule},
};

/// Everything that follows from schedule, retention and estimate alone.
pub fn check(backup: &Backup, schedule: &Schedule, layout: &Layout, estimate: Option<&Estimate>) -> Vec<Issue> {
    let policy = Policy::of(backup);
    let mut issues: Vec<Issue> = recovery_point(backup, schedule).into_iter().collect();
    issues.extend(single_copy(policy, schedule));
    if let Some(estimate) = estimate {
        issues.extend(recovery_time(backup, estimate));
        issues.extend(budget(backup, estimate));
        issues.extend(overrun(schedule, estimate));
        issues.extend(room(backup, layout, schedule, estimate));
    }
    issues
}

fn estimated(key: &str) -> Pointer {
    at("estimates").child(key)
}

fn recovery_point(backup: &Backup, schedule: &Schedule) -> Option<Issue> {
    let promised = backup.objectives.recovery_point_hours?;
    let gap = schedule.cadence().longest_minutes;
    let place = at("objectives").child("recovery_point_hours");
    (f64::from(gap) > promised * 60.0).then(|| {
        let message = format!("two backups are up to {} apart, and {promised} h are promised", duration(gap));
        Issue::new(Code::RecoveryPoint, place, message).help("let `schedule` run more often, or promise less")
    })
}

fn recovery_time(backup: &Backup, estimate: &Estimate) -> Option<Issue> {
    let promised = backup.objectives.recovery_time_minutes?;
    let case = estimate.recovery.iter().find(|case| case.seconds > promised * 60.0)?;
    let message = format!("if {}, the data is back after about {}", case.case, in_words(case.seconds));
    let issue = Issue::new(Code::RecoveryTime, at("objectives").child("recovery_time_minutes"), message);
    Some(issue.help("`trackgen plan` shows the formula; leave out statistics (`exclude_tables`), or promise more time"))
}

/// With `keep_last` above 1 there are always more.
fn single_copy(policy: Policy, schedule: &Schedule) -> Option<Issue> {
    (policy.last == 1 && Year::usual(policy, schedule).fewest() == 1).then(|| {
        let gap = duration(schedule.cadence().longest_minutes);
        let message =
            format!("there is often a single copy: backups are up to {gap} apart, and kept for {} days", policy.days);
        Issue::new(Code::RetentionSingle, at("retention").child("keep_last"), message)
            .help("one bad copy is then the only one: set `keep_last` to 3, or a longer `retention_days`")
    })
}

fn budget(backup: &Backup, estimate: &Estimate) -> Option<Issue> {
    let Way::Refused(limit) = estimate.way else { return None };
    let Estimate { database_gb: gb, disk_mb_per_second: rate, copy_seconds, .. } = estimate;
    let copy = in_words(*copy_seconds);
    let longer = |key: &str, limit: u32| {
        format!("a copy of {gb} GB at {rate} MB/s takes {copy}, longer than `{key}` ({limit} s): every run would fail")
    };
    let (message, help) = match limit {
        Limit::Downtime => (longer("max_downtime_seconds", backup.max_downtime_seconds), SWITCH),
        Limit::WriteWait => (longer("max_write_wait_seconds", backup.max_write_wait_seconds), SWITCH),
        Limit::JournalMode => (
            "the strategy `online` needs WAL mode, and the file is in rollback mode: every run would fail".to_owned(),
            SWITCH,
        ),
    };
    Some(Issue::new(Code::DowntimeBudget, estimated("database_gb"), message).help(help))
}

const SWITCH: &str = "set `sqlite_journal_mode` to `wal`: then a backup of any size needs no stop; if the file is in WAL mode already, \
                      say so in `estimates.journal_mode`";

fn overrun(schedule: &Schedule, estimate: &Estimate) -> Option<Issue> {
    let shortest = schedule.cadence().shortest_minutes;
    (estimate.run_seconds() > f64::from(shortest) * 60.0).then(|| {
        let took = in_words(estimate.run_seconds());
        let message = format!("a run takes about {took}, and the next one is due after {}", duration(shortest));
        Issue::new(Code::ScheduleOverrun, at("schedule"), message)
            .help("a run that finds another one ends at once, and its backup is missing: leave more time between them")
    })
}

/// The first day on which the older backups, the new one and its working copy do not fit.
fn room(backup: &Backup, layout: &Layout, schedule: &Schedule, estimate: &Estimate) -> Option<Issue> {
    let directory = backup.estimates.directory_gb?;
    let year = Year::usual(Policy::of(backup), schedule);
    let (day, needed) = estimate.disk(&year).enumerate().find(|(_, day)| day.peak_gb > directory)?;
    let when = if day == 0 { "the first one".to_owned() } else { format!("those of day {}", day + 1) };
    let most = estimate.disk(&year).map(|day| day.peak_gb).fold(0.0, f64::max);
    let message = format!(
        "{} has {directory} GB for backups, and {when} need {:.1} GB; {most:.0} GB in the course of a year",
        layout.directory, needed.peak_gb
    );
    let issue = Issue::new(Code::DiskNeeded, estimated("directory_gb"), message);
    Some(issue.help("keep less (`retention_days`, `retention`), or give the directory more room; a run without room fails and removes nothing"))
}
