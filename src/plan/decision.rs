//! Decisions in words: what `trackgen plan` prints and the runbook quotes.

use super::{Container, DatabasePlan, Image, Layout, Provider, archive::ArchivedPath, driver::Engine, promise};
use crate::{
    input::{
        Environment,
        backup::{Algorithm, Backup},
    },
    value::Schedule,
};
use serde::Serialize;

/// What was decided about one topic, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Decision {
    pub topic: &'static str,
    pub is: String,
    pub because: String,
}

impl Decision {
    #[must_use]
    pub fn new(topic: &'static str, is: impl Into<String>, because: impl Into<String>) -> Self {
        Self { topic, is: is.into(), because: because.into() }
    }
}

pub fn of_schedule(backup: &Backup, schedule: &Schedule) -> Vec<Decision> {
    let rpo = Decision::new(
        "recovery point",
        format!("at most {} of changes are lost", duration(promise::longest_gap(backup, schedule))),
        "that is the longest time between two starts, and a backup holds the state at the start of its copy; what is lost while a run is under way comes on top",
    );
    if backup.enabled {
        vec![
            Decision::new(
                "schedule",
                format!("{schedule} (`{}`)", schedule.as_cron()),
                "`backup.schedule` asks for it, in the language of cron",
            ),
            rpo,
        ]
    } else {
        vec![Decision::new(
            "schedule",
            "nothing is scheduled",
            "`backup.enabled` is false: everything is installed, and a backup is made when somebody asks for it",
        )]
    }
}

pub fn compression(backup: &Backup) -> Decision {
    let level = backup.compression.effective_level();
    match backup.compression.algorithm {
        Algorithm::Gzip => Decision::new(
            "compression",
            format!("gzip, level {level}"),
            "every system can read it; info-hashes hardly compress, so higher levels cost time and save nothing (`zstd` is smaller and several times faster)",
        ),
        Algorithm::Zstd => Decision::new(
            "compression",
            format!("zstd, level {level}"),
            "smaller than gzip, for a fraction of its work",
        ),
        Algorithm::None => Decision::new("compression", "none", "`backup.compression` asks for none"),
    }
}

pub fn of_storage(layout: &Layout, archive: &[ArchivedPath]) -> Vec<Decision> {
    let directory = if layout.same_disk {
        "it is below the deploy directory, most likely on the database's own disk: one failure takes both. Set `backup.directory` to a path on another volume"
    } else {
        "it is outside the deploy directory; mount another volume there"
    };
    vec![
        Decision::new("directory", layout.directory.to_string(), directory),
        Decision::new(
            "archive",
            format!("{} paths, read by the host as root", archive.len()),
            "a bare host needs the configuration, `.env`, compose files and certificates; some of them only root may read",
        ),
    ]
}

/// What the `Dockerfile` gets from Debian 13, and the newest servers that these clients are made for.
const MYSQL_CLIENT: &str = "mariadb-dump 11.8: for MySQL up to 8.4 and MariaDB up to 11.8";
const POSTGRESQL_CLIENT: &str = "pg_dump 17: for PostgreSQL up to 17; it refuses a newer server";

pub fn of_container(
    image: &Image,
    container: &Container,
    databases: &[DatabasePlan],
    provider: &Provider,
) -> Vec<Decision> {
    let built = if image.build {
        "built on the host from the rendered `image/`; the tag is the digest of its content, so a changed script is a new image"
    } else {
        "`backup.image` names it; nothing is built on the host"
    };
    let network = match container.networks.first() {
        None => Decision::new("network", "none", "SQLite is a file: the container needs no network, and gets none"),
        Some(network) => {
            Decision::new("network", network.name.clone(), "the database server is reached there, and nothing else is")
        }
    };
    let mut decisions = vec![Decision::new("image", image.reference.clone(), built), network];
    if let Some(limit) = provider.user_data_limit {
        decisions.push(Decision::new(
            "cloud-init",
            "without `tracker-restore`, `tracker-drill` and `--verify-install`",
            format!(
                "user data of {} ends at {limit} bytes; the Ansible role installs them, also afterwards",
                provider.name
            ),
        ));
    }
    for (engine, newest) in [(Engine::Mysql, MYSQL_CLIENT), (Engine::Postgresql, POSTGRESQL_CLIENT)] {
        if image.build && databases.iter().any(|database| database.engine == engine) {
            decisions.push(Decision::new(
                "client",
                newest,
                "it is the newest in Debian 13, from which the image is built. For a server that is newer than that in the compose file, name an image with its client in `backup.image`",
            ));
        }
    }
    let variables: Vec<&str> = databases.iter().filter_map(|database| database.dsn_variable()).collect();
    if !variables.is_empty() {
        decisions.push(Decision::new(
            "credentials",
            format!("read at run time from the stack's `.env`: {}", variables.join(", ")),
            "it is what the tracker itself uses, so a changed password needs no change here, and no secret is in any rendered file",
        ));
    }
    decisions
}

/// What is lost in spite of all of it.
pub fn unprotected(environment: &Environment, layout: &Layout) -> Vec<String> {
    let mut all = vec![
        format!("the loss of the host: backups stay on it, in {}; copy that directory elsewhere", layout.directory),
        "a reader of the backups: they are private (0700), not encrypted, and hold `.env` with its passwords"
            .to_owned(),
    ];
    if layout.same_disk {
        all.push("a broken disk: backups are on the database's own".to_owned());
    }
    if environment.prometheus.is_some() {
        all.push("measured data: Prometheus keeps it in an anonymous volume that is not backed up".to_owned());
    }
    if environment.grafana.is_some() {
        all.push("dashboards made by hand: Grafana's own database is not backed up, what is provisioned is".to_owned());
    }
    all
}

/// Minutes in words: `4 hours`, `1 day`, `2 days 3 hours`.
#[must_use]
pub fn duration(minutes: u32) -> String {
    let part = |n: u32, unit: &str| (n > 0).then(|| format!("{n} {unit}{}", if n == 1 { "" } else { "s" }));
    let parts = [part(minutes / 1440, "day"), part(minutes / 60 % 24, "hour"), part(minutes % 60, "minute")];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}
