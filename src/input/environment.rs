//! The deployer's environment file, typed. Secrets are read past: no type here can hold one.

use super::{backup::Backup, words::words};
use crate::value::Withheld;
use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
pub struct Environment {
    #[serde(rename = "$schema")]
    pub schema: Option<String>,
    pub environment: Identity,
    pub ssh_credentials: SshCredentials,
    pub provider: Provider,
    pub tracker: Tracker,
    pub prometheus: Option<Prometheus>,
    pub grafana: Option<Grafana>,
    pub https: Option<Https>,
    pub backup: Option<Backup>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Identity {
    pub name: String,
    pub description: Option<String>,
    pub instance_name: Option<String>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct SshCredentials {
    pub private_key_path: String,
    pub public_key_path: String,
    #[serde(default = "default_username")]
    pub username: String,
    #[serde(default = "default_ssh_port")]
    pub port: u16,
}

/// One struct for both providers, so that keys which neither knows are noticed.
#[derive(Clone, Debug, Deserialize)]
pub struct Provider {
    pub provider: ProviderName,
    pub profile_name: Option<String>,
    pub api_token: Option<Withheld>,
    pub server_type: Option<String>,
    pub location: Option<String>,
    pub image: Option<String>,
}

words! {
    ProviderName { Lxd = "lxd", Hetzner = "hetzner" }
}

#[derive(Clone, Debug, Deserialize)]
pub struct Tracker {
    pub core: Core,
    pub udp_trackers: Vec<Listener>,
    pub http_trackers: Vec<Listener>,
    pub http_api: Listener,
    pub health_check_api: Listener,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Core {
    pub database: Database,
    pub private: bool,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "driver", rename_all = "lowercase")]
pub enum Database {
    Sqlite3 { database_name: String },
    Mysql(Server),
    Postgresql(Server),
}

#[derive(Clone, Debug, Deserialize)]
pub struct Server {
    pub host: String,
    pub port: u16,
    pub database_name: String,
    pub username: String,
    pub password: Withheld,
    pub root_password: Option<Withheld>,
}

/// A socket of the tracker. Only the HTTP API has a token.
#[derive(Clone, Debug, Deserialize)]
pub struct Listener {
    pub bind_address: String,
    pub admin_token: Option<Withheld>,
    pub domain: Option<String>,
    pub use_tls_proxy: Option<bool>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Prometheus {
    pub scrape_interval_in_secs: u32,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Grafana {
    pub admin_user: String,
    pub admin_password: Withheld,
    pub domain: Option<String>,
    pub use_tls_proxy: Option<bool>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Https {
    pub admin_email: String,
    #[serde(default)]
    pub use_staging: bool,
}

fn default_username() -> String {
    "torrust".to_owned()
}

fn default_ssh_port() -> u16 {
    22
}
