//! How the backup directory fills.

use super::Estimate;
use crate::plan::retention::{Day, Year};

/// What the backup directory holds on one day, in GB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disk {
    /// As the day ends.
    pub kept_gb: f64,
    /// While a run is under way, before anything older is removed.
    pub peak_gb: f64,
}

impl Estimate {
    /// The disk from day to day, for a year whose copies are known.
    pub fn disk<'a>(&'a self, year: &'a Year) -> impl Iterator<Item = Disk> + 'a {
        let mut earlier = 0.0;
        let days = |day: i64| f64::from(i32::try_from(day).unwrap_or(i32::MAX));
        let first = year.days.first().map_or(0, Day::number);
        year.days.iter().map(move |day| {
            let age = days(day.number() - first);
            let kept_gb: f64 = day.copies.iter().map(|copy| self.backup_gb_after(days(copy.day() - first))).sum();
            let made = if day.runs == 0 { 0.0 } else { self.working_gb_after(age).max(self.backup_gb_after(age)) };
            let peak_gb = kept_gb.max(earlier + made);
            earlier = kept_gb;
            Disk { kept_gb, peak_gb }
        })
    }
}
