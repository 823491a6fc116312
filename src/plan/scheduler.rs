//! Who starts backups and drills: cron, timers of systemd, or a cluster. Never two of them.

use super::{Decision, Setting, When, cluster::TIMEZONE};
use crate::input::backup::{Backup, Scheduler};
use serde::Serialize;

/// The scheduler of one host.
#[derive(Clone, Debug, Serialize)]
pub struct SchedulerPlan {
    pub name: &'static str,
    /// By whom and where: `cron, in the host's own time zone`.
    pub words: String,
    /// What becomes of the deployer's own schedule.
    pub replaces: &'static str,
    /// What the runbook says when nothing was started: the meaning, and what to do.
    pub silent: [&'static str; 2],
    /// What every service of ours has.
    pub service: Vec<Setting>,
    #[serde(skip)]
    pub decision: Decision,
    /// What the host needs for it.
    #[serde(skip)]
    pub package: Option<&'static str>,
    /// What the tree has for other schedulers, or for a time that never comes, by the beginning of its path.
    #[serde(skip)]
    unwanted: Vec<&'static str>,
}

const CRON_FILES: &str = "host/cron.d/";
const SYSTEMD_FILES: &str = "host/systemd/";
const CLUSTER_FILES: &str = "kubernetes/";
/// What no cluster needs.
const HOST_FILES: [&str; 5] = ["README.md", "ansible/", "cloud-init/", "host/", "restore/"];
const BACKUP_TIMER: &str = "host/systemd/tracker-backup.timer";
const DRILL_TIMER: &str = "host/systemd/tracker-drill.timer";

impl SchedulerPlan {
    #[must_use]
    pub fn new(backup: &Backup, schedule: &When, drill: &When) -> Self {
        let name = backup.scheduler.word();
        let zone = backup.timezone.as_deref().unwrap_or("the host's own time zone");
        match backup.scheduler {
            Scheduler::Cron => {
                let words = format!("cron, in {zone}");
                let because = "every Debian host has it; a run that a switched-off host has missed is not made up";
                Self {
                    name,
                    replaces: "its schedule `/etc/cron.d/tracker-backup` and its script `/usr/local/bin/maintenance-backup.sh` are the same files",
                    silent: [
                        "cron did not start it",
                        "`journalctl -u cron`; the file must end in a newline and belong to root",
                    ],
                    service: Vec::new(),
                    decision: Decision::new("scheduler", &words, because),
                    words,
                    package: Some("cron"),
                    unwanted: vec![SYSTEMD_FILES, CLUSTER_FILES],
                }
            }
            Scheduler::Systemd => {
                let words = format!("systemd, in {zone}");
                let because = "its timers make up for a run that a switched-off host has missed, report a failure to the journal, and give the script no more rights than it needs; each starts up to a minute late, always by the same seconds";
                let timers = [(BACKUP_TIMER, schedule), (DRILL_TIMER, drill)];
                let idle = timers.into_iter().filter(|(_, when)| when.entry.is_none()).map(|(timer, _)| timer);
                Self {
                    name,
                    replaces: "its schedule `/etc/cron.d/tracker-backup` is removed, and its script `/usr/local/bin/maintenance-backup.sh` is the same file",
                    silent: [
                        "the timer did not start it",
                        "`systemctl list-timers 'tracker-*'`, `journalctl --unit tracker-backup.service`; a failure is also in `journalctl --priority err`",
                    ],
                    service: SERVICE.map(|(name, value)| Setting { name, value: value.to_owned() }).to_vec(),
                    decision: Decision::new("scheduler", &words, because),
                    words,
                    package: Some("tzdata"),
                    unwanted: idle.chain([CRON_FILES, CLUSTER_FILES]).collect(),
                }
            }
            Scheduler::Kubernetes => {
                let words = format!("a CronJob of Kubernetes, in {}", backup.timezone.as_deref().unwrap_or(TIMEZONE));
                let because = "the database is in the cluster or reached from there; a run that is still going is not overtaken, and one that could not start is made up within an hour";
                Self {
                    name,
                    replaces: "",
                    silent: [""; 2],
                    service: Vec::new(),
                    decision: Decision::new("scheduler", &words, because),
                    words,
                    package: None,
                    unwanted: HOST_FILES.to_vec(),
                }
            }
        }
    }

    /// Whether a file of the tree is there.
    #[must_use]
    pub fn wants(&self, path: &str) -> bool {
        !self.unwanted.iter().any(|beginning| path.starts_with(beginning))
    }
}

/// What a backup or a drill must not do, as far as it still works: it talks to Docker by a socket, reads what belongs to
/// others, gives files to uid 1000, and looks for processes that have a database open. What takes another capability
/// (modules, clock, mounts, kernel log) needs no line of its own.
const SERVICE: [(&str, &str); 17] = [
    // The script ends its own children, after it has put the tracker back.
    ("KillMode", "mixed"),
    ("TimeoutStopSec", "10min"),
    ("StateDirectory", "tracker-backup"),
    ("CapabilityBoundingSet", "CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_SYS_PTRACE"),
    ("LockPersonality", "yes"),
    ("MemoryDenyWriteExecute", "yes"),
    ("NoNewPrivileges", "yes"),
    ("PrivateDevices", "yes"),
    ("PrivateNetwork", "yes"),
    ("PrivateTmp", "yes"),
    ("ProtectControlGroups", "yes"),
    ("ProtectHome", "read-only"),
    ("ProtectKernelTunables", "yes"),
    ("ProtectSystem", "strict"),
    ("RestrictNamespaces", "yes"),
    ("RestrictSUIDSGID", "yes"),
    ("SystemCallFilter", "@system-service"),
];
