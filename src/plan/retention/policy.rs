//! Which copies stay: the rules of `templates/image/lib/retention.sh`, whose answer is that of `restic forget`.

use crate::input::backup::Backup;
use chrono::{DateTime, Datelike, Utc};
use serde::Serialize;
use std::fmt;

/// What `retention_days` and `retention` ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Policy {
    pub days: u32,
    pub last: u32,
    pub daily: u32,
    pub weekly: u32,
    pub monthly: u32,
}

/// A verified backup, by the time in its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Copy {
    /// Seconds since 1970, of the time that its name shows.
    second: i64,
    /// Day, ISO week and month, counted from any beginning.
    buckets: [i64; 3],
}

const DAY: i64 = 86_400;

impl From<DateTime<Utc>> for Copy {
    fn from(made: DateTime<Utc>) -> Self {
        let second = made.timestamp();
        let day = second.div_euclid(DAY);
        // 1 January 1970 was a Thursday; ISO weeks begin on Monday.
        let week = (day + 3).div_euclid(7);
        Self { second, buckets: [day, week, i64::from(made.year()) * 12 + i64::from(made.month0())] }
    }
}

impl Copy {
    /// The day on which it was made, counted from 1970.
    #[must_use]
    pub fn day(self) -> i64 {
        self.second.div_euclid(DAY)
    }

    /// How old it is, in whole days, when the other is made.
    #[must_use]
    pub fn age_days(self, other: Self) -> usize {
        usize::try_from((other.second - self.second) / DAY).unwrap_or(0)
    }
}

impl Policy {
    #[must_use]
    pub fn of(backup: &Backup) -> Self {
        let retention = &backup.retention;
        Self {
            days: backup.retention_days,
            last: retention.keep_last,
            daily: retention.daily,
            weekly: retention.weekly,
            monthly: retention.monthly,
        }
    }

    /// Removes what goes once the newest has been made; the copies ascend by time.
    pub fn prune(&self, copies: &mut Vec<Copy>) {
        let Some(newest) = copies.last().copied() else { return };
        let limit = newest.second - i64::from(self.days) * DAY;
        if copies.first().is_some_and(|oldest| oldest.second > limit) {
            return;
        }
        let mut last = self.last;
        let mut tiers = [self.daily, self.weekly, self.monthly].map(|left| (left, None));
        let mut stays: Vec<bool> = copies
            .iter()
            .rev()
            .map(|copy| {
                let mut stay = *copy == newest || copy.second > limit || last > 0;
                last = last.saturating_sub(1);
                for ((left, seen), bucket) in tiers.iter_mut().zip(copy.buckets) {
                    if *left > 0 && *seen != Some(bucket) {
                        (*left, *seen, stay) = (*left - 1, Some(bucket), true);
                    }
                }
                stay
            })
            .collect();
        copies.retain(|_| stays.pop().unwrap_or(true));
    }
}

impl fmt::Display for Policy {
    /// In words: `14 days, never fewer than the last 3, and the newest of each of the last 4 weeks`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} days, never fewer than the last {}", self.days, self.last)?;
        let tiers = [("days", self.daily), ("weeks", self.weekly), ("months", self.monthly)];
        let kept: Vec<String> = tiers.iter().filter(|(_, n)| *n > 0).map(|(name, n)| format!("{n} {name}")).collect();
        if kept.is_empty() { Ok(()) } else { write!(f, ", and the newest of each of the last {}", kept.join(", ")) }
    }
}
