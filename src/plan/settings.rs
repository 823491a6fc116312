//! `/etc/tracker-backup/backup.conf`: the values that the host's scripts read. None of them is a secret.

use super::Layout;
use crate::{input::backup::Backup, value::Schedule};
use serde::Serialize;

/// One line of the settings file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Setting {
    pub name: &'static str,
    pub value: String,
}

/// Seconds that any one external step may take: 6 hours, longer than a dump of a database that fits the host.
pub const STEP_TIMEOUT: u32 = 6 * 60 * 60;
/// Seconds that a drill may take, during which no backup can run: an hour restores more than 100 GB of SQLite from zstd
/// (4.7 s/GB measured) and some 15 GB of a dump.
pub const DRILL_TIMEOUT: u32 = 60 * 60;
/// Seconds until a started tracker counts as not back.
const HEALTH_TIMEOUT: u32 = 120;
/// Seconds between the polite and the forced end of the tracker; the same as `stop_grace_period` of the override.
pub const STOP_TIMEOUT: u32 = 60;

pub fn of(environment: &str, backup: &Backup, schedule: &Schedule, layout: &Layout) -> Vec<Setting> {
    let pairs: [(&'static str, String); 23] = [
        ("ENVIRONMENT", environment.to_owned()),
        ("DEPLOY_DIR", layout.deploy_dir.to_string()),
        ("BACKUP_DIRECTORY", layout.directory.to_string()),
        ("SCHEDULE", schedule.as_cron().to_owned()),
        ("SCHEDULER", backup.scheduler.word().to_owned()),
        ("TIMEZONE", backup.timezone.clone().unwrap_or_default()),
        ("SCHEDULE_ENABLED", backup.enabled.to_string()),
        ("DRILL_TIMEOUT_SECONDS", DRILL_TIMEOUT.to_string()),
        ("STRATEGY", backup.strategy.word().to_owned()),
        ("MAX_DOWNTIME_SECONDS", backup.max_downtime_seconds.to_string()),
        ("MAX_WRITE_WAIT_SECONDS", backup.max_write_wait_seconds.to_string()),
        ("SQLITE_JOURNAL_MODE", backup.sqlite_journal_mode.word().to_owned()),
        ("COMPRESSION", backup.compression.algorithm.word().to_owned()),
        ("COMPRESSION_LEVEL", backup.compression.effective_level().to_string()),
        ("RETENTION_DAYS", backup.retention_days.to_string()),
        ("KEEP_LAST", backup.retention.keep_last.to_string()),
        ("KEEP_DAILY", backup.retention.daily.to_string()),
        ("KEEP_WEEKLY", backup.retention.weekly.to_string()),
        ("KEEP_MONTHLY", backup.retention.monthly.to_string()),
        ("EXCLUDE_TABLES", backup.exclude_tables.join(" ")),
        ("STEP_TIMEOUT_SECONDS", STEP_TIMEOUT.to_string()),
        ("HEALTH_TIMEOUT_SECONDS", HEALTH_TIMEOUT.to_string()),
        ("STOP_TIMEOUT_SECONDS", STOP_TIMEOUT.to_string()),
    ];
    pairs.into_iter().map(|(name, value)| Setting { name, value }).collect()
}
