//! A year of backups and of what the policy leaves of them.

use super::{Copy, Policy};
use crate::value::{Schedule, schedule::usual_years};
use chrono::{DateTime, Duration, Utc};

/// One day, as it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    pub midnight: DateTime<Utc>,
    /// Backups made on this day.
    pub runs: usize,
    /// Those that are left, ascending.
    pub copies: Vec<Copy>,
}

/// Days in their order, from an empty directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year {
    pub policy: Policy,
    pub days: Vec<Day>,
}

/// Days.
pub const LENGTH: u32 = 365;

impl Day {
    /// Counted from 1970.
    #[must_use]
    pub fn number(&self) -> i64 {
        Copy::from(self.midnight).day()
    }
}

impl Year {
    /// A year like any other, for questions that have no date.
    #[must_use]
    pub fn usual(policy: Policy, schedule: &Schedule) -> Self {
        Self::new(policy, schedule, usual_years()[0])
    }

    /// The year that begins with this day, every backup a good one.
    ///
    /// Pruning once a day leaves what pruning after each run does: a copy that newer ones have replaced stays replaced.
    #[must_use]
    pub fn new(policy: Policy, schedule: &Schedule, from: DateTime<Utc>) -> Self {
        let mut runs = schedule.runs([from, from + Duration::days(LENGTH.into())]).map(Copy::from).peekable();
        let mut copies = Vec::new();
        let days = (0..LENGTH).map(|number| {
            let midnight = from + Duration::days(number.into());
            let before = copies.len();
            while let Some(run) = runs.next_if(|run| run.day() == Copy::from(midnight).day()) {
                copies.push(run);
            }
            let runs = copies.len() - before;
            if runs > 0 {
                policy.prune(&mut copies);
            }
            Day { midnight, runs, copies: copies.clone() }
        });
        Self { policy, days: days.collect() }
    }

    /// The fewest copies that there are at the end of a day, once retention has begun to remove.
    #[must_use]
    pub fn fewest(&self) -> usize {
        let made = |days: &[Day]| days.iter().map(|day| day.runs).sum::<usize>();
        let removing =
            (0..self.days.len()).find(|number| made(&self.days[..=*number]) > self.days[*number].copies.len());
        let settled = removing.map_or(&[][..], |first| &self.days[first..]);
        settled.iter().map(|day| day.copies.len()).min().unwrap_or(usize::MAX)
    }
}
