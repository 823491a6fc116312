//! Is what the `backup` section asks for sensible, as a whole?

use super::{
    Image, Layout,
    archive::{self, ArchivedPath},
    driver::{self, Common, DatabasePlan, Engine, TRACKER},
};
use crate::{
    input::{
        Environment,
        environment::{Algorithm, Backup, JournalMode, Strategy},
    },
    value::{Code, Host, Issue, Place, PlaceError, Pointer, Schedule, schedule::ScheduleError},
};

/// The section, understood.
pub struct Request {
    pub schedule: Schedule,
    pub layout: Layout,
    pub databases: Vec<DatabasePlan>,
    pub archive: Vec<ArchivedPath>,
    pub image: Image,
}

/// Understands the section; nothing when any of it is an error.
pub fn understand(environment: &Environment, backup: &Backup) -> (Option<Request>, Vec<Issue>) {
    let mut issues = Vec::new();
    let schedule = backup.schedule.parse().map_err(|error| issues.push(schedule_issue(error))).ok();
    issues.extend(compression(backup));
    issues.extend(image(backup));
    let layout = Layout::new(backup).map_err(|(key, why)| issues.push(bad_path(&at(key), why))).ok();
    let Some(layout) = layout else {
        return (None, issues);
    };
    let databases = databases(environment, backup, &layout).map_err(|found| issues.extend(found)).ok();
    let archive = archive::paths(environment, backup, &layout).map_err(|found| issues.extend(found)).ok();
    if let (Some(databases), Some(archive)) = (&databases, &archive) {
        issues.extend(strategy(backup, databases));
        issues.extend(overlaps(backup, &layout, databases, archive));
    }
    let request = match (schedule, databases, archive) {
        (Some(schedule), Some(databases), Some(archive)) if issues.is_empty() => {
            Some(Request { schedule, layout, databases, archive, image: Image::new(backup.image.as_deref()) })
        }
        _ => None,
    };
    (request, issues)
}

fn at(key: &str) -> Pointer {
    Pointer::from_encoded("/backup").child(key)
}

fn schedule_issue(error: ScheduleError) -> Issue {
    Issue::new(error.code, at("schedule"), error.message).within(error.bytes).help(error.help)
}

fn bad_path(at: &Pointer, why: PlaceError) -> Issue {
    Issue::new(Code::BadFormat, at.clone(), format!("this is no path that is safe everywhere: {why}"))
}

fn databases(environment: &Environment, backup: &Backup, layout: &Layout) -> Result<Vec<DatabasePlan>, Vec<Issue>> {
    let mut issues = Vec::new();
    let mut plans: Vec<DatabasePlan> = Vec::new();
    let common = Common { layout, compression: &backup.compression };
    match driver::tracker(&environment.tracker.core.database, common) {
        Ok(plan) => plans.push(plan),
        Err(why) => issues.push(bad_path(&Pointer::from_encoded("/tracker/core/database/database_name"), why)),
    }
    for (index, database) in backup.databases.iter().enumerate() {
        let at = at("databases").child(index);
        match driver::another(database, common) {
            Ok(plan) => plans.push(plan),
            Err(why) => issues.push(bad_path(&at.child("path"), why)),
        }
        let taken = backup.databases[..index].iter().any(|earlier| earlier.name == database.name);
        if taken || database.name == TRACKER {
            let issue = Issue::new(
                Code::DuplicateName,
                at.child("name"),
                format!("there is another database named `{}`", database.name),
            );
            issues.push(issue.help("backups are named after it: give each its own (`tracker` is the tracker's)"));
        }
    }
    if issues.is_empty() { Ok(plans) } else { Err(issues) }
}

/// SQLite's ways do not fit a server.
fn strategy(backup: &Backup, databases: &[DatabasePlan]) -> Vec<Issue> {
    let has_file = databases.iter().any(|database| database.engine == Engine::Sqlite3);
    let mut issues = Vec::new();
    if !has_file && matches!(backup.strategy, Strategy::LockedCopy | Strategy::Pause) {
        let message = format!("`{}` is a way to copy a SQLite file, and there is none", backup.strategy.word());
        issues.push(
            Issue::new(Code::StrategyEngine, at("strategy"), message)
                .help("a server is always dumped online: leave it at `auto`"),
        );
    }
    if !has_file && backup.sqlite_journal_mode == JournalMode::Wal {
        let issue =
            Issue::new(Code::StrategyEngine, at("sqlite_journal_mode"), "there is no SQLite file to switch to WAL");
        issues.push(issue.help("remove the key"));
    }
    issues
}

