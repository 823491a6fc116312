//! What will happen, from a day on: the next starts, and a year of copies. The day is given, as nothing here knows a clock.

mod starts;
mod year;

pub use starts::{Job, Start};
pub use year::{Day, Life, Milestone};

use crate::{
    plan::{
        Plan,
        retention::{Copy, Year},
    },
    value::timezone,
};
use chrono::{DateTime, Duration, NaiveDate, NaiveTime, Utc};
use serde::Serialize;

/// From when on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// What the clock of the world shows.
    Now(DateTime<Utc>),
    /// A day of whoever starts the jobs, wherever that is.
    Day(NaiveDate),
}

impl From<DateTime<Utc>> for Since {
    fn from(now: DateTime<Utc>) -> Self {
        Self::Now(now)
    }
}

impl Since {
    /// Local time: the midnight with which the first day begins, and what comes before the first start.
    fn local(self, zone: Option<&str>) -> [DateTime<Utc>; 2] {
        let midnight = |day: NaiveDate| day.and_time(NaiveTime::MIN).and_utc();
        match self {
            Self::Now(now) => {
                let local = zone.and_then(|zone| timezone::local(zone, now)).unwrap_or(now);
                [midnight(local.date_naive()), local]
            }
            // What starts at midnight is of that day.
            Self::Day(day) => [midnight(day), midnight(day) - Duration::minutes(1)],
        }
    }
}

/// Of one environment, from an instant on.
#[derive(Clone, Debug, Serialize)]
pub struct Forecast {
    /// The first day of the year, in local time: `2026-11-21`.
    pub from: String,
    /// The name of the time zone that the schedule means; absent where it is the host's own.
    pub timezone: Option<String>,
    /// Whether the host's clock, which nobody here knows, was taken to show UTC.
    pub by_utc: bool,
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
    /// What follows from a plan; without a schedule there is a year without runs.
    #[must_use]
    pub fn new(plan: &Plan, since: impl Into<Since>) -> Self {
        let zone = plan.timezone.as_deref();
        let since = since.into();
        let [midnight, after] = since.local(zone);
        let span = Year::span(midnight);
        let schedule = starts::scheduled(&plan.schedule);
        let year = schedule.map(|schedule| Year::new(plan.retention, midnight, starts::all(&schedule, zone, span)));
        let next = starts::next(&[(Job::Backup, &plan.schedule), (Job::Drill, &plan.drill)], zone, after);
        let days = year.as_ref().map(|year| year::days(year, plan.estimate.as_ref())).unwrap_or_default();
        Self {
            from: midnight.date_naive().to_string(),
            timezone: plan.timezone.clone(),
            by_utc: zone.is_none() && matches!(since, Since::Now(_)),
            next,
            drills: starts::dates(&plan.drill, zone, span),
            milestones: year::milestones(&days),
            days,
            lives: year.as_ref().map(year::lives).unwrap_or_default(),
            after_failures: year.as_ref().and_then(after_failures),
        }
    }
}

impl Forecast {
    /// Whether the time zone of the starts ever shows another time than UTC.
    #[must_use]
    pub fn has_two_clocks(&self) -> bool {
        self.next.iter().any(|start| start.utc.as_ref().is_some_and(|utc| *utc != start.local))
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
