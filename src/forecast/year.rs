//! A year of copies, day by day and copy by copy.

use crate::plan::{
    estimate::{Disk, Estimate},
    retention::{self, Copy, Year},
};
use chrono::Duration;
use serde::Serialize;

/// One day, as it ends.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Day {
    pub date: String,
    /// Backups made on it.
    pub runs: usize,
    /// Backups that are there.
    pub copies: usize,
    pub oldest_days: usize,
    /// What they take, and the most that was taken on this day, in GB; absent without an estimate.
    pub kept_gb: Option<f64>,
    pub peak_gb: Option<f64>,
}

/// A day by which people remember.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Milestone {
    /// From 1.
    pub day: usize,
    #[serde(flatten)]
    pub state: Day,
}

/// The newest copy of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Life {
    /// Days after the first of the year.
    pub made: usize,
    /// The day on which it is no longer there; absent if it outlives the year.
    pub gone: Option<usize>,
    /// Whether a tier of `retention` holds it longer than `retention_days`.
    pub held: bool,
}

const MILESTONES: [usize; 7] = [1, 7, 14, 30, 90, 180, 365];

pub fn days(year: &Year, estimate: Option<&Estimate>) -> Vec<Day> {
    let mut disk = estimate.map(|estimate| estimate.disk(year));
    let round = |gb: f64| (gb * 10.0).round() / 10.0;
    let mut one = |day: &retention::Day| {
        let disk: Option<Disk> = disk.as_mut().and_then(Iterator::next);
        let end = Copy::from(day.midnight + Duration::days(1));
        Day {
            date: day.midnight.date_naive().to_string(),
            runs: day.runs,
            copies: day.kept.copies,
            oldest_days: day.oldest.map_or(0, |oldest| oldest.age_days(end)),
            kept_gb: disk.map(|disk| round(disk.kept_gb)),
            peak_gb: disk.map(|disk| round(disk.peak_gb)),
        }
    };
    year.days.iter().map(&mut one).collect()
}

pub fn milestones(days: &[Day]) -> Vec<Milestone> {
    MILESTONES.iter().filter_map(|day| Some(Milestone { day: *day, state: days.get(day - 1)?.clone() })).collect()
}

pub fn lives(year: &Year) -> Vec<Life> {
    let kept = usize::try_from(year.policy.days).unwrap_or(usize::MAX);
    let life = |(made, last): (usize, &Option<usize>)| {
        let last = (*last)?;
        Some(Life { made, gone: (last + 1 < year.days.len()).then_some(last + 1), held: last - made > kept })
    };
    year.last_seen.iter().enumerate().filter_map(life).collect()
}
