//! When a schedule starts: its runs in a span of time, and those that meet another's.

use super::{Schedule, usual_years};
use chrono::{DateTime, Duration, Utc};

impl Schedule {
    /// The minutes in which it starts, ascending, in the days from the first given one on and before the second.
    pub fn runs(&self, span: [DateTime<Utc>; 2]) -> impl Iterator<Item = DateTime<Utc>> {
        let times = self.times();
        self.days(span).flat_map(move |day| {
            times.clone().into_iter().map(move |minute| day + Duration::minutes(i64::from(minute)))
        })
    }

    /// Whether both ever start in the same minute, in five years.
    #[must_use]
    pub fn meets(&self, other: &Self) -> bool {
        self.meets_within(other, 0)
    }

    /// Whether the other ever starts while this one, which takes so many minutes, has not ended; in five years.
    #[must_use]
    pub fn meets_within(&self, other: &Self, minutes: u32) -> bool {
        self.meets_in(other, minutes, usual_years())
    }

    /// The same, in the days of a span.
    #[must_use]
    pub fn meets_in(&self, other: &Self, minutes: u32, span: [DateTime<Utc>; 2]) -> bool {
        let (own, others) = (self.times(), other.times());
        let after = |days: u32| {
            own.iter().any(|own| others.iter().any(|other| (*own..=own + minutes).contains(&(other + days * DAY))))
        };
        let wanted: Vec<u32> = (0..=minutes / DAY + 1).filter(|days| after(*days)).collect();
        !wanted.is_empty() && {
            let theirs: Vec<_> = other.days(span).collect();
            let there = |day: DateTime<Utc>| theirs.binary_search(&day).is_ok();
            self.days(span).any(|day| wanted.iter().any(|days| there(day + Duration::days(i64::from(*days)))))
        }
    }

    /// The first start in a span of time.
    #[must_use]
    pub fn first_in(&self, [from, to]: &[DateTime<Utc>; 2]) -> Option<DateTime<Utc>> {
        self.next_after(&(*from - Duration::minutes(1))).filter(|start| start < to)
    }
}

/// Minutes.
const DAY: u32 = 24 * 60;
