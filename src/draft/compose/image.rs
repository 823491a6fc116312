//! References of images: what runs there, and in which version.

use super::service::Service;

/// The last part of the repository: `mysql` of `docker.io/library/mysql:8.4`.
pub fn name(reference: &str) -> &str {
    let (repository, _) = split(reference);
    repository.rsplit('/').next().unwrap_or(repository)
}

/// The leading numbers of the tag: `8.4.3` of `mysql:8.4.3-oracle`.
pub fn version(reference: &str) -> Option<String> {
    let tag = split(reference).1?;
    let end = tag.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(tag.len());
    let version = &tag[..end];
    let is_version = version.split('.').all(|part| (1..=4).contains(&part.len())) && version.split('.').count() <= 4;
    (is_version && tag[end..].chars().next().is_none_or(|c| "-_+".contains(c))).then(|| version.to_owned())
}

fn split(reference: &str) -> (&str, Option<&str>) {
    let reference = reference.split('@').next().unwrap_or(reference);
    let slash = reference.rfind('/').map_or(0, |slash| slash + 1);
    match reference[slash..].find(':') {
        Some(colon) => (&reference[..slash + colon], Some(&reference[slash + colon + 1..])),
        None => (reference, None),
    }
}

/// The driver of a database server, by its image.
pub fn driver(service: &Service) -> Option<&'static str> {
    match name(&service.image) {
        "mysql" | "mysql-server" | "mariadb" | "percona" | "percona-server" => Some("mysql"),
        "postgres" | "postgresql" | "postgis" | "pgvector" | "timescaledb" => Some("postgresql"),
        _ => None,
    }
}

/// Whether it is the tracker's image: the published one, or a `tracker` of one's own.
pub fn is_tracker(reference: &str) -> bool {
    ["tracker", "torrust-tracker"].contains(&name(reference))
}
