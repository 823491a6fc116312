//! What Ansible knows of hosts: the variables of each, and the groups that it is in.

use crate::{
    plan::{HostFile, Image, Plan, Ssh},
    value::{Host, Place},
};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// The hosts of one Ansible project, in the order of their names, whichever came first.
#[derive(Debug, Default, Serialize)]
pub struct Inventory {
    hosts: BTreeMap<String, Variables>,
    /// Names of hosts by a group that operators ask for, such as `engine_mysql`.
    groups: BTreeMap<String, BTreeSet<String>>,
    /// What is installed, by its places. Hosts differ in it by scheduler and deploy directory.
    installations: BTreeMap<String, Installation>,
}

#[derive(Debug, Serialize)]
struct Variables {
    ssh: Ssh,
    when: String,
    enabled: bool,
    scheduler: &'static str,
    deploy_dir: Place<Host>,
    directory: Place<Host>,
    image: Image,
    databases: Vec<Database>,
}

#[derive(Debug, Serialize)]
struct Database {
    name: String,
    engine: &'static str,
}

#[derive(Debug, Serialize)]
struct Installation {
    hosts: BTreeSet<String>,
    packages: Vec<&'static str>,
    absent: Vec<Place<Host>>,
    files: Vec<HostFile>,
}

impl Inventory {
    /// The inventory of one host.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let mut inventory = Self::default();
        inventory.add(plan);
        inventory
    }

    /// Adds a host; what a cluster runs has none.
    pub fn add(&mut self, plan: &Plan) {
        if plan.cluster.is_some() {
            return;
        }
        let name = &plan.name;
        let engine = plan.databases.first().map_or("none", |tracker| tracker.engine.word());
        for group in [format!("engine_{engine}"), format!("provider_{}", plan.provider.name)] {
            self.groups.entry(group).or_default().insert(name.clone());
        }
        let targets = plan.files.iter().map(|file| file.target.as_str());
        let installation = self.installations.entry(targets.collect::<Vec<_>>().join(" "));
        let installation = installation.or_insert_with(|| Installation {
            hosts: BTreeSet::new(),
            packages: plan.packages.clone(),
            absent: plan.absent.clone(),
            files: plan.files.clone(),
        });
        installation.hosts.insert(name.clone());
        self.hosts.insert(name.clone(), Variables::of(plan));
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.hosts.is_empty()
    }
}

impl Variables {
    fn of(plan: &Plan) -> Self {
        let database = |database: &crate::plan::DatabasePlan| Database {
            name: database.name.clone(),
            engine: database.engine.word(),
        };
        Self {
            ssh: plan.ssh.clone(),
            when: plan.schedule.words.clone(),
            enabled: plan.schedule.enabled,
            scheduler: plan.scheduler.name,
            deploy_dir: plan.layout.deploy_dir.clone(),
            directory: plan.layout.directory.clone(),
            image: plan.image.clone(),
            databases: plan.databases.iter().map(database).collect(),
        }
    }
}
