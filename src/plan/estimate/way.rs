//! How a SQLite file of this size would be copied, as `templates/image/drivers/sqlite3.sh` decides on the host.

use crate::input::{
    backup::{Backup, JournalMode, Strategy},
    estimates::JournalFound,
};

/// What the tracker notices of a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Online,
    LockedCopy,
    Pause,
    Window,
    /// The run fails before anything is touched.
    Refused(Limit),
}

/// What a run would not keep.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    Downtime,
    WriteWait,
    JournalMode,
}

impl Way {
    /// The first row of the table that holds, for a copy that takes so many seconds on a file system without reflink.
    #[must_use]
    pub fn of(backup: &Backup, copy_seconds: f64) -> Self {
        let wal =
            backup.estimates.journal_mode == Some(JournalFound::Wal) || backup.sqlite_journal_mode == JournalMode::Wal;
        let waits = copy_seconds <= f64::from(backup.max_write_wait_seconds);
        let held = |way| {
            if copy_seconds <= f64::from(backup.max_downtime_seconds) { way } else { Self::Refused(Limit::Downtime) }
        };
        match backup.strategy {
            Strategy::Auto | Strategy::Online if wal => Self::Online,
            Strategy::Online => Self::Refused(Limit::JournalMode),
            Strategy::Auto | Strategy::LockedCopy if waits => Self::LockedCopy,
            Strategy::LockedCopy => Self::Refused(Limit::WriteWait),
            Strategy::Auto | Strategy::Pause => held(Self::Pause),
            Strategy::MaintenanceWindow => held(Self::Window),
        }
    }

    /// What becomes of the tracker meanwhile.
    #[must_use]
    pub fn tracker(self) -> &'static str {
        match self {
            Self::Online | Self::Refused(_) => "runs",
            Self::LockedCopy => "writes wait",
            Self::Pause => "frozen",
            Self::Window => "stopped",
        }
    }
}
