//! Clocks that change: starts that the configured time zone does not have on some day, or has twice.

use super::rules::at;
use crate::{
    input::backup::{Backup, Scheduler},
    value::{
        Code, Issue, Pointer, Schedule,
        schedule::coming_years,
        timezone::{self, ShiftKind},
    },
};

/// A start every hour is none the worse for an hour more or less.
const HOURS: usize = 24;

pub fn check(backup: &Backup, schedule: &Schedule, drill: Option<&Schedule>) -> Vec<Issue> {
    let Some(zone) = backup.timezone.as_deref().filter(|_| backup.enabled) else { return Vec::new() };
    let shifts = timezone::recurring(&timezone::shifts(zone, coming_years()));
    let meet = |(schedule, place): (&Schedule, Pointer)| {
        let (shift, start) = shifts.iter().find_map(|shift| Some((shift, schedule.first_in(&shift.local)?)))?;
        let (date, time) = (start.date_naive(), &start.time().to_string()[..5]);
        let message = match shift.kind {
            ShiftKind::Missing => format!("{zone} has no {time} on a day such as {date}: {}", missing(backup)),
            ShiftKind::Twice => format!("{zone} has {time} twice on a day such as {date}: {}", twice(backup)),
        };
        let issue = Issue::new(Code::ScheduleDst, place, message);
        Some(
            issue.help("choose an hour in which the clocks never change, such as `30 4 * * *`, or the time zone `UTC`"),
        )
    };
    let drill = drill.map(|drill| (drill, at("verify").child("drill")));
    let all = [(schedule, at("schedule"))].into_iter().chain(drill);
    all.filter(|(schedule, _)| schedule.hours_of_day() < HOURS).filter_map(meet).collect()
}

fn missing(backup: &Backup) -> &'static str {
    match backup.scheduler {
        Scheduler::Kubernetes => "the CronJob is not started on it",
        _ => "systemd starts nothing on it, and comes back the day after",
    }
}

fn twice(backup: &Backup) -> &'static str {
    match backup.scheduler {
        Scheduler::Kubernetes => "the CronJob may be started twice",
        _ => "systemd takes the first, and the next one is longer in coming",
    }
}
