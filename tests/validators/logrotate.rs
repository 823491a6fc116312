//! The log's rotation.

use std::path::Path;

use crate::host::{at, install};
use crate::rendered::every_environment;
use crate::tool::{Verdict, ask, read, require};

const TARGET: &str = "/etc/logrotate.d/tracker-backup";
const LOG: &str = "/var/log/tracker-backup.log";

pub fn check(tree: &Path) -> Verdict {
    let host = install(tree);
    let file = at(host.path(), TARGET);
    let state = host.path().join("state");
    let said = ask("logrotate", ["-d".as_ref(), "-s".as_ref(), state.as_os_str(), file.as_os_str()]);
    said.accepted()?;
    // logrotate exits with 0 after an unknown option, an ignored file and a brace that is never closed.
    let everything = said.everything();
    require(!everything.lines().any(|line| line.starts_with("error:") || line.starts_with("Ignoring")), &*everything)?;
    require(everything.contains(&format!("rotating pattern: {LOG} ")), format!("{LOG} is not rotated:\n{everything}"))?;
    let text = read(&file);
    require(text.matches('{').count() == text.matches('}').count(), "a brace is not closed")
}

#[test]
fn logrotate_accepts_the_rotation() {
    every_environment(&["host", "ansible/inventory.yml"], check);
}
