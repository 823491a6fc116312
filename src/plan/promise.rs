//! What the environment promises and what its estimates say, against what it asks for.

use super::{
    Layout,
    decision::duration,
    estimate::{Estimate, Limit, Way, in_words, size_in_words},
    retention::{Policy, Year},
    rules::at,
    settings::STEP_TIMEOUT,
};
use crate::{
    input::{
        backup::{Backup, JournalMode, Strategy},
        estimates::JournalFound,
    },
    value::{
        Code, Issue, Pointer, Schedule,
        schedule::coming_years,
        timezone::{self, ShiftKind},
    },
};
use chrono::Duration;

/// Everything that follows from schedule, retention and estimate alone.
pub fn check(backup: &Backup, schedule: &Schedule, layout: &Layout, estimate: Option<&Estimate>) -> Vec<Issue> {
    let mut issues: Vec<Issue> = recovery_point(backup, schedule).into_iter().collect();
    if let Some(estimate) = estimate {
        issues.extend(recovery_time(backup, estimate));
        issues.extend(budget(backup, estimate));
        issues.extend(time_limit(estimate));
    }
    if backup.enabled {
        issues.extend(single_copy(Policy::of(backup), schedule));
        issues.extend(estimate.and_then(|estimate| overrun(schedule, estimate)));
        issues.extend(estimate.and_then(|estimate| room(backup, layout, schedule, estimate)));
    }
    issues
}

fn estimated(key: &str) -> Pointer {
    at("estimates").child(key)
}

/// The longest time between two starts, in minutes: with a start that a day of changing clocks does not have, and without the hour
/// by which such a day is longer.
pub fn longest_gap(backup: &Backup, schedule: &Schedule) -> u32 {
    let usual = schedule.cadence().longest_minutes;
    let zone = backup.timezone.as_deref();
    let shifts = zone.map(|zone| timezone::recurring(&timezone::shifts(zone, coming_years()))).unwrap_or_default();
    let missing = shifts.iter().filter(|shift| shift.kind == ShiftKind::Missing);
    let skipped = missing.filter_map(|shift| {
        let start = schedule.first_in(&shift.local)?;
        let next = schedule.next_after(&(shift.local[1] - Duration::minutes(1)))?;
        u32::try_from((next - start).num_minutes()).ok()
    });
    // Where something starts every hour, the hour that is missing is one that does not pass.
    let skipped = if schedule.hours_of_day() == 24 { 0 } else { skipped.max().unwrap_or(0) };
    usual.saturating_add(skipped)
}

fn recovery_point(backup: &Backup, schedule: &Schedule) -> Option<Issue> {
    let promised = backup.objectives.recovery_point_hours?;
    let issue = |message| Issue::new(Code::RecoveryPoint, at("objectives").child("recovery_point_hours"), message);
    if !backup.enabled {
        let message = format!("nothing is scheduled (`enabled` is false), and {promised} h are promised");
        return Some(issue(message).help("set `enabled` to true, or promise nothing"));
    }
    let gap = longest_gap(backup, schedule);
    (f64::from(gap) > promised * 60.0).then(|| {
        let message = format!("two backups are up to {} apart, and {promised} h are promised", duration(gap));
        issue(message).help("let `schedule` run more often, or promise less")
    })
}

fn recovery_time(backup: &Backup, estimate: &Estimate) -> Option<Issue> {
    let promised = backup.objectives.recovery_time_minutes?;
    let case = estimate.recovery.iter().find(|case| case.seconds > promised * 60.0)?;
    let message = format!("if {}, the data is back after about {}", case.case, in_words(case.seconds));
    let issue = Issue::new(Code::RecoveryTime, at("objectives").child("recovery_time_minutes"), message);
    Some(issue.help("promise more time, or keep the database smaller; `trackgen plan` shows the formula"))
}

/// No tool may run longer than that.
fn time_limit(estimate: &Estimate) -> Option<Issue> {
    let limit = f64::from(STEP_TIMEOUT);
    let step = estimate.night.iter().find(|step| step.seconds > limit).map(|step| (step.name, step.seconds));
    let restore = estimate.recovery.first().map(|case| ("bring the database back", case.seconds));
    let (name, seconds) = step.or(restore.filter(|(_, seconds)| *seconds > limit))?;
    let message =
        format!("to {name} would take {}, and every tool is ended after {}", in_words(seconds), in_words(limit));
    let issue = Issue::new(Code::TimeLimit, estimated("database_gb"), message);
    Some(issue.help("a database of this size wants a physical backup (mariadb-backup, pgBackRest), or a faster disk"))
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
    let longer = |key: &str, limit: u32| {
        let copy = in_words(*copy_seconds);
        format!("a copy of {gb} GB at {rate} MB/s takes {copy}, longer than `{key}` ({limit} s): {}", failing(backup))
    };
    let message = match limit {
        Limit::Downtime => longer("max_downtime_seconds", backup.max_downtime_seconds),
        Limit::WriteWait => longer("max_write_wait_seconds", backup.max_write_wait_seconds),
        Limit::JournalMode => match backup.estimates.journal_mode {
            Some(_) => "`online` needs WAL mode, and the file is in rollback mode: every run would fail".to_owned(),
            None => "`online` needs WAL mode: if the file is in rollback mode, every run fails".to_owned(),
        },
    };
    Some(Issue::new(Code::DowntimeBudget, estimated("database_gb"), message).help(way_out(backup)))
}

/// The two that clone where the file system can do so without being told.
fn failing(backup: &Backup) -> &'static str {
    match backup.strategy {
        Strategy::Auto | Strategy::LockedCopy if backup.max_write_wait_seconds > 0 => {
            "every run would fail, unless both are on one file system that shares blocks (XFS, btrfs)"
        }
        _ => "every run would fail",
    }
}

fn way_out(backup: &Backup) -> String {
    let mut steps = Vec::new();
    if !matches!(backup.strategy, Strategy::Auto | Strategy::Online) {
        steps.push("`strategy` to `auto`");
    }
    let is_wal = backup.estimates.journal_mode == Some(JournalFound::Wal);
    if backup.sqlite_journal_mode != JournalMode::Wal && !is_wal {
        steps.push("`sqlite_journal_mode` to `wal`");
    }
    let known = match backup.estimates.journal_mode {
        None => "; if the file is in WAL mode already, say so in `estimates.journal_mode`",
        Some(_) => "",
    };
    format!("set {}: then a backup of any size needs no stop{known}", steps.join(" and "))
}

fn overrun(schedule: &Schedule, estimate: &Estimate) -> Option<Issue> {
    let shortest = schedule.cadence().shortest_minutes;
    (estimate.longest_run_seconds() > f64::from(shortest) * 60.0).then(|| {
        let took = in_words(estimate.longest_run_seconds());
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
    let most = estimate.disk(&year).map(|day| day.peak_gb).fold(0.0, f64::max);
    let message = format!(
        "{} has {} for backups, and day {} needs {}; the year needs {}",
        layout.directory,
        size_in_words(directory),
        day + 1,
        size_in_words(needed.peak_gb),
        size_in_words(most)
    );
    let issue = Issue::new(Code::DiskNeeded, estimated("directory_gb"), message);
    Some(issue.help("keep less (`retention_days`, `retention`), or give the directory more room; a run without room fails and removes nothing"))
}
