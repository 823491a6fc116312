//! How long a night and a restore take, and how much room they need: formulas over what the operator knows of the host.
//!
//! Nothing that is installed depends on any of it: on the host the scripts measure.

mod disk;
mod night;
mod rates;
mod recovery;
mod time;
mod way;

pub use disk::Disk;
pub use night::Step;
pub use recovery::Recovery;
pub use time::{in_words, size_in_words};
pub use way::{Limit, Way};

use super::{Layout, driver::Engine};
use crate::input::{
    backup::{Backup, Scheduler},
    verify::Drill,
};
use serde::Serialize;
use time::{minutes, tenths};

/// What follows from `backup.estimates`. Sizes are in GB of 10^9 bytes, times in seconds.
#[derive(Clone, Debug, Serialize)]
pub struct Estimate {
    pub database_gb: f64,
    pub growth_gb_per_month: f64,
    pub disk_mb_per_second: f64,
    /// Room for backups.
    pub directory_gb: Option<f64>,
    /// What a backup of today's size leaves in the backup directory.
    pub backup_gb: f64,
    /// What a run needs free beside the older backups.
    pub working_gb: f64,
    /// How long a copy of a SQLite file takes; 0 for a dump.
    pub copy_seconds: f64,
    /// How long the tracker is stopped, frozen or waits to write.
    pub held_seconds: f64,
    /// By how much the full check, once a week, makes a run longer.
    pub weekly_seconds: f64,
    pub night: Vec<Step>,
    pub recovery: Vec<Recovery>,
    /// Why the shell's `.backup` is not used on the live file, in numbers.
    pub bare_backup: Option<String>,
    #[serde(skip)]
    pub way: Way,
    #[serde(skip)]
    drills: bool,
    #[serde(skip)]
    engine: Engine,
    #[serde(skip)]
    per_gb: f64,
    #[serde(skip)]
    working_per_gb: f64,
}

/// The database and its host, reckoned as one file or one dump of the tracker's engine.
struct Subject<'a> {
    backup: &'a Backup,
    engine: Engine,
    gb: f64,
    in_cluster: bool,
    /// How often each byte passes the disk in a copy: read and written on one disk, or on two at once.
    passes: f64,
}

impl Subject<'_> {
    /// Seconds.
    fn copy(&self) -> f64 {
        self.gb * self.passes * 1000.0 / self.rate()
    }

    /// Seconds in which the disk reads or writes it once.
    fn pass(&self) -> f64 {
        self.gb * 1000.0 / self.rate()
    }

    fn rate(&self) -> f64 {
        self.backup.estimates.disk_mb_per_second
    }
}

impl Estimate {
    /// Nothing where the size is not known.
    #[must_use]
    pub fn of(backup: &Backup, layout: &Layout, engine: Engine) -> Option<Self> {
        let gb = backup.estimates.database_gb?;
        let passes = if layout.same_disk { 2.0 } else { 1.0 };
        let in_cluster = backup.scheduler == Scheduler::Kubernetes;
        let subject = Subject { backup, engine, gb, in_cluster, passes };
        let way = if engine == Engine::Sqlite3 { Way::of(backup, subject.copy()) } else { Way::Online };
        let per_gb = rates::size(engine, &backup.compression);
        // The scripts ask for a copy, what it is compressed to at worst, and a tenth for the write-ahead log; or for the size of the
        // last dump and a fifth more.
        let working_per_gb = if engine == Engine::Sqlite3 { 2.1 } else { per_gb * 1.2 };
        let night = night::steps(&subject, way);
        Some(Self {
            database_gb: gb,
            growth_gb_per_month: backup.estimates.growth_gb_per_month,
            disk_mb_per_second: subject.rate(),
            directory_gb: backup.estimates.directory_gb,
            backup_gb: tenths(gb * per_gb),
            working_gb: tenths(gb * working_per_gb),
            copy_seconds: if engine == Engine::Sqlite3 { tenths(subject.copy()) } else { 0.0 },
            held_seconds: night.iter().filter(|step| step.tracker != "runs").map(|step| step.seconds).sum(),
            weekly_seconds: if engine == Engine::Sqlite3 {
                tenths(gb * (rates::VERIFY_FILE_FULLY - rates::VERIFY_FILE))
            } else {
                0.0
            },
            recovery: recovery::cases(&subject),
            drills: !in_cluster && !matches!(backup.verify.drill, Drill::Wanted(false)),
            engine,
            bare_backup: (engine == Engine::Sqlite3).then(|| night::bare_backup(subject.copy())),
            night,
            way,
            per_gb,
            working_per_gb,
        })
    }

    /// From the start of a run to its end.
    #[must_use]
    pub fn run_seconds(&self) -> f64 {
        self.night.iter().map(|step| step.seconds).sum()
    }

    /// The longest of a week.
    #[must_use]
    pub fn longest_run_seconds(&self) -> f64 {
        self.run_seconds() + self.weekly_seconds
    }

    /// A drill restores and checks, and starts no tracker.
    #[must_use]
    pub fn drill_seconds(&self) -> f64 {
        self.recovery.first().map_or(0.0, |case| case.seconds - rates::HEALTHY)
    }

    /// GB that a drill needs free in the backup directory, where memory has no room for it, so many days from today.
    #[must_use]
    pub fn drill_gb_after(&self, days: f64) -> f64 {
        let (per_gb, fixed) = if self.engine == Engine::Sqlite3 { (1.0, 0.0) } else { rates::DRILL_SERVER };
        self.size_after(days) * per_gb + fixed
    }

    /// The longest of a week, in whole minutes.
    #[must_use]
    pub fn run_minutes(&self) -> u32 {
        minutes(self.longest_run_seconds())
    }

    #[must_use]
    pub fn drill_minutes(&self) -> u32 {
        minutes(self.drill_seconds())
    }

    /// GB of one backup, made so many days from today.
    #[must_use]
    pub fn backup_gb_after(&self, days: f64) -> f64 {
        self.per_gb * self.size_after(days)
    }

    /// GB that a run needs free, so many days from today.
    #[must_use]
    pub fn working_gb_after(&self, days: f64) -> f64 {
        self.working_per_gb * self.size_after(days)
    }

    fn size_after(&self, days: f64) -> f64 {
        self.database_gb + self.growth_gb_per_month * days / 30.0
    }
}
