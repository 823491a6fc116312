//! MySQL and MariaDB: a server that is asked for a dump.

use super::{Driver, Engine, Source};
use crate::plan::Layout;

pub const DRIVER: Driver =
    Driver { engine: Engine::Mysql, stem: "mysql", extension: "sql", restore, client: Some(CLIENT) };

/// The deployer's own server.
pub const SERVICE: &str = "mysql";

const CLIENT: &str = "mariadb --host=HOST --user=USER --password DATABASE   # asks for the password";

/// The password goes through the environment of the client inside the server's own container, never through argv.
fn restore(source: &Source, _: &Layout) -> String {
    let client = match source {
        Source::Server { service: Some(service), .. } => format!(
            "docker compose exec -T {service} sh -c 'MYSQL_PWD=\"$MYSQL_PASSWORD\" exec mysql --user=\"$MYSQL_USER\" \"$MYSQL_DATABASE\"'"
        ),
        _ => CLIENT.to_owned(),
    };
    format!("$STOP\n$READ | {client}\n$START")
}
