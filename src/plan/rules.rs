//! Is what the `backup` section asks for sensible, as a whole?

use super::{
    Image, Layout,
    archive::{self, ArchivedPath},
    clients, cluster, drill,
    driver::{self, Common, DatabasePlan, Engine},
    duplicates, overlap,
    spread::spread,
};
use crate::{
    input::{
        Environment,
        backup::{Algorithm, Backup, JournalMode, Scheduler, Strategy},
    },
    value::{Code, Issue, PlaceError, Pointer, Schedule, image_reference, schedule::ScheduleError, timezone},
};

/// The section, understood.
pub struct Request {
    pub schedule: Schedule,
    pub drill: Option<Schedule>,
    pub layout: Layout,
    pub databases: Vec<DatabasePlan>,
    pub archive: Vec<ArchivedPath>,
    pub image: Image,
}

/// Understands the section; nothing when any of it is an error.
pub fn understand(environment: &Environment, backup: &Backup) -> (Option<Request>, Vec<Issue>) {
    let mut issues = Vec::new();
    let schedule: Option<Schedule> =
        backup.schedule.parse().map_err(|error| issues.push(schedule_issue(at("schedule"), error))).ok();
    let drill = schedule
        .as_ref()
        .filter(|_| backup.scheduler != Scheduler::Kubernetes)
        .and_then(|backups| drill::schedule(&backup.verify.drill, backups));
    let drill = drill
        .transpose()
        .map_err(|error| issues.push(schedule_issue(at("verify").child("drill"), error)))
        .ok()
        .flatten();
    let (name, limit) = (&environment.environment.name, backup.spread_minutes);
    let schedule =
        schedule.and_then(|schedule| spread(schedule, name, limit).map_err(|issue| issues.push(*issue)).ok());
    // One that cannot be moved stays where the operator has put it.
    let drill = drill.map(|drill| spread(drill.clone(), name, limit).unwrap_or(drill));
    issues.extend(timezone(backup));
    issues.extend(compression(backup));
    issues.extend(image(backup));
    issues.extend(clients::check(environment, backup));
    issues.extend(duplicates::names(backup));
    let layout = Layout::new(backup).map_err(|(key, why)| issues.push(bad_path(&at(key), why))).ok();
    let Some(layout) = layout else {
        return (None, issues);
    };
    let databases = databases(environment, backup, &layout).map_err(|found| issues.extend(found)).ok();
    let archive = archive::paths(environment, backup, &layout).map_err(|found| issues.extend(found)).ok();
    if let (Some(databases), Some(archive)) = (&databases, &archive) {
        issues.extend(strategy(backup, databases));
        issues.extend(duplicates::databases(databases));
        issues.extend(cluster::check(backup, databases));
        issues.extend(drill::unknown_databases(&backup.verify.queries, databases));
        issues.extend(overlap::check(backup, &layout, databases, archive));
    }
    let request = match (schedule, databases, archive) {
        (Some(schedule), Some(databases), Some(archive)) if !issues.iter().any(Issue::is_error) => {
            Some(Request { schedule, drill, layout, databases, archive, image: Image::new(backup.image.as_deref()) })
        }
        _ => None,
    };
    (request, issues)
}

/// A key of the section.
pub fn at(key: &str) -> Pointer {
    Pointer::from_encoded("/backup").child(key)
}

fn schedule_issue(at: Pointer, error: ScheduleError) -> Issue {
    Issue::new(error.code, at, error.message).within(error.bytes).help(error.help)
}

fn bad_path(at: &Pointer, why: PlaceError) -> Issue {
    Issue::new(Code::BadFormat, at.clone(), format!("this is no path that is safe everywhere: {why}"))
        .help("write letters, digits and `._@+-/` only, without `..`, `//` or a slash at the end")
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
    }
    if issues.is_empty() { Ok(plans) } else { Err(issues) }
}

/// SQLite's ways do not fit a server.
fn strategy(backup: &Backup, databases: &[DatabasePlan]) -> Vec<Issue> {
    let has_file = databases.iter().any(|database| database.engine == Engine::Sqlite3);
    let mut issues = Vec::new();
    if !has_file && matches!(backup.strategy, Strategy::LockedCopy | Strategy::Pause | Strategy::MaintenanceWindow) {
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

/// Debian's cron knows the host's time zone only.
fn timezone(backup: &Backup) -> Option<Issue> {
    let name = backup.timezone.as_deref()?;
    let issue = |code, message: String| Issue::new(code, at("timezone"), message);
    if backup.scheduler == Scheduler::Cron {
        let message = "cron starts everything in the host's own time zone".to_owned();
        return Some(
            issue(Code::TimezoneScheduler, message)
                .help("set `scheduler` to `systemd`, or remove the key and set the time zone of the host"),
        );
    }
    (!timezone::is_known(name)).then(|| {
        let help = match timezone::nearest(name) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "write a name of the IANA database, such as `Europe/Berlin` or `UTC`".to_owned(),
        };
        issue(Code::TimezoneUnknown, format!("there is no time zone named `{name}`")).help(help)
    })
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
    (!image_reference::is_valid(reference)).then(|| {
        issue().help("write `registry/name:tag` or, better, `registry/name@sha256:…`, all but the tag in lower case")
    })
}
