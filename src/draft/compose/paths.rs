//! What of the host is mounted besides databases: configuration is archived, other data is a person's to judge.

use super::{
    Found, image,
    service::{Bind, Service},
};

/// The host's own, which no backup of a stack brings back.
const SYSTEM: [&str; 8] = ["/", "/var/run", "/run", "/proc", "/sys", "/dev", "/etc/localtime", "/etc/timezone"];
/// In every archive anyway.
const ALWAYS: [&str; 3] = [".env", "docker-compose.yml", "storage/tracker/etc"];

pub fn take(services: &[Service], tracker: &Service, found: &mut Found) {
    for service in services.iter().filter(|service| image::driver(service).is_none()) {
        if is_backup(service) {
            found.hints.push(of_backup(service));
            continue;
        }
        for bind in &service.binds {
            if is_known(bind, found) {
                continue;
            }
            let (path, name) = (&bind.source, &service.name);
            if is_configuration(service, bind) {
                found.took.push(format!("`{path}` is configuration of `{name}`, and goes into the archive"));
                found.paths.push(path.clone());
            } else if name != &tracker.name {
                found.unknown.push(format!(
                    "`{path}` of `{name}` is not saved: add it to `backup.paths` if a copy of files in use is of any worth"
                ));
            }
        }
        for volume in &service.volumes {
            let name = &service.name;
            found
                .unknown
                .push(format!("the volume `{volume}` of `{name}` is not saved: backups are of the host's own paths"));
        }
    }
}

/// Nothing writes there, or it is where programs look for their configuration; Caddy keeps certificates in `/data`.
fn is_configuration(service: &Service, bind: &Bind) -> bool {
    let is_caddys = image::name(&service.image) == "caddy" && bind.target == "/data";
    bind.read_only || bind.target.starts_with("/etc/") || bind.target == "/config" || is_caddys
}

fn is_known(bind: &Bind, found: &Found) -> bool {
    let path = bind.source.as_str();
    let is_below = |root: &str| path == root || path.strip_prefix(root).is_some_and(|rest| rest.starts_with('/'));
    let is_database = found.databases.iter().filter_map(|database| database.path.as_deref());
    let holds_database = is_database.clone().any(|file| file == path || file.starts_with(&format!("{path}/")));
    SYSTEM.iter().any(|root| is_below(root))
        || ALWAYS.contains(&path)
        || holds_database
        || found.paths.iter().any(|taken| taken == path)
}

fn of_backup(service: &Service) -> String {
    let Service { name, image, .. } = service;
    let then = match (image::name(image), name.as_str()) {
        ("tracker-backup", _) => "is the deployer's own backup; the installation replaces it",
        (_, "backup") => {
            "makes backups as well; rename it to keep it, because the installation replaces a service `backup`"
        }
        _ => "makes backups as well; stop it when trackgen's are proven",
    };
    format!("`{name}` (image `{image}`) {then}")
}

/// The deployer's own backup, or one of the tools whose labels are known.
fn is_backup(service: &Service) -> bool {
    let name = image::name(&service.image);
    [
        "tracker-backup",
        "docker-volume-backup",
        "stack-back",
        "restic-compose-backup",
        "nautical-backup",
        "backup-bot-two",
    ]
    .contains(&name)
}
