//! A cluster as the scheduler: what its CronJob needs, and what only a host has.

use super::{
    DatabasePlan, Decision, Image,
    driver::{Engine, TRACKER},
    rules::at,
};
use crate::{
    input::{
        backup::{Backup, Scheduler},
        verify::Drill,
    },
    value::{Code, Issue, Pointer, Schedule},
};
use serde::Serialize;

/// The values of the CronJob.
#[derive(Clone, Debug, Serialize)]
pub struct Cluster {
    pub schedule: String,
    pub timezone: String,
    pub suspend: bool,
    pub deadline_seconds: u32,
    pub secret: &'static str,
    pub claim: &'static str,
    /// Of the secret's `.env`.
    pub variables: Vec<String>,
}

/// Twice what a step of the container may take.
const DEADLINE: u32 = 12 * 60 * 60;
/// What is meant without a time zone: the controller's own is nobody's choice.
pub const TIMEZONE: &str = "Etc/UTC";

impl Cluster {
    #[must_use]
    pub fn new(backup: &Backup, schedule: &Schedule, databases: &[DatabasePlan]) -> Option<Self> {
        (backup.scheduler == Scheduler::Kubernetes).then(|| Self {
            schedule: schedule.as_kubernetes(),
            timezone: backup.timezone.clone().unwrap_or_else(|| TIMEZONE.to_owned()),
            suspend: !backup.enabled,
            deadline_seconds: DEADLINE,
            secret: "tracker-backup-env",
            claim: "tracker-backup",
            variables: databases.iter().filter_map(|database| database.dsn_variable().map(str::to_owned)).collect(),
        })
    }

    #[must_use]
    pub fn decisions(&self, image: &Image) -> Vec<Decision> {
        vec![
            Decision::new(
                "image",
                image.reference.clone(),
                "`backup.image` names it: a cluster pulls what somebody has pushed",
            ),
            Decision::new(
                "place",
                format!("the volume claim `{}`", self.claim),
                "size and class of the storage are the cluster's to know",
            ),
            Decision::new(
                "credentials",
                format!("read at run time from the secret `{}`: {}", self.secret, self.variables.join(", ")),
                "it is what the tracker itself uses, and no secret is in any rendered file",
            ),
            Decision::new("drill", "none", "a drill needs a server to throw away, which is the cluster's to give"),
            Decision::new(
                "archive",
                "none",
                "the configuration of what runs in a cluster is kept where its manifests are",
            ),
        ]
    }
}

/// What is lost in spite of all of it.
#[must_use]
pub fn unprotected() -> Vec<String> {
    [
        "the loss of the cluster's storage: backups stay on it; copy them elsewhere",
        "a reader of the volume: backups are private to uid 1000, not encrypted",
        "a backup that cannot be restored: it is verified, but nothing restores it for a trial; do that by hand, now and then",
    ]
    .map(str::to_owned)
    .to_vec()
}

/// What the section asks for and a cluster has not.
pub fn check(backup: &Backup, databases: &[DatabasePlan]) -> Vec<Issue> {
    if backup.scheduler != Scheduler::Kubernetes {
        return Vec::new();
    }
    let issue = |at: Pointer, message: &str, help: &str| Issue::new(Code::SchedulerKubernetes, at, message).help(help);
    let mut issues = Vec::new();
    for database in databases.iter().filter(|database| database.engine == Engine::Sqlite3) {
        let index = backup.databases.iter().position(|other| other.name == database.name);
        let place = match index {
            Some(index) if database.name != TRACKER => at("databases").child(index).child("driver"),
            _ => Pointer::from_encoded("/tracker/core/database/driver"),
        };
        issues.push(issue(
            place,
            "a SQLite file is on a host, and no job of a cluster reaches it safely",
            "`kubernetes` is for MySQL and PostgreSQL; on a host take `cron` or `systemd`",
        ));
    }
    if backup.image.is_none() {
        let help = "build image/ of any rendered tree, push it, and name it in `backup.image`, best by its digest";
        issues.push(issue(at("scheduler"), "a cluster builds no image: it needs one that it can pull", help));
    }
    let of_hosts = [
        ("directory", backup.directory.is_some()),
        ("paths", !backup.paths.is_empty()),
        ("verify", matches!(backup.verify.drill, Drill::At(_)) || !backup.verify.queries.is_empty()),
    ];
    for (key, _) in of_hosts.into_iter().filter(|(_, given)| *given) {
        issues.push(issue(at(key), "this is about a host, and in a cluster it would have no effect", "remove the key"));
    }
    issues
}
