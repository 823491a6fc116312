//! When something runs, in every language in which it is said.

use super::cluster;
use crate::{
    input::backup::{Backup, Scheduler},
    value::Schedule,
};
use serde::Serialize;

/// When something runs. `entry` is the schedule as cron gets it, absent when nothing is scheduled; `calendar` is the same for
/// systemd.
#[derive(Clone, Debug, Serialize)]
pub struct When {
    pub enabled: bool,
    pub cron: Option<String>,
    pub words: String,
    pub entry: Option<String>,
    pub calendar: Vec<String>,
}

impl When {
    #[must_use]
    pub fn new(backup: &Backup, schedule: Option<&Schedule>) -> Self {
        let enabled = backup.enabled;
        let cron = schedule.map(|schedule| schedule.as_cron().to_owned());
        let words = match schedule {
            None => "by hand only".to_owned(),
            Some(_) if !enabled => "by hand only: `backup.enabled` is false".to_owned(),
            Some(schedule) => schedule.to_string(),
        };
        let event = |schedule: &Schedule| schedule.calendar_events(backup.timezone.as_deref());
        let calendar = schedule.filter(|_| enabled).map(event).unwrap_or_default();
        Self { enabled, words, entry: cron.clone().filter(|_| enabled), cron, calendar }
    }
}

/// The zone of what runs; none where it is the host's own.
pub fn timezone(backup: &Backup) -> Option<String> {
    let usual = (backup.scheduler == Scheduler::Kubernetes).then(|| cluster::TIMEZONE.to_owned());
    backup.timezone.clone().or(usual)
}
