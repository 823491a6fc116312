//! The databases. This is the one place that asks which engine it is; everything else reads the answer.

mod described;
mod mysql;
mod postgresql;
mod sqlite3;

use super::{Layout, Mount};
use crate::{
    input::backup::Compression,
    value::{Backup, Host, Place, SecretRef, Tracker},
};
use serde::{Serialize, Serializer};

/// A database engine, by the word that the environment file uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite3,
    Mysql,
    Postgresql,
}

impl Engine {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Sqlite3 => "sqlite3",
            Self::Mysql => "mysql",
            Self::Postgresql => "postgresql",
        }
    }
}

impl Serialize for Engine {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// Where a database is.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    File {
        host: Place<Host>,
        inside: Place<Backup>,
        /// Where the tracker has it, if it is the tracker's.
        tracker: Option<Place<Tracker>>,
    },
    /// `service`: the server's name in the stack, where it is there.
    Server { dsn: SecretRef, service: Option<&'static str> },
}

/// One database, as the scripts address it.
#[derive(Clone, Debug, Serialize)]
pub struct DatabasePlan {
    pub name: String,
    pub engine: Engine,
    /// The first part of its backup files' names.
    pub stem: String,
    /// Where a person looks for it.
    pub found_at: String,
    /// What follows name, engine and stem on its line of the `databases` file.
    pub location: String,
    /// The pattern of its backup files, below the backup directory.
    pub files: String,
    /// The commands that bring one of them back, for a person to read and run.
    pub restore: String,
    /// The one that does it in a pod of the backup image, for a server.
    pub cluster_restore: Option<String>,
    #[serde(skip)]
    source: Source,
}

/// What stops and starts the program that uses a database: of another than the tracker's only its operator knows.
const OF_TRACKER: (&str, &str) = ("docker compose stop tracker", "docker compose start tracker");
const OF_ANOTHER: (&str, &str) = ("# stop what uses it", "# start it again");

/// What is particular to one engine.
struct Driver {
    engine: Engine,
    /// Its folder below the backup directory, and the stem of the tracker's own database.
    stem: &'static str,
    /// The ending of a backup before compression.
    extension: &'static str,
    /// The commands between "the backup is decompressed by $READ" and "what uses it runs on it", with $STOP and $START for that.
    restore: fn(&Source, &Layout) -> String,
    /// The client that loads a backup into the database of a server, by an address that a person fills in.
    client: Option<&'static str>,
}

/// What all databases of an environment have in common.
#[derive(Clone, Copy)]
pub struct Common<'a> {
    pub layout: &'a Layout,
    pub compression: &'a Compression,
}

impl DatabasePlan {
    fn new(name: &str, driver: &Driver, source: Source, common: Common) -> Self {
        let Common { layout, compression } = common;
        let stem = if name == TRACKER { driver.stem.to_owned() } else { format!("{}-{name}", driver.stem) };
        let (location, found_at) = match &source {
            Source::File { host, inside, .. } => (format!("{host} {inside}"), host.to_string()),
            Source::Server { dsn, .. } => (dsn.variable.clone(), format!("{} of .env", dsn.variable)),
        };
        let files = format!("{}/{stem}_YYYYMMDD_HHMMSS.{}{}", driver.stem, driver.extension, compression.suffix());
        let choose = format!(
            "cd {}\nBACKUP={}/{files}   # one of `maintenance-backup.sh --list`\n(cd \"${{BACKUP%/*}}\" && sha256sum --check \"${{BACKUP##*/}}.sha256\")",
            layout.deploy_dir, layout.directory
        );
        let read = format!("{} \"$BACKUP\"", compression.reader());
        let (stop, start) = if name == TRACKER { OF_TRACKER } else { OF_ANOTHER };
        let restore =
            (driver.restore)(&source, layout).replace("$READ", &read).replace("$STOP", stop).replace("$START", start);
        // In a subshell that stops at the first failure, so that nothing is swapped that did not pass its check.
        let restore = format!("(\nset -euo pipefail\n{choose}\n{restore}\n)");
        let cluster_restore = driver.client.map(|client| format!("{read} | {client}"));
        Self {
            name: name.to_owned(),
            engine: driver.engine,
            stem,
            found_at,
            location,
            files,
            restore,
            cluster_restore,
            source,
        }
    }

    /// The paths of a SQLite file: who sees it, and by which name.
    #[must_use]
    pub fn paths(&self) -> Vec<(&'static str, &str)> {
        match &self.source {
            Source::File { host, inside, tracker } => {
                let tracker = tracker.iter().map(|path| ("the tracker", path.as_str()));
                [("the host", host.as_str())]
                    .into_iter()
                    .chain(tracker)
                    .chain([("the backup container", inside.as_str())])
                    .collect()
            }
            Source::Server { .. } => Vec::new(),
        }
    }

    /// The SQLite file on the host.
    #[must_use]
    pub fn file(&self) -> Option<&Place<Host>> {
        match &self.source {
            Source::File { host, .. } => Some(host),
            Source::Server { .. } => None,
        }
    }

    /// The variable of the stack's `.env` that holds address and credentials.
    #[must_use]
    pub fn dsn_variable(&self) -> Option<&str> {
        match &self.source {
            Source::Server { dsn, .. } => Some(&dsn.variable),
            Source::File { .. } => None,
        }
    }

    /// The directory of its file, writable, in the backup container.
    #[must_use]
    pub fn mount(&self) -> Option<Mount> {
        match &self.source {
            Source::File { host, inside, .. } => {
                Some(Mount { source: host.parent()?, target: inside.parent()?, read_only: false })
            }
            Source::Server { .. } => None,
        }
    }
}

pub use crate::input::backup::TRACKER;
pub use described::{another, tracker};
