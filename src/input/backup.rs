//! The `backup` section, typed, with its defaults.

use super::{
    estimates::{Estimates, Objectives},
    verify::Verify,
    words::words,
};
use serde::Deserialize;

/// The name of the tracker's own database; `databases` has the others.
pub const TRACKER: &str = "tracker";

/// Everything is optional, and the defaults suit a small production host.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Backup {
    pub enabled: bool,
    pub schedule: String,
    pub scheduler: Scheduler,
    pub timezone: Option<String>,
    pub spread_minutes: u32,
    pub retention_days: u32,
    pub retention: Retention,
    pub objectives: Objectives,
    pub estimates: Estimates,
    pub server_version: Option<String>,
    pub strategy: Strategy,
    pub max_downtime_seconds: u32,
    pub max_write_wait_seconds: u32,
    pub sqlite_journal_mode: JournalMode,
    pub directory: Option<String>,
    pub deploy_dir: String,
    pub paths: Vec<ArchivePath>,
    pub exclude_tables: Vec<String>,
    pub compression: Compression,
    pub databases: Vec<MoreDatabase>,
    pub verify: Verify,
    pub image: Option<String>,
}

impl Default for Backup {
    fn default() -> Self {
        Self {
            enabled: true,
            schedule: "0 3 * * *".to_owned(),
            scheduler: Scheduler::Cron,
            timezone: None,
            spread_minutes: 0,
            retention_days: 7,
            retention: Retention::default(),
            objectives: Objectives::default(),
            estimates: Estimates::default(),
            server_version: None,
            strategy: Strategy::Auto,
            max_downtime_seconds: 120,
            max_write_wait_seconds: 3,
            sqlite_journal_mode: JournalMode::Keep,
            directory: None,
            deploy_dir: "/opt/torrust".to_owned(),
            paths: Vec::new(),
            exclude_tables: Vec::new(),
            compression: Compression::default(),
            databases: Vec::new(),
            verify: Verify::default(),
            image: None,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Retention {
    pub keep_last: u32,
    pub daily: u32,
    pub weekly: u32,
    pub monthly: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { keep_last: 3, daily: 0, weekly: 0, monthly: 0 }
    }
}

words! {
    /// Who starts backups and drills.
    Scheduler { Cron = "cron", Systemd = "systemd", Kubernetes = "kubernetes" }
}

words! {
    /// How a consistent copy of a live database is taken.
    Strategy {
        Auto = "auto",
        Online = "online",
        LockedCopy = "locked-copy",
        Pause = "pause",
        MaintenanceWindow = "maintenance-window",
    }
}

words! {
    /// Whether the installer may switch a SQLite file to WAL.
    JournalMode { Keep = "keep", Wal = "wal" }
}

words! {
    Algorithm { Gzip = "gzip", Zstd = "zstd", None = "none" }
}

#[derive(Clone, Debug, Deserialize)]
pub struct Compression {
    #[serde(default = "default_algorithm")]
    pub algorithm: Algorithm,
    pub level: Option<u32>,
}

impl Default for Compression {
    fn default() -> Self {
        Self { algorithm: Algorithm::Gzip, level: None }
    }
}

impl Compression {
    /// The level asked for, or a default: on info-hashes gzip 6 takes three times as long as gzip 1 and saves 4 %.
    #[must_use]
    pub fn effective_level(&self) -> u32 {
        self.level.unwrap_or(match self.algorithm {
            Algorithm::Gzip => 1,
            Algorithm::Zstd => 3,
            Algorithm::None => 0,
        })
    }

    /// The command that reads a compressed file.
    #[must_use]
    pub fn reader(&self) -> &'static str {
        match self.algorithm {
            Algorithm::Gzip => "gunzip --stdout",
            Algorithm::Zstd => "zstd --decompress --stdout",
            Algorithm::None => "cat",
        }
    }

    /// The ending of a compressed file's name.
    #[must_use]
    pub fn suffix(&self) -> &'static str {
        match self.algorithm {
            Algorithm::Gzip => ".gz",
            Algorithm::Zstd => ".zst",
            Algorithm::None => "",
        }
    }
}

/// A file or directory to archive: its path, or its path and whether it may be missing.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum ArchivePath {
    Required(String),
    Marked {
        path: String,
        #[serde(default)]
        optional: bool,
    },
}

#[derive(Clone, Debug, Deserialize)]
pub struct MoreDatabase {
    pub name: String,
    #[serde(flatten)]
    pub at: MoreDatabaseAt,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "driver", rename_all = "lowercase")]
pub enum MoreDatabaseAt {
    Sqlite3 { path: String },
    Mysql { dsn_variable: String, server_version: Option<String> },
    Postgresql { dsn_variable: String, server_version: Option<String> },
}

fn default_algorithm() -> Algorithm {
    Algorithm::Gzip
}
