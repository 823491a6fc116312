//! `backup.verify`, typed, with its defaults.

use super::backup::TRACKER;
use serde::{Deserialize, Serialize};

/// How backups are proved.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Verify {
    pub drill: Drill,
    pub queries: Vec<Query>,
}

/// When the newest backup is restored into a scratch place.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Drill {
    /// At a time that is chosen here, or never.
    Wanted(bool),
    At(String),
}

impl Default for Drill {
    fn default() -> Self {
        Self::Wanted(true)
    }
}

/// What a restored database must answer.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Query {
    #[serde(default = "default_database")]
    pub database: String,
    pub sql: String,
    #[serde(default = "default_min_rows")]
    pub min_rows: u64,
}

fn default_database() -> String {
    TRACKER.to_owned()
}

fn default_min_rows() -> u64 {
    1
}
