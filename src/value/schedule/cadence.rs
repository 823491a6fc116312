//! How often a schedule runs: the gaps between its runs.

use super::Schedule;
use chrono::{DateTime, NaiveDate, Utc};

/// The shortest and the longest time between two starts, in minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cadence {
    pub shortest_minutes: u32,
    pub longest_minutes: u32,
}

const DAY: u32 = 24 * 60;
/// Five years that hold two 29 Februaries: the first day, and the one after the last.
const SPAN: [(i32, u32, u32); 2] = [(2024, 1, 1), (2029, 1, 1)];

impl Cadence {
    pub(super) fn of(schedule: &Schedule) -> Self {
        let times = schedule.times();
        let (Some(first), Some(last)) = (times.first(), times.last()) else {
            return Self { shortest_minutes: u32::MAX, longest_minutes: u32::MAX };
        };
        let within_a_day = times.windows(2).map(|pair| pair[1] - pair[0]);
        let overnight = days_between_runs(schedule).into_iter().map(|days| days * DAY + first - last);
        let gaps: Vec<u32> = within_a_day.chain(overnight).collect();
        Self {
            shortest_minutes: gaps.iter().copied().min().unwrap_or(u32::MAX),
            longest_minutes: gaps.iter().copied().max().unwrap_or(u32::MAX),
        }
    }
}

/// The distinct distances, in days, between two days on which the schedule runs.
fn days_between_runs(schedule: &Schedule) -> Vec<u32> {
    if schedule.runs_every_day() {
        return vec![1];
    }
    let mut gaps = Vec::new();
    let mut previous: Option<DateTime<Utc>> = None;
    for day in schedule.days(usual_years()) {
        let gap = previous.and_then(|previous| u32::try_from((day - previous).num_days()).ok());
        gaps.extend(gap.filter(|gap| !gaps.contains(gap)));
        previous = Some(day);
    }
    gaps
}

/// The years for questions about clocks, which laws change: not those that are over.
const COMING: [(i32, u32, u32); 2] = [(2027, 1, 1), (2038, 1, 1)];

/// The years for questions about what clocks will do.
#[must_use]
pub fn coming_years() -> [DateTime<Utc>; 2] {
    COMING.map(midnight)
}

/// The years for questions that have no date.
#[must_use]
pub fn usual_years() -> [DateTime<Utc>; 2] {
    SPAN.map(midnight)
}

fn midnight((year, month, day): (i32, u32, u32)) -> DateTime<Utc> {
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default().and_time(chrono::NaiveTime::MIN).and_utc()
}
