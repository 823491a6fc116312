//! What follows from an environment: every decision is made here, once, with its reason.

pub mod estimate;
pub mod layout;

mod archive;
mod caution;
mod clients;
mod clocks;
mod cluster;
mod container;
mod decision;
mod drill;
mod driver;
mod duplicates;
mod installed;
mod overlap;
mod promise;
mod provider;
mod reboot;
pub mod retention;
mod rules;
mod scheduler;
mod settings;
mod spread;
mod strategy;
mod tables;
mod when;

pub use cluster::Cluster;
pub use container::{Container, Image, Mount, Network};
pub use decision::Decision;
pub use driver::DatabasePlan;
pub use layout::{HostFile, Layout};
pub use provider::Provider;
pub use scheduler::SchedulerPlan;
pub use settings::Setting;
pub use spread::spread;
pub use when::When;

use crate::{
    input::{Environment, verify::Query},
    value::{Host, Issue, Place},
};
use archive::ArchivedPath;
use estimate::Estimate;
use retention::Policy;
use serde::Serialize;

/// A complete backup system for one environment, decided. Templates see this and nothing else.
#[derive(Clone, Debug, Serialize)]
pub struct Plan {
    pub name: String,
    pub provider: Provider,
    pub ssh: Ssh,
    pub scheduler: SchedulerPlan,
    pub schedule: When,
    pub drill: When,
    /// The zone of both; absent where it is the host's own.
    pub timezone: Option<String>,
    /// Only where the scheduler is a cluster.
    pub cluster: Option<Cluster>,
    pub queries: Vec<Query>,
    pub layout: Layout,
    pub databases: Vec<DatabasePlan>,
    pub archive: Vec<ArchivedPath>,
    /// The pattern of the archives' names, below the backup directory.
    pub archive_files: String,
    pub settings: Vec<Setting>,
    pub image: Image,
    pub container: Container,
    pub packages: Vec<&'static str>,
    pub files: Vec<HostFile>,
    /// What another scheduler, or an earlier time of this one, may have left on the host.
    pub absent: Vec<Place<Host>>,
    pub decisions: Vec<Decision>,
    pub retention: Policy,
    /// Absent without `estimates.database_gb`.
    pub estimate: Option<Estimate>,
    /// What no backup here protects from, said plainly.
    pub unprotected: Vec<String>,
}

#[derive(Clone, Debug, Serialize)]
pub struct Ssh {
    pub username: String,
    pub port: u16,
    pub private_key_path: String,
}

/// Packages of Debian and Ubuntu that the host calls, by day or at a restore, and a minimal system may lack.
const PACKAGES: [&str; 5] = ["jq", "logrotate", "sqlite3", "xz-utils", "zstd"];

/// Decides everything, or says why it cannot be decided. No plan without an issue: the environment asks for no backup.
#[must_use]
pub fn decide(environment: &Environment) -> (Option<Plan>, Vec<Issue>) {
    let Some(backup) = &environment.backup else {
        return (None, Vec::new());
    };
    let (request, mut issues) = rules::understand(environment, backup);
    let Some(rules::Request { schedule, drill, layout, databases, archive, image }) = request else {
        return (None, issues);
    };
    let container = Container::new(&layout, &databases);
    let estimate = databases.first().and_then(|tracker| Estimate::of(backup, &layout, tracker.engine));
    issues.extend(caution::check(backup, &schedule, &layout, estimate.as_ref()));
    issues.extend(promise::check(backup, &schedule, &layout, estimate.as_ref()));
    issues.extend(clocks::check(backup, &schedule, drill.as_ref()));
    if let Some(drill) = drill.as_ref().filter(|_| backup.enabled) {
        issues.extend(drill::collision(drill, &schedule, estimate.as_ref()));
        issues.extend(estimate.as_ref().and_then(drill::too_long));
    }
    issues.extend(tables::unknown(backup));
    let [backups, drills] = [Some(&schedule), drill.as_ref()].map(|schedule| When::new(backup, schedule));
    let scheduler = SchedulerPlan::new(backup, &backups, &drills);
    let (files, others): (Vec<_>, Vec<_>) = layout.files().into_iter().partition(|file| scheduler.wants(file.source));
    let provider = Provider::from(environment.provider.provider);
    let cluster = Cluster::new(backup, &schedule, &databases);
    let mut decisions = decision::of_schedule(backup, &schedule);
    decisions.extend(spread::decision(&environment.environment.name, backup.spread_minutes, &backup.schedule));
    decisions.push(scheduler.decision.clone());
    decisions.extend(strategy::decisions(backup, &databases));
    decisions.extend(retention::decisions(backup));
    decisions.push(decision::compression(backup));
    decisions.extend(match &cluster {
        Some(cluster) => cluster.decisions(&image),
        None => [
            vec![drill::decision(backup, drill.as_ref())],
            decision::of_storage(&layout, &archive),
            decision::of_container(&image, &container, &databases, &provider),
        ]
        .concat(),
    });
    let plan = Plan {
        name: environment.environment.name.clone(),
        provider,
        ssh: Ssh::of(environment),
        settings: settings::of(&environment.environment.name, backup, &schedule, &layout),
        files,
        absent: others.into_iter().map(|file| file.target).collect(),
        schedule: backups,
        drill: drills,
        timezone: when::timezone(backup),
        queries: backup.verify.queries.clone(),
        packages: scheduler.package.into_iter().chain(PACKAGES).collect(),
        scheduler,
        unprotected: cluster
            .as_ref()
            .map_or_else(|| decision::unprotected(environment, &layout), |_| cluster::unprotected()),
        cluster,
        layout,
        databases,
        archive,
        archive_files: format!("config/config_YYYYMMDD_HHMMSS.tar{}", backup.compression.suffix()),
        image,
        container,
        decisions,
        retention: Policy::of(backup),
        estimate,
    };
    (Some(plan), issues)
}

impl Ssh {
    fn of(environment: &Environment) -> Self {
        let given = &environment.ssh_credentials;
        Self { username: given.username.clone(), port: given.port, private_key_path: given.private_key_path.clone() }
    }
}

impl Plan {
    /// The directory of the stack, with its compose file and `.env`.
    #[must_use]
    pub fn deploy_dir(&self) -> &Place<Host> {
        &self.layout.deploy_dir
    }
}
