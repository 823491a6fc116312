//! From services to what an environment says of them, with the reasons.

use super::{Found, Server, another, image, labels, paths, read::Stack, service::Service};

/// The variable from which the tracker takes address and credentials of its server, as the backups do.
const TRACKER_DSN: &str = "TORRUST_TRACKER_CONFIG_OVERRIDE_CORE__DATABASE__PATH";
/// Where the tracker's image keeps its database, and where that is on a host of the deployer.
const TRACKER_DATA: (&str, &str) = ("/var/lib/torrust/tracker", "storage/tracker/lib");
/// The network through which backups reach servers.
const NETWORK: &str = "database_network";

impl Stack {
    /// What the stack tells.
    ///
    /// # Errors
    /// A sentence, when there is no tracker in it: all that trackgen generates is around one.
    pub fn found(&self) -> Result<Found, String> {
        let tracker = self.tracker().ok_or_else(|| self.without_tracker())?;
        let mut found = Found { path: Some(self.path.clone()), ..Found::default() };
        found.took.push(format!("the tracker is the service `{}` (image `{}`)", tracker.name, tracker.image));
        if tracker.name != "tracker" {
            let name = &tracker.name;
            found
                .unknown
                .push(format!("the generated files call the tracker's service `tracker`; here it is `{name}`"));
        }
        let server = self.server_of(tracker);
        match server {
            Some(server) => on_server(tracker, server, &mut found),
            None => in_file(tracker, &mut found),
        }
        another::take(&self.services, tracker, server, &mut found);
        paths::take(&self.services, tracker, &mut found);
        for service in &self.services {
            let is_tracker = service.name == tracker.name;
            let hints = labels::hints(service, is_tracker, image::driver(service).is_some());
            found.hints.extend(hints);
        }
        Ok(found.printable())
    }

    /// By its image; only where no image tells, by its name.
    fn tracker(&self) -> Option<&Service> {
        let by_image = self.services.iter().find(|service| image::is_tracker(&service.image));
        by_image.or_else(|| self.services.iter().find(|service| service.name == "tracker"))
    }

    fn without_tracker(&self) -> String {
        let names: Vec<String> = self
            .services
            .iter()
            .map(|service| match image::driver(service) {
                Some(driver) => format!("`{}` ({driver})", service.name),
                None => format!("`{}`", service.name),
            })
            .collect();
        let names = if names.is_empty() { "none".to_owned() } else { names.join(", ") };
        format!(
            "no service runs the Torrust Tracker (an image `…/tracker`, or the name `tracker`), and all that trackgen \
             generates is around one; the services are {names}"
        )
    }

    fn server_of(&self, tracker: &Service) -> Option<&Service> {
        let servers: Vec<&Service> = self.services.iter().filter(|service| image::driver(service).is_some()).collect();
        let needed = servers.iter().find(|server| tracker.depends_on.contains(&server.name));
        let only = servers.first().filter(|_| servers.len() == 1 && tracker.variables.contains_key(TRACKER_DSN));
        needed.or(only).copied()
    }
}

fn on_server(tracker: &Service, server: &Service, found: &mut Found) {
    let (name, version) = (&server.name, image::version(&server.image));
    let driver = image::driver(server).unwrap_or_default();
    let as_version = version.as_ref().map_or_else(String::new, |version| format!(", version {version}"));
    found.took.push(format!("its database is on `{name}`: {driver}{as_version} (image `{}`)", server.image));
    if version.is_none() {
        found.unknown.push(format!("the version of `{name}`: set `backup.server_version`"));
    }
    found.unknown.extend(unreachable(server));
    if name != driver {
        found.unknown.push(format!(
            "the runbook's commands for a server of the stack are for a service `{driver}`; `{name}` is taken for one elsewhere"
        ));
    }
    if !tracker.variables.contains_key(TRACKER_DSN) {
        found.unknown.push(format!("`.env` has to have the address of the database as {TRACKER_DSN}"));
    }
    found.unknown.push(
        "name and user of the database: `tracker` and `tracker_user` stand for them; backups use those of .env"
            .to_owned(),
    );
    found.server = Some(Server { driver: driver.to_owned(), host: name.clone(), version });
}

/// What keeps backups from a server.
pub fn unreachable(server: &Service) -> Option<String> {
    let is_in = server.networks.iter().any(|network| network == NETWORK);
    let name = &server.name;
    (!is_in).then(|| format!("`{name}` is not in the network `{NETWORK}`, through which backups reach servers"))
}

fn in_file(tracker: &Service, found: &mut Found) {
    if tracker.variables.contains_key(TRACKER_DSN) {
        found.unknown.push(format!(
            "{TRACKER_DSN} is set, and no server is in the stack: if it is elsewhere, `--database` and `--database-host` say so"
        ));
    }
    let (target, usual) = TRACKER_DATA;
    match tracker.binds.iter().find(|bind| bind.target == target) {
        Some(bind) if bind.source == usual => {
            found.took.push(format!("its database is a SQLite file in `{usual}/database` (mounted at `{target}`)"));
        }
        Some(bind) => found.unknown.push(format!(
            "the tracker's data is in `{}`; backups look for its SQLite file in `{usual}/database` of `deploy_dir`",
            bind.source
        )),
        None => found.unknown.push(format!(
            "nothing of the host is mounted at `{target}`; backups look for the SQLite file in `{usual}/database` of `deploy_dir`"
        )),
    }
    found.unknown.push("the name of the SQLite file: `tracker.db` stands for it, `tracker.toml` has it".to_owned());
}
