//! How a consistent copy is taken: the part that is known here. What only the host can know (a SQLite file's journal
//! mode, whether its file system clones, how fast it copies) is decided there, from the same table.

use super::{
    DatabasePlan, Decision,
    driver::{Engine, TRACKER},
};
use crate::input::backup::{Backup, JournalMode, Strategy};

pub fn decisions(backup: &Backup, databases: &[DatabasePlan]) -> Vec<Decision> {
    let mut decisions: Vec<Decision> = databases.iter().flat_map(|database| of(backup, database)).collect();
    let has_file = databases.iter().any(|database| database.engine == Engine::Sqlite3);
    let never = matches!(backup.strategy, Strategy::Online | Strategy::LockedCopy)
        || (backup.strategy == Strategy::Auto && backup.sqlite_journal_mode == JournalMode::Wal);
    let stops = has_file && !never;
    let downtime = if !stops || backup.max_downtime_seconds == 0 {
        Decision::new(
            "downtime",
            "the tracker is never stopped",
            match (stops, has_file) {
                (true, _) => "`max_downtime_seconds` is 0",
                (false, true) if backup.strategy == Strategy::LockedCopy => {
                    "writes wait for a locked copy; readers go on"
                }
                (false, true) => "a SQLite file in WAL mode is copied while it is written to",
                (false, false) => "a server gives a consistent dump while it is in use",
            },
        )
    } else {
        Decision::new(
            "downtime",
            format!("at most {} seconds", backup.max_downtime_seconds),
            "a copy that is predicted to take longer is refused before anything is touched; inside a window there is nothing but the copy",
        )
    };
    decisions.push(downtime);
    decisions
}

fn of(backup: &Backup, database: &DatabasePlan) -> Vec<Decision> {
    let (is, because) = match (database.engine, backup.strategy) {
        (Engine::Sqlite3, Strategy::Auto) => return table(backup, database),
        (Engine::Sqlite3, Strategy::MaintenanceWindow) => {
            ("stop the tracker, copy, start it; verify and compress after that", "`strategy` is `maintenance-window`")
        }
        (Engine::Sqlite3, strategy) => {
            (strategy.word(), "`strategy` insists; a run that cannot keep it fails before anything is touched")
        }
        (Engine::Mysql, _) => (
            "online: a dump in one transaction",
            "`--single-transaction` gives one consistent state while the tracker goes on",
        ),
        (Engine::Postgresql, _) => {
            ("online: `pg_dump` in one snapshot", "a snapshot gives one consistent state while the tracker goes on")
        }
    };
    vec![Decision::new("strategy", format!("{}: {is}", database.name), because)]
}

/// The rows of the table from which `auto` takes the first that holds on the host, as `drivers/sqlite3.sh` does.
fn table(backup: &Backup, database: &DatabasePlan) -> Vec<Decision> {
    let mut rows = vec![(
        "if it is in WAL mode, online: one read transaction over the whole copy".to_owned(),
        "nobody waits, whatever the size. The shell's bare `.backup` is never used on a live file: it starts again at every write and may never end".to_owned(),
    )];
    if backup.sqlite_journal_mode == JournalMode::Wal {
        rows.push((
            "if it is in rollback mode, it is switched to WAL, once, by the first backup, while the tracker runs; then online".to_owned(),
            "`sqlite_journal_mode` allows it: then a backup of any size needs no stop, and the tracker's own reads get faster; the mode is kept in the file".to_owned(),
        ));
    } else {
        rows.extend(in_rollback_mode(backup, database.name == TRACKER));
    }
    let row = |(index, (is, because)): (usize, (String, String))| Decision {
        topic: "strategy",
        is: format!("{}, {}: {is}", database.name, index + 1),
        because,
    };
    rows.into_iter().enumerate().map(row).collect()
}

fn in_rollback_mode(backup: &Backup, of_tracker: bool) -> Vec<(String, String)> {
    let wait = backup.max_write_wait_seconds;
    let limit = if of_tracker { backup.max_downtime_seconds } else { 0 };
    let mut rows = Vec::new();
    if wait > 0 {
        rows.push((
            "else a locked copy that shares its blocks, where the file system can (XFS, btrfs)".to_owned(),
            "writes wait about 0.01 s, whatever the size; readers, and so announces, go on".to_owned(),
        ));
        rows.push((
            format!("else a locked copy, if size / copy rate is at most {wait} s ({} at {RATE} MB/s)", size(wait)),
            "writes wait so long, and the tracker gives one up after 5 s (`max_write_wait_seconds`); readers go on. The rate is measured on the host".to_owned(),
        ));
    }
    if limit > 0 {
        rows.push((
            format!("else a pause of size / copy rate, at most {limit} s ({} at {RATE} MB/s)", size(limit)),
            "nothing is lost and the swarm in memory survives; where pausing fails the tracker is stopped and started (`max_downtime_seconds`)".to_owned(),
        ));
    }
    rows.push((
        "else nothing: the run fails before anything is touched".to_owned(),
        "no other way gives a sound copy of a file that is written to".to_owned(),
    ));
    rows
}

/// For the examples: a common virtual disk, in MB/s.
const RATE: u32 = 250;

/// What is copied in that many seconds at [`RATE`], for a person.
fn size(seconds: u32) -> String {
    let megabytes = u64::from(seconds) * u64::from(RATE);
    if megabytes < 10_000 { format!("{megabytes} MB") } else { format!("{} GB", megabytes / 1000) }
}
