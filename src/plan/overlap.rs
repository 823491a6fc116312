//! Directories that must not lie in one another.

use super::{DatabasePlan, Layout, archive::ArchivedPath, rules::at};
use crate::{
    input::backup::Backup,
    value::{Code, Host, Issue, Place},
};

/// Directories of the system itself, which must not become private to the backup.
const SYSTEM: [&str; 16] = [
    "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/media", "/mnt", "/opt", "/proc", "/root", "/run", "/srv",
    "/sys", "/usr", "/var",
];

/// The backup directory against everything else, and the archive against live databases.
pub fn check(backup: &Backup, layout: &Layout, databases: &[DatabasePlan], archive: &[ArchivedPath]) -> Vec<Issue> {
    let directory = &layout.directory;
    let key = if backup.directory.is_some() { "directory" } else { "deploy_dir" };
    let refuse = |message: String| {
        Issue::new(Code::DirectoryOverlap, at(key), message)
            .help("backups need a directory of their own, such as `/mnt/backup/torrust`")
    };
    let holds = |outer: &Place<Host>, inner: &Place<Host>| inner.below(outer).is_some();
    let mut issues = Vec::new();
    if SYSTEM.contains(&directory.as_str()) {
        issues.push(refuse(format!("{directory} belongs to the system; the backup directory becomes private (0700)")));
    }
    for volatile in ["/proc", "/sys", "/dev", "/run", "/tmp"] {
        if Place::new(volatile).is_ok_and(|volatile| holds(&volatile, directory)) && directory.as_str() != volatile {
            issues.push(refuse(format!("{volatile} does not survive a reboot")));
        }
    }
    let folders = databases.iter().filter_map(|database| database.file()?.parent());
    let in_use = folders.chain(archive.iter().map(|archived| archived.path.clone())).chain([layout.deploy_dir.clone()]);
    for place in in_use {
        let inside = holds(&place, directory) && place != layout.deploy_dir;
        if holds(directory, &place) || inside || *directory == layout.deploy_dir {
            issues.push(refuse(format!("{directory} overlaps {place}, which the stack uses")));
            break;
        }
    }
    issues.extend(live_files(layout, databases, archive));
    issues
}

/// A live database that is archived as a file is no backup, and looks like one.
fn live_files(layout: &Layout, databases: &[DatabasePlan], archive: &[ArchivedPath]) -> Vec<Issue> {
    let servers =
        ["storage/mysql/data", "storage/postgresql"].iter().filter_map(|data| layout.deploy_dir.join(data).ok());
    let live: Vec<Place<Host>> =
        databases.iter().filter_map(|database| database.file().cloned()).chain(servers).collect();
    archive
        .iter()
        .filter_map(|archived| {
            let file = live.iter().find(|file| file.below(&archived.path).is_some())?;
            let message = format!("{} holds the live database {file}: a copy of it by tar is no backup", archived.path);
            let issue = Issue::new(Code::DirectoryOverlap, archived.asked_at.clone()?, message);
            Some(issue.help("name the directories beside it; the database is backed up on its own"))
        })
        .collect()
}