fn compression(backup: &Backup) -> Option<Issue> {
    let level = backup.compression.level?;
    let (algorithm, highest) = match backup.compression.algorithm {
        Algorithm::Gzip => ("gzip", 9),
        Algorithm::Zstd => ("zstd", 19),
        Algorithm::None => ("none", 0),
    };
    let message = match highest {
        0 => "`none` has no level".to_owned(),
        _ => format!("`{algorithm}` has the levels 1 to {highest}"),
    };
    let at = at("compression").child("level");
    (level > highest)
        .then(|| Issue::new(Code::CompressionLevel, at, message).help("leave the level out for a good default"))
}

fn image(backup: &Backup) -> Option<Issue> {
    let reference = backup.image.as_deref()?;
    let issue = || Issue::new(Code::ImageReference, at("image"), "this is no reference of an image");
    (!is_image_reference(reference)).then(|| {
        issue().help("write `registry/name:tag` or, better, `registry/name@sha256:…`, all but the tag in lower case")
    })
}

/// `[host[:port]/]path[:tag][@sha256:digest]`, after the grammar of the OCI distribution's references.
fn is_image_reference(reference: &str) -> bool {
    let (rest, digest) = match reference.split_once('@') {
        Some((rest, digest)) => (rest, Some(digest)),
        None => (reference, None),
    };
    let is_digest = |digest: &str| {
        digest
            .strip_prefix("sha256:")
            .is_some_and(|hex| hex.len() == 64 && hex.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
    };
    let slash = rest.rfind('/').map_or(0, |slash| slash + 1);
    let (name, tag) = match rest[slash..].find(':') {
        Some(colon) => (&rest[..slash + colon], Some(&rest[slash + colon + 1..])),
        None => (rest, None),
    };
    let is_word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    let is_tag = |tag: &str| {
        (1..=128).contains(&tag.len())
            && is_word(tag.as_bytes()[0])
            && tag.bytes().all(|b| is_word(b) || b == b'.' || b == b'-')
    };
    let is_step = |(index, step): (usize, &str)| {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit();
        let port = index == 0 && name.contains('/');
        let ends = step.bytes().next().is_some_and(plain) && step.bytes().last().is_some_and(plain);
        ends && step.bytes().all(|b| plain(b) || matches!(b, b'.' | b'_' | b'-') || (port && b == b':'))
    };
    digest.is_none_or(is_digest) && tag.is_none_or(is_tag) && name.split('/').enumerate().all(is_step)
}

/// Directories of the system itself, which must not become private to the backup.
const SYSTEM: [&str; 16] = [
    "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/media", "/mnt", "/opt", "/proc", "/root", "/run", "/srv",
    "/sys", "/usr", "/var",
];

fn overlaps(backup: &Backup, layout: &Layout, databases: &[DatabasePlan], archive: &[ArchivedPath]) -> Vec<Issue> {
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

/// What is accepted, with a word of caution.
pub fn cautions(backup: &Backup, schedule: &Schedule, layout: &Layout) -> Vec<Issue> {
    let mut issues = Vec::new();
    let cadence = schedule.cadence();
    let given = |code, message: String, help: &str| Issue::new(code, at("schedule"), message).help(help);
    if cadence.shortest_minutes < 15 {
        issues.push(given(
            Code::ScheduleOften,
            format!("a backup every {} minutes may still be running when the next is due", cadence.shortest_minutes),
            "every 15 minutes is the most that is sensible; a run that finds another one ends at once",
        ));
    }
    if cadence.longest_minutes > 7 * 24 * 60 {
        let gap = super::decision::duration(cadence.longest_minutes);
        issues.push(given(
            Code::ScheduleSeldom,
            format!("up to {gap} of changes can be lost"),
            "a backup at least every week is sensible",
        ));
    }
    if backup.enabled && schedule.starts_at(2, 0) {
        issues.push(given(
            Code::ScheduleReboot,
            "the deployer's hosts reboot for security updates at 02:00, in the same minute".to_owned(),
            "choose another time, such as `0 3 * * *`",
        ));
    }
    if layout.same_disk {
        let at = if backup.directory.is_some() { at("directory") } else { Pointer::from_encoded("/backup") };
        let issue =
            Issue::new(Code::SameDisk, at, format!("{} is most likely on the database's own disk", layout.directory));
        issues.push(issue.help("one failure takes both: set `backup.directory` to an absolute path on another volume"));
    }
    issues
}
