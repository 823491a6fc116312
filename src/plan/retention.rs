//! How long backups are kept, in words.

use super::Decision;
use crate::input::backup::Backup;

pub fn decisions(backup: &Backup) -> Vec<Decision> {
    let retention = &backup.retention;
    let tiers = [("daily", retention.daily), ("weekly", retention.weekly), ("monthly", retention.monthly)];
    let kept: Vec<String> = tiers.iter().filter(|(_, n)| *n > 0).map(|(name, n)| format!("{n} {name}")).collect();
    let base = format!("{} days, and never fewer than the last {}", backup.retention_days, retention.keep_last);
    let is = if kept.is_empty() { base } else { format!("{base}; beyond that {}", kept.join(", ")) };
    let because = "ages are read from the names, only verified backups count, and nothing is removed before a new one \
                   is verified, so weeks of failures remove nothing";
    vec![Decision::new("retention", is, because)]
}
