//! When jobs start next, by the clock on the wall and by that of the world.

use crate::{
    plan::When,
    value::{Schedule, timezone},
};
use chrono::{DateTime, Datelike, Utc};
use serde::Serialize;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Job {
    Backup,
    Drill,
}

impl Job {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Backup => "backup",
            Self::Drill => "drill",
        }
    }
}

/// One start; they order by time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Start {
    /// `2026-11-22 03:30`, in the time zone of the schedule.
    pub local: String,
    pub job: Job,
    /// `Sun`.
    pub weekday: String,
    /// `2026-11-22 02:30`; absent where the time zone is the host's own, which nobody here knows.
    pub utc: Option<String>,
}

/// Starts that are listed.
const LISTED: usize = 7;

/// The first starts after a local time, of each job one at least. A time that a day of changing clocks does not have is passed
/// over, as systemd does.
pub fn next(jobs: &[(Job, &When)], zone: Option<&str>, after: DateTime<Utc>) -> Vec<Start> {
    let of = |(job, when): &(Job, &When)| -> Vec<Start> {
        let Some(schedule) = scheduled(when) else { return Vec::new() };
        let runs = std::iter::successors(schedule.next_after(&after), |run| schedule.next_after(run));
        runs.filter_map(|run| start(*job, run, zone)).take(LISTED).collect()
    };
    let each: Vec<Vec<Start>> = jobs.iter().map(of).collect();
    let firsts: Vec<Start> = each.iter().filter_map(|starts| starts.first().cloned()).collect();
    let mut all = each.concat();
    all.sort();
    all.truncate(LISTED);
    all.extend(firsts);
    all.sort();
    all.dedup();
    all
}

/// All starts of a schedule in a span of local time, without those that the time zone does not have.
pub fn all(schedule: &Schedule, zone: Option<&str>, span: [DateTime<Utc>; 2]) -> impl Iterator<Item = DateTime<Utc>> {
    timezone::shown(zone, span, schedule.runs(span))
}

/// The dates on which a job starts.
pub fn dates(when: &When, zone: Option<&str>, span: [DateTime<Utc>; 2]) -> Vec<String> {
    let Some(schedule) = scheduled(when) else { return Vec::new() };
    let mut dates: Vec<String> = all(&schedule, zone, span).map(|run| run.date_naive().to_string()).collect();
    dates.dedup();
    dates
}

/// The schedule of a job; none where nothing is scheduled.
pub fn scheduled(when: &When) -> Option<Schedule> {
    when.entry.as_deref()?.parse().ok()
}

fn start(job: Job, run: DateTime<Utc>, zone: Option<&str>) -> Option<Start> {
    let instant = match zone {
        None => None,
        Some(zone) => {
            let instant = timezone::instant(zone, run)?;
            (timezone::local(zone, instant)? == run).then_some(Some(instant))?
        }
    };
    Some(Start { local: minute(run), job, weekday: run.weekday().to_string(), utc: instant.map(minute) })
}

/// `2026-11-22 03:30`.
fn minute(at: DateTime<Utc>) -> String {
    at.naive_utc().to_string().chars().take("2026-11-22 03:30".len()).collect()
}
