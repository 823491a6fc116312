//! From what the environment file says of a database to its plan.

use super::{Common, DatabasePlan, Source, TRACKER, mysql, postgresql, sqlite3};
use crate::{
    input::{
        backup::{MoreDatabase, MoreDatabaseAt},
        environment::Database,
    },
    value::{PlaceError, SecretRef},
};

/// The tracker's own database.
///
/// # Errors
/// [`PlaceError`] when the SQLite file's name is no safe file name.
pub fn tracker(database: &Database, common: Common) -> Result<DatabasePlan, PlaceError> {
    let (driver, source) = match database {
        Database::Sqlite3 { database_name } => (sqlite3::DRIVER, sqlite3::tracker_file(common.layout, database_name)?),
        Database::Mysql(at) => {
            (mysql::DRIVER, server(TRACKER_DSN, (at.host == mysql::SERVICE).then_some(mysql::SERVICE)))
        }
        Database::Postgresql(at) => {
            (postgresql::DRIVER, server(TRACKER_DSN, (at.host == postgresql::SERVICE).then_some(postgresql::SERVICE)))
        }
    };
    Ok(DatabasePlan::new(TRACKER, &driver, source, common))
}

/// One more database of the same host.
///
/// # Errors
/// [`PlaceError`] when the SQLite file's path is no safe path.
pub fn another(database: &MoreDatabase, common: Common) -> Result<DatabasePlan, PlaceError> {
    let layout = common.layout;
    let (driver, source) = match &database.at {
        MoreDatabaseAt::Sqlite3 { path } => (sqlite3::DRIVER, sqlite3::file(layout, layout.deploy_dir.resolve(path)?)?),
        MoreDatabaseAt::Mysql { dsn_variable, .. } => (mysql::DRIVER, server(dsn_variable, None)),
        MoreDatabaseAt::Postgresql { dsn_variable, .. } => (postgresql::DRIVER, server(dsn_variable, None)),
    };
    Ok(DatabasePlan::new(&database.name, &driver, source, common))
}

/// The variable from which the tracker itself takes address and credentials of its server.
const TRACKER_DSN: &str = "TORRUST_TRACKER_CONFIG_OVERRIDE_CORE__DATABASE__PATH";

fn server(variable: &str, service: Option<&'static str>) -> Source {
    Source::Server { dsn: SecretRef { variable: variable.to_owned() }, service }
}
