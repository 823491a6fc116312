//! The few things that an environment needs to be told.

use super::Found;
use serde::Serialize;

/// Every answer, with a default for all but the name. None of them is a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Answers {
    pub name: String,
    pub provider: String,
    pub ssh_user: String,
    pub ssh_port: u16,
    pub ssh_key: String,
    pub database: String,
    pub database_name: Option<String>,
    pub database_host: Option<String>,
    pub server_version: Option<String>,
    pub schedule: String,
    pub scheduler: String,
    pub retention_days: u32,
    pub directory: String,
    pub deploy_dir: String,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            name: String::new(),
            provider: "lxd".to_owned(),
            ssh_user: "torrust".to_owned(),
            ssh_port: 22,
            ssh_key: "/home/torrust/.ssh/id_ed25519".to_owned(),
            database: "sqlite3".to_owned(),
            database_name: None,
            database_host: None,
            server_version: None,
            schedule: "0 3 * * *".to_owned(),
            scheduler: "cron".to_owned(),
            retention_days: 7,
            directory: "/mnt/backup/torrust".to_owned(),
            deploy_dir: "/opt/torrust".to_owned(),
        }
    }
}

impl Answers {
    /// The defaults, where a compose file does not know better.
    #[must_use]
    pub fn from_found(found: &Found) -> Self {
        let mut answers = Self::default();
        if let Some(server) = &found.server {
            answers.database.clone_from(&server.driver);
            answers.database_host = Some(server.host.clone());
            answers.server_version.clone_from(&server.version);
        }
        answers
    }
}
