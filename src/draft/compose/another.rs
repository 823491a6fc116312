//! Databases besides the tracker's.

use super::{Database, Found, image, service::Service, take::unreachable};

/// How names of variables end that hold the address of a database.
const ADDRESSES: [&str; 7] =
    ["DATABASE_URL", "DB_URL", "DATABASE_URI", "DB_URI", "CONNECT_URL", "DSN", "DATABASE__PATH"];
/// Where the image of the Torrust Index keeps its database.
const INDEX_DATA: &str = "/var/lib/torrust/index";

pub fn take(services: &[Service], tracker: &Service, taken: Option<&Service>, found: &mut Found) {
    let others = services.iter().filter(|service| taken.is_none_or(|taken| taken.name != service.name));
    for server in others {
        if let Some(driver) = image::driver(server) {
            on_server(services, tracker, server, driver, found);
        }
    }
    for service in services.iter().filter(|service| service.name != tracker.name) {
        let by_index = image::name(&service.image) == "index" && !needs_server(services, service);
        let index = service.binds.iter().filter(|bind| by_index && bind.target == INDEX_DATA);
        let index = index.map(|bind| format!("{}/database/sqlite3.db", bind.source));
        let is_file = |path: &&str| [".db", ".sqlite", ".sqlite3"].iter().any(|ending| path.ends_with(ending));
        let files = service.binds.iter().map(|bind| bind.source.as_str()).filter(is_file).map(str::to_owned);
        for path in index.chain(files) {
            found.took.push(format!("`{path}` is a SQLite file of `{}`", service.name));
            let name = free_name(&service.name, found);
            found.databases.push(Database {
                name,
                driver: "sqlite3".to_owned(),
                path: Some(path),
                ..Database::default()
            });
        }
    }
}

fn needs_server(services: &[Service], service: &Service) -> bool {
    services.iter().any(|server| image::driver(server).is_some() && service.depends_on.contains(&server.name))
}

/// Its address is in `.env` under a name that one of its clients has, and only one.
fn on_server(services: &[Service], tracker: &Service, server: &Service, driver: &str, found: &mut Found) {
    let clients =
        services.iter().filter(|service| service.name != tracker.name && service.depends_on.contains(&server.name));
    let mut addresses: Vec<(&str, &str, Option<&str>)> = clients
        .flat_map(|client| {
            let is_address = |name: &str| ADDRESSES.iter().any(|ending| name.ends_with(ending));
            let variables = client.variables.iter().filter(move |(name, _)| is_address(name));
            variables.map(|(name, reference)| (client.name.as_str(), name.as_str(), reference.as_deref()))
        })
        .collect();
    addresses.sort_by_key(|(_, name, reference)| reference.unwrap_or(name).to_owned());
    addresses.dedup_by_key(|(_, name, reference)| reference.unwrap_or(name).to_owned());
    match addresses.as_slice() {
        [(client, name, Some(variable))] => {
            found.took.push(format!("`{}` ({driver}) is the server of `{client}`, which has its address as {name}", server.name));
            found.unknown.extend(unreachable(server));
            found.databases.push(Database {
                name: free_name(&server.name, found),
                driver: driver.to_owned(),
                dsn_variable: Some((*variable).to_owned()),
                server_version: image::version(&server.image),
                ..Database::default()
            });
        }
        [(client, name, None)] => found.unknown.push(format!(
            "`{}` ({driver}) is not saved: {name} of `{client}` does not come from .env; put the address there, and its name into `backup.databases`",
            server.name
        )),
        _ => found.unknown.push(format!(
            "`{}` ({driver}) is not saved: no one variable has its address; put `{driver}://user:password@{}/database` into .env, and the variable's name into `backup.databases`",
            server.name, server.name
        )),
    }
}

/// A name after the service's, as `databases` wants it.
fn free_name(service: &str, found: &Found) -> String {
    let words: Vec<String> = service
        .to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let mut name: String =
        words.join("-").trim_start_matches(|c: char| !c.is_ascii_lowercase()).chars().take(28).collect();
    name.truncate(name.trim_end_matches('-').len());
    if name.is_empty() || name == "tracker" {
        name = if name.is_empty() { "db".to_owned() } else { format!("db-{name}") };
    }
    let is_taken = |name: &str| found.databases.iter().any(|database| database.name == name);
    let numbered = (2..).map(|number| format!("{name}-{number}"));
    std::iter::once(name.clone()).chain(numbered).find(|name| !is_taken(name)).unwrap_or(name)
}
