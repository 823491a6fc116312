//! The deployer's environment file, typed. Secrets are read past: no type here can hold one.

use super::{Document, hint};
use crate::value::{Code, Issue, Pointer, Withheld};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

/// Declares an enum of words that are the same in the input and in the settings of the host.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
        pub enum $name { $(#[serde(rename = $word)] $variant,)* }

        impl $name {
            #[must_use]
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }
        }
    };
}

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

/// The `backup` section: everything is optional, and the defaults suit a small production host.
#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Backup {
    pub enabled: bool,
    pub schedule: String,
    pub retention_days: u32,
    pub retention: Retention,
    pub strategy: Strategy,
    pub max_downtime_seconds: u32,
    pub max_write_wait_seconds: u32,
    pub sqlite_journal_mode: JournalMode,
    pub directory: Option<String>,
    pub deploy_dir: String,
    pub paths: Vec<ArchivePath>,
    pub exclude_tables: Vec<String>,
    pub compression: Compression,
    pub databases: Vec<MoreDatabase>,
    pub image: Option<String>,
}

impl Default for Backup {
    fn default() -> Self {
        Self {
            enabled: true,
            schedule: "0 3 * * *".to_owned(),
            retention_days: 7,
            retention: Retention::default(),
            strategy: Strategy::Auto,
            max_downtime_seconds: 120,
            max_write_wait_seconds: 3,
            sqlite_journal_mode: JournalMode::Keep,
            directory: None,
            deploy_dir: "/opt/torrust".to_owned(),
            paths: Vec::new(),
            exclude_tables: Vec::new(),
            compression: Compression::default(),
            databases: Vec::new(),
            image: None,
        }
    }
}

#[derive(Clone, Debug, Deserialize)]
#[serde(default)]
pub struct Retention {
    pub keep_last: u32,
    pub daily: u32,
    pub weekly: u32,
    pub monthly: u32,
}

impl Default for Retention {
    fn default() -> Self {
        Self { keep_last: 3, daily: 0, weekly: 0, monthly: 0 }
    }
}

words! {
    /// How a consistent copy of a live database is taken.
    Strategy {
        Auto = "auto",
        Online = "online",
        LockedCopy = "locked-copy",
        Pause = "pause",
        MaintenanceWindow = "maintenance-window",
    }
}

words! {
    /// Whether the installer may switch a SQLite file to WAL.
    JournalMode { Keep = "keep", Wal = "wal" }
}

words! {
    Algorithm { Gzip = "gzip", Zstd = "zstd", None = "none" }
}

#[derive(Clone, Debug, Deserialize)]
pub struct Compression {
    #[serde(default = "default_algorithm")]
    pub algorithm: Algorithm,
    pub level: Option<u32>,
}

impl Default for Compression {
    fn default() -> Self {
        Self { algorithm: Algorithm::Gzip, level: None }
    }
}

impl Compression {
    /// The level asked for, or a default: on info-hashes gzip 6 takes three times as long as gzip 1 and saves 4 %.
    #[must_use]
    pub fn effective_level(&self) -> u32 {
        self.level.unwrap_or(match self.algorithm {
            Algorithm::Gzip => 1,
            Algorithm::Zstd => 3,
            Algorithm::None => 0,
        })
    }

    /// The command that reads a compressed file.
    #[must_use]
    pub fn reader(&self) -> &'static str {
        match self.algorithm {
            Algorithm::Gzip => "gunzip --stdout",
            Algorithm::Zstd => "zstd --decompress --stdout",
            Algorithm::None => "cat",
        }
    }

    /// The ending of a compressed file's name.
    #[must_use]
    pub fn suffix(&self) -> &'static str {
        match self.algorithm {
            Algorithm::Gzip => ".gz",
            Algorithm::Zstd => ".zst",
            Algorithm::None => "",
        }
    }
}

/// A file or directory to archive: its path, or its path and whether it may be missing.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum ArchivePath {
    Required(String),
    Marked {
        path: String,
        #[serde(default)]
        optional: bool,
    },
}

#[derive(Clone, Debug, Deserialize)]
pub struct MoreDatabase {
    pub name: String,
    #[serde(flatten)]
    pub at: MoreDatabaseAt,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "driver", rename_all = "lowercase")]
pub enum MoreDatabaseAt {
    Sqlite3 { path: String },
    Mysql { dsn_variable: String },
    Postgresql { dsn_variable: String },
}

fn default_algorithm() -> Algorithm {
    Algorithm::Gzip
}

fn default_username() -> String {
    "torrust".to_owned()
}

fn default_ssh_port() -> u16 {
    22
}

/// Types a document that the schema accepts, and warns of keys that nobody knows.
///
/// # Errors
/// The numbers that JSON Schema takes for integers and the deployer does not: `7.0`.
pub fn from_value(document: &Document) -> Result<(Environment, Vec<Issue>), Vec<Issue>> {
    let mut unknown = Vec::new();
    let typed: Result<Environment, _> = read_noting_unknown(&document.value, &mut unknown);
    let Ok(environment) = typed else {
        let issues = not_integers(&document.value);
        let other = || Issue::new(Code::WrongType, Pointer::root(), "this is not an environment of the deployer");
        return Err(if issues.is_empty() { vec![other()] } else { issues });
    };
    let unfamiliar = unknown.into_iter().map(hint::unfamiliar).collect();
    Ok((environment, unfamiliar))
}

fn read_noting_unknown<T: DeserializeOwned>(value: &Value, unknown: &mut Vec<Pointer>) -> serde_json::Result<T> {
    serde_ignored::deserialize(value, |path| unknown.push(pointer_of(&path)))
}

fn pointer_of(path: &serde_ignored::Path) -> Pointer {
    use serde_ignored::Path;
    match path {
        Path::Root => Pointer::root(),
        Path::Seq { parent, index } => pointer_of(parent).child(index),
        Path::Map { parent, key } => pointer_of(parent).child(key),
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => pointer_of(parent),
    }
}

/// Every whole number that is written as a fraction.
fn not_integers(value: &Value) -> Vec<Issue> {
    let mut issues = Vec::new();
    let mut open = vec![(Pointer::root(), value)];
    while let Some((at, value)) = open.pop() {
        match value {
            Value::Number(number) if number.is_f64() => {
                let message = format!("{number} is written as a fraction; the deployer takes whole numbers only");
                issues
                    .push(Issue::new(Code::NotAnInteger, at, message).help("write it without a point or an exponent"));
            }
            Value::Array(items) => open.extend(items.iter().enumerate().map(|(i, item)| (at.child(i), item))),
            Value::Object(members) => open.extend(members.iter().map(|(key, member)| (at.child(key), member))),
            _ => {}
        }
    }
    issues
}
