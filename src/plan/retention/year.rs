//! A year of backups and of what the policy leaves of them.

use super::{Copy, Policy};
use crate::value::{Schedule, schedule::usual_years};
use chrono::{DateTime, Duration, Utc};

/// Copies, as far as a size can be told from them that grows by the same from day to day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    pub copies: usize,
    /// The days from the first of the year to each of them, added up.
    pub days: i64,
}

/// One day, as it ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    pub midnight: DateTime<Utc>,
    /// Backups made on this day.
    pub runs: usize,
    /// Those that are left.
    pub kept: Kept,
    pub oldest: Option<Copy>,
    /// Those that the last run of the day finds.
    pub found: Kept,
}

/// Days in their order, from an empty directory. Copies are counted day by day and not remembered: there can be half a million.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year {
    pub policy: Policy,
    pub days: Vec<Day>,
    /// What there is as the year ends, ascending.
    pub left: Vec<Copy>,
    /// By the day on which copies were made: the last day on which one of them is there.
    pub last_seen: Vec<Option<usize>>,
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
        let from = usual_years()[0];
        Self::new(policy, from, schedule.runs(Self::span(from)))
    }

    /// The first day of the year, and the one after the last.
    #[must_use]
    pub fn span(from: DateTime<Utc>) -> [DateTime<Utc>; 2] {
        [from, from + Duration::days(LENGTH.into())]
    }

    /// The year that begins with this day, with backups at these times, ascending, every one of them good.
    #[must_use]
    pub fn new(policy: Policy, from: DateTime<Utc>, runs: impl Iterator<Item = DateTime<Utc>>) -> Self {
        Self::watched(policy, from, runs, |_, _| ())
    }

    /// The same; `watch` is shown the copies of each day as it ends.
    ///
    /// Pruning before the last run of a day and after it leaves what pruning after each run does: a copy that newer ones have
    /// replaced stays replaced.
    pub fn watched(
        policy: Policy,
        from: DateTime<Utc>,
        runs: impl Iterator<Item = DateTime<Utc>>,
        mut watch: impl FnMut(&Day, &[Copy]),
    ) -> Self {
        let mut runs = runs.map(Copy::from).peekable();
        let mut copies: Vec<Copy> = Vec::new();
        let mut last_seen = vec![None; LENGTH as usize];
        let first = Copy::from(from).day();
        let mut days: Vec<Day> = Vec::new();
        for today in 0..LENGTH {
            let midnight = from + Duration::days(today.into());
            let number = Copy::from(midnight).day();
            let mut kept = days.last().map(|day| day.kept).unwrap_or_default();
            let (mut found, mut made) = (kept, 0);
            while let Some(run) = runs.next_if(|run| run.day() == number) {
                made += 1;
                let is_last = runs.peek().is_none_or(|next| next.day() != number);
                if is_last && made > 1 {
                    policy.prune(&mut copies);
                    found = Kept::of(&copies, first);
                }
                copies.push(run);
            }
            if made > 0 {
                policy.prune(&mut copies);
                kept = Kept::of(&copies, first);
            }
            for made in copies.chunk_by(|one, other| one.day() == other.day()).filter_map(<[Copy]>::first) {
                if let Some(seen) = usize::try_from(made.day() - first).ok().and_then(|made| last_seen.get_mut(made)) {
                    *seen = Some(today as usize);
                }
            }
            let day = Day { midnight, runs: made, kept, oldest: copies.first().copied(), found };
            watch(&day, &copies);
            days.push(day);
        }
        Self { policy, days, left: copies, last_seen }
    }

    /// The fewest copies that there are at the end of a day, once retention has begun to remove.
    #[must_use]
    pub fn fewest(&self) -> usize {
        let settled = self.removing().map_or(&[][..], |first| &self.days[first..]);
        settled.iter().map(|day| day.kept.copies).min().unwrap_or(usize::MAX)
    }

    /// The first day on which something is removed.
    #[must_use]
    pub fn removing(&self) -> Option<usize> {
        let mut made = 0;
        self.days.iter().position(|day| {
            made += day.runs;
            made > day.kept.copies
        })
    }
}

impl Kept {
    fn of(copies: &[Copy], first: i64) -> Self {
        Self { copies: copies.len(), days: copies.iter().map(|copy| copy.day() - first).sum() }
    }
}
