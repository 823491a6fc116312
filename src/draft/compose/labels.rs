//! What other backup tools are told by labels. A label's value can be a command with a password in it: only names are read.

use super::service::Service;

/// The beginnings of their labels, and the tools.
const TOOLS: [(&str, &str); 5] = [
    ("docker-volume-backup.", "offen/docker-volume-backup"),
    ("stack-back.", "stack-back"),
    ("restic-compose-backup.", "restic-compose-backup"),
    ("nautical-backup.", "nautical-backup"),
    ("backupbot.", "backup-bot-two"),
];

/// Labels that stop their container for the time of a backup.
const STOPS: [&str; 3] = [
    "docker-volume-backup.stop-during-backup",
    "docker-volume-backup.stop-during-backup-no-restart",
    "nautical-backup.stop-before-backup",
];

/// Each label of another backup tool, and what it means here.
pub fn hints(service: &Service, is_tracker: bool, is_database: bool) -> Vec<String> {
    let of_tool = |label: &String| {
        let (_, tool) = TOOLS.iter().find(|(prefix, _)| label.starts_with(prefix))?;
        let meaning = meaning(label, is_tracker, is_database);
        Some(format!("label `{label}` of `{}` ({tool}): {meaning}", service.name))
    };
    service.labels.iter().filter_map(of_tool).collect()
}

fn meaning(label: &str, is_tracker: bool, is_database: bool) -> &'static str {
    let stops = STOPS.contains(&label);
    let runs = label.ends_with("-pre") || label.ends_with("-post") || label.ends_with("-hook");
    match (stops, runs) {
        (true, _) if is_tracker => {
            "the tracker may be stopped; trackgen stops it only where nothing gentler is safe, and at most for `max_downtime_seconds`"
        }
        (true, _) if is_database => "the server need not be stopped any more: it is dumped while it runs",
        (true, _) => "trackgen does not stop it, because it saves none of its data as files",
        (_, true) => "its command is not carried over; databases are dumped by trackgen's own drivers",
        _ => "says what the other tool saves; trackgen does not read it",
    }
}
