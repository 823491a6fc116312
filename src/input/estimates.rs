//! `backup.objectives` and `backup.estimates`, typed, with their defaults.

use super::words::words;
use serde::Deserialize;

/// What the operator has promised.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Objectives {
    pub recovery_point_hours: Option<f64>,
    pub recovery_time_minutes: Option<f64>,
}

/// What the operator knows of the host. Sizes are in GB of 10^9 bytes.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Estimates {
    /// All databases together; without it nothing is estimated.
    pub database_gb: Option<f64>,
    /// In 30 days.
    pub growth_gb_per_month: f64,
    /// MB of 10^6 bytes, read or written.
    pub disk_mb_per_second: f64,
    pub directory_gb: Option<f64>,
    pub journal_mode: Option<JournalFound>,
}

/// A common virtual disk.
const DISK_MB_PER_SECOND: f64 = 250.0;

impl Default for Estimates {
    fn default() -> Self {
        Self {
            database_gb: None,
            growth_gb_per_month: 0.0,
            disk_mb_per_second: DISK_MB_PER_SECOND,
            directory_gb: None,
            journal_mode: None,
        }
    }
}

words! {
    /// The mode in which a SQLite file was found.
    JournalFound { Rollback = "rollback", Wal = "wal" }
}
