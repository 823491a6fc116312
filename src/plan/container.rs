//! The backup container: what it may see, and whom it may reach.

use super::{DatabasePlan, Layout};
use crate::value::{Backup, Host, Place};
use serde::Serialize;

/// The digest of the rendered build context, taken when trackgen is built.
const CONTEXT_DIGEST: &str = env!("TRACKGEN_IMAGE_DIGEST");

#[derive(Clone, Debug, Serialize)]
pub struct Image {
    pub reference: String,
    /// Whether the host builds it from the rendered context.
    pub build: bool,
}

impl Image {
    /// The operator's image, or the one that is built on the host.
    #[must_use]
    pub fn new(given: Option<&str>) -> Self {
        match given {
            Some(reference) => Self { reference: reference.to_owned(), build: false },
            None => Self { reference: format!("tracker-backup:{CONTEXT_DIGEST}"), build: true },
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Mount {
    pub source: Place<Host>,
    pub target: Place<Backup>,
    pub read_only: bool,
}

#[derive(Clone, Debug, Serialize)]
pub struct Network {
    pub name: String,
}

/// The compose service `backup`.
#[derive(Clone, Debug, Serialize)]
pub struct Container {
    pub mounts: Vec<Mount>,
    /// `none` when no database is behind a network; absent otherwise.
    pub network_mode: Option<&'static str>,
    pub networks: Vec<Network>,
}

impl Container {
    /// Mounts what the databases need and nothing else; the directory of a SQLite file is writable because through a
    /// read-only mount no lock is taken and a closed WAL database cannot be opened.
    #[must_use]
    pub fn new(layout: &Layout, databases: &[DatabasePlan]) -> Self {
        let fixed = |source: &Place<Host>, target: &str, read_only| {
            Place::new(target).ok().map(|target| Mount { source: source.clone(), target, read_only })
        };
        let mut mounts: Vec<Mount> = fixed(&layout.settings_dir, "/etc/tracker-backup", true).into_iter().collect();
        let on_servers = databases.iter().any(|database| database.dsn_variable().is_some());
        if on_servers {
            mounts.extend(fixed(&layout.env_file, "/run/tracker-backup/stack.env", true));
        }
        for mount in databases.iter().filter_map(DatabasePlan::mount) {
            if !mounts.contains(&mount) {
                mounts.push(mount);
            }
        }
        mounts.extend(fixed(&layout.directory, "/backups", false));
        // The deployer's name of the network between tracker and database server.
        let networks = if on_servers { vec![Network { name: "database_network".to_owned() }] } else { Vec::new() };
        Self { mounts, network_mode: (!on_servers).then_some("none"), networks }
    }
}
