//! The configuration archive: what a bare host needs besides the database.

use super::Layout;
use crate::{
    input::{
        Environment,
        backup::{ArchivePath, Backup, Scheduler},
    },
    value::{Code, Host, Issue, Place, Pointer},
};
use serde::Serialize;

/// A path of the archive, and whether a run without it has failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ArchivedPath {
    pub path: Place<Host>,
    /// `required` or `optional`, as the host script reads it.
    pub need: &'static str,
    /// Where the operator asked for it; absent for the stack's own.
    #[serde(skip)]
    pub asked_at: Option<Pointer>,
}

/// What the deployer puts below the deploy directory, for every stack.
const ALWAYS: [&str; 4] = [".env", "docker-compose.yml", "docker-compose.override.yml", "storage/tracker/etc"];
/// The parts of the backup system itself.
const OWN: [&str; 3] =
    ["/etc/tracker-backup", "/etc/logrotate.d/tracker-backup", "/usr/local/bin/maintenance-backup.sh"];

/// Under another scheduler it may be in an older archive still, and what is not listed is not restored.
const OWN_CRON: &str = "/etc/cron.d/tracker-backup";

/// The archive's paths: the stack's own by what the environment enables, then the operator's.
pub fn paths(environment: &Environment, backup: &Backup, layout: &Layout) -> Result<Vec<ArchivedPath>, Vec<Issue>> {
    let mut stack = ALWAYS.to_vec();
    if environment.prometheus.is_some() {
        stack.push("storage/prometheus/etc");
    }
    if environment.grafana.is_some() {
        stack.push("storage/grafana/provisioning");
    }
    if has_caddy(environment) {
        stack.extend(["storage/caddy/etc", "storage/caddy/data", "storage/caddy/config"]);
    }
    let deploy_dir = &layout.deploy_dir;
    let cron = if backup.scheduler == Scheduler::Cron { "required" } else { "optional" };
    let required = stack.iter().chain(&OWN).map(|path| (path, "required"));
    let mut paths: Vec<ArchivedPath> = required
        .chain([(&OWN_CRON, cron)])
        .filter_map(|(path, need)| Some(ArchivedPath { path: deploy_dir.resolve(path).ok()?, need, asked_at: None }))
        .collect();
    let mut issues = Vec::new();
    for (index, item) in backup.paths.iter().enumerate() {
        let (given, optional, at) = match item {
            ArchivePath::Required(path) => (path, false, Pointer::from_encoded(format!("/backup/paths/{index}"))),
            ArchivePath::Marked { path, optional } => {
                (path, *optional, Pointer::from_encoded(format!("/backup/paths/{index}/path")))
            }
        };
        match deploy_dir.resolve(given) {
            Ok(path) if paths.iter().any(|listed| listed.path == path) => {}
            Ok(path) => {
                let need = if optional { "optional" } else { "required" };
                paths.push(ArchivedPath { path, need, asked_at: Some(at) });
            }
            Err(why) => issues.push(
                Issue::new(Code::BadFormat, at, format!("`{given}` cannot be archived: {why}"))
                    .help("write letters, digits and `._@+-/` only, without `..`, `//` or a slash at the end"),
            ),
        }
    }
    if issues.is_empty() { Ok(paths) } else { Err(issues) }
}

/// The deployer renders Caddy when there is an `https` section and somebody behind it.
fn has_caddy(environment: &Environment) -> bool {
    let tracker = &environment.tracker;
    let tls = |flag: Option<bool>| flag == Some(true);
    environment.https.is_some()
        && (tls(tracker.http_api.use_tls_proxy)
            || tracker.http_trackers.iter().any(|service| tls(service.use_tls_proxy))
            || environment.grafana.as_ref().is_some_and(|grafana| tls(grafana.use_tls_proxy)))
}
