//! The clients of the backup image against the servers that they are to read.

use super::rules::at;
use crate::{
    input::{
        Environment,
        backup::{Backup, MoreDatabaseAt},
        environment::Database,
    },
    value::{Code, Issue, Pointer},
};

/// What Debian trixie, on which the image is built, has of each client: major and minor version.
const PG_DUMP: u32 = 17;
const OF_MARIADB: (u32, u32) = (11, 8);
/// The newest MySQL with which that client is tested here.
const MYSQL: (u32, u32) = (8, 4);
/// MariaDB went from 5.5 to 10.0; MySQL has none of these numbers yet.
const FIRST_OF_MARIADB: u32 = 10;

#[derive(Clone, Copy)]
enum Server {
    Mysql,
    Postgresql,
}

/// Servers that are newer than the client that dumps them. What an image of the operator's own has is not known here.
pub fn check(environment: &Environment, backup: &Backup) -> Vec<Issue> {
    if backup.image.is_some() {
        return Vec::new();
    }
    let tracker = match &environment.tracker.core.database {
        Database::Sqlite3 { .. } => None,
        Database::Mysql(_) => Some(Server::Mysql),
        Database::Postgresql(_) => Some(Server::Postgresql),
    };
    let tracker = tracker.and_then(|server| newer(server, backup.server_version.as_deref()?, at("server_version")));
    let others = backup.databases.iter().enumerate().filter_map(|(index, database)| {
        let (server, version) = match &database.at {
            MoreDatabaseAt::Sqlite3 { .. } => return None,
            MoreDatabaseAt::Mysql { server_version, .. } => (Server::Mysql, server_version),
            MoreDatabaseAt::Postgresql { server_version, .. } => (Server::Postgresql, server_version),
        };
        newer(server, version.as_deref()?, at("databases").child(index).child("server_version"))
    });
    tracker.into_iter().chain(others).collect()
}

fn newer(server: Server, version: &str, at: Pointer) -> Option<Issue> {
    let mut numbers = version.split('.').map(|number| number.parse().unwrap_or(0));
    let (major, minor): (u32, u32) = (numbers.next()?, numbers.next().unwrap_or(0));
    let issue = |code, message: String| Some(Issue::new(code, at, message).help(HELP));
    match server {
        Server::Postgresql if major > PG_DUMP => issue(
            Code::ClientRefuses,
            format!("the image's pg_dump {PG_DUMP} refuses a server of version {version}: every backup would fail"),
        ),
        Server::Postgresql => None,
        Server::Mysql if major >= FIRST_OF_MARIADB => {
            let (newest, also) = OF_MARIADB;
            ((major, minor) > OF_MARIADB).then_some(())?;
            issue(
                Code::ClientOlder,
                format!(
                    "MariaDB {version} is newer than the image's mariadb-dump {newest}.{also}, which may miss what is new in it"
                ),
            )
        }
        Server::Mysql => {
            ((major, minor) > MYSQL).then_some(())?;
            let (newest, also) = MYSQL;
            issue(
                Code::ClientOlder,
                format!(
                    "MySQL {version} is newer than {newest}.{also}, the last with which the image's mariadb-dump is tested"
                ),
            )
        }
    }
}

const HELP: &str =
    "build an image with a client of that version from the rendered `image/`, and name it in `backup.image`";
