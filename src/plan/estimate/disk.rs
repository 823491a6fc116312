//! How the backup directory fills.

use super::Estimate;
use crate::plan::retention::{Kept, Year};

/// What the backup directory holds on one day, in GB.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disk {
    /// As the day ends.
    pub kept_gb: f64,
    /// While a run is under way, before anything older is removed, or a drill that finds no room in memory.
    pub peak_gb: f64,
}

impl Estimate {
    /// The disk from day to day, for a year whose copies are known.
    ///
    /// Once retention removes, the peak has one copy more: ages are compared by the second, and a run that starts a second
    /// earlier than the one so many days ago leaves that one's copy.
    pub fn disk<'a>(&'a self, year: &'a Year) -> impl Iterator<Item = Disk> + 'a {
        let removing = year.removing().unwrap_or(usize::MAX);
        let kept_days = usize::try_from(year.policy.days).unwrap_or(usize::MAX);
        year.days.iter().enumerate().map(move |(number, day)| {
            let (age, oldest) = (days(number), days(number.saturating_sub(kept_days)));
            let kept_gb = self.kept_gb(day.kept);
            let peak_gb = if day.runs == 0 {
                kept_gb
            } else {
                let late = if number > removing { self.backup_gb_after(oldest) } else { 0.0 };
                let made = self.working_gb_after(age).max(self.backup_gb_after(age));
                kept_gb.max(self.kept_gb(day.found) + late + made)
            };
            let peak_gb = if self.drills { peak_gb.max(kept_gb + self.drill_gb_after(age)) } else { peak_gb };
            Disk { kept_gb, peak_gb }
        })
    }

    /// Sizes grow by the same from day to day, so their sum is that of as many copies of the mean day.
    fn kept_gb(&self, Kept { copies, days: sum }: Kept) -> f64 {
        let copies = days(copies);
        if copies > 0.0 {
            copies * self.backup_gb_after(i32::try_from(sum).map_or(f64::from(i32::MAX), f64::from) / copies)
        } else {
            0.0
        }
    }
}

fn days(number: usize) -> f64 {
    u32::try_from(number).map_or(f64::INFINITY, f64::from)
}
