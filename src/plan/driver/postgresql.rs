//! PostgreSQL: a server that is asked for a dump.

use super::{Driver, Engine, Source};
use crate::plan::Layout;

pub const DRIVER: Driver =
    Driver { engine: Engine::Postgresql, stem: "postgresql", extension: "sql", restore, client: Some(CLIENT) };

/// The server that a coming deployer manages in the stack.
pub const SERVICE: &str = "postgresql";

const CLIENT: &str =
    "psql --set ON_ERROR_STOP=1 --host=HOST --username=USER --password DATABASE   # asks for the password";

/// Into an empty database: a plain dump creates its tables and replaces none.
fn restore(source: &Source, _: &Layout) -> String {
    let client = match source {
        Source::Server { service: Some(service), .. } => format!(
            "docker compose exec -T {service} sh -c 'exec psql --set ON_ERROR_STOP=1 --username=\"$POSTGRES_USER\" \"$POSTGRES_DB\"'"
        ),
        _ => CLIENT.to_owned(),
    };
    format!("$STOP\n# drop and create the database first: the dump wants it empty\n$READ | {client}\n$START")
}
