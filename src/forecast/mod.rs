//! What will happen, from a day on: the next starts, and a year of copies. The day is given, as nothing here knows a clock.

mod starts;
mod year;

pub use starts::{Job, Start};
pub use year::{Day, Life, Milestone};

use crate::plan::{
    Plan,
    retention::{Copy, LENGTH, Year},
};
use chrono::{DateTime, Duration, Utc};
use serde::Serialize;

/// Of one environment, from an instant on.
#[derive(Clone, Debug, Serialize)]
pub struct Forecast {
    /// The first day of the year, in local time: `2026-11-21`.
    pub from: String,
    /// The name of the time zone that the schedule means; absent where it is the host's own.
    pub timezone: Option<String>,
    /// The next starts, in their order; of each job at least one.
    pub next: Vec<Start>,
    /// Every day of the year.
    pub days: Vec<Day>,
    /// Those of them on which a drill starts.
    pub drills: Vec<String>,
    /// Some of them.
    pub milestones: Vec<Milestone>,
    /// The newest copy of each day, and how long it stays.
    pub lives: Vec<Life>,
    /// At the end of the year.
    pub after_failures: Option<AfterFailures>,
}

/// A week in which no backup succeeds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AfterFailures {
    /// Copies before, and all the time: nothing is removed without a new one.
    pub copies: usize,
    /// How old the newest is when the week is over.
    pub newest_days: usize,
    /// Copies once a backup has succeeded again.
    pub copies_afterwards: usize,
}

/// Days.
const FAILING: i64 = 7;

impl Forecast {
    /// What follows from a plan after `now`; without a schedule there is a year without runs.
    #[must_use]
    pub fn new(plan: &Plan, now: DateTime<Utc>) -> Self {
        let zone = plan.timezone.as_deref();
        let local = zone.and_then(|zone| crate::value::timezone::local(zone, now)).unwrap_or(now);
        let midnight = local.date_naive().and_time(chrono::NaiveTime::MIN).and_utc();
        let year = starts::scheduled(&plan.schedule)
            .map(|schedule| Year::new(plan.retention, midnight, schedule.runs(Year::span(midnight))));
        let next = starts::next(&[(Job::Backup, &plan.schedule), (Job::Drill, &plan.drill)], zone, local);
        let days = year.as_ref().map(|year| year::days(year, plan.estimate.as_ref())).unwrap_or_default();
        Self {
            from: midnight.date_naive().to_string(),
            timezone: plan.timezone.clone(),
            next,
            drills: starts::dates(&plan.drill, midnight, LENGTH),
            milestones: year::milestones(&days),
            days,
            lives: year.as_ref().map(year::lives).unwrap_or_default(),
            after_failures: year.as_ref().and_then(after_failures),
        }
    }
}

fn after_failures(year: &Year) -> Option<AfterFailures> {
    let last = year.days.last()?;
    let end = Copy::from(last.midnight + Duration::days(FAILING + 1));
    let mut copies = year.left.clone();
    let newest = copies.last().copied()?;
    let count = copies.len();
    copies.push(end);
    year.policy.prune(&mut copies);
    Some(AfterFailures { copies: count, newest_days: newest.age_days(end), copies_afterwards: copies.len() })
}
