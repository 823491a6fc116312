//! How a consistent copy is taken: the part that is known here. What only the host can know (a SQLite file's journal
//! mode, whether its file system clones, how fast it copies) is decided there, from the same table.

use super::{DatabasePlan, Decision, driver::Engine};
use crate::input::backup::{Backup, JournalMode, Strategy};

pub fn decisions(backup: &Backup, databases: &[DatabasePlan]) -> Vec<Decision> {
    let mut decisions: Vec<Decision> = databases.iter().map(|database| of(backup, database)).collect();
    let stops = backup.strategy == Strategy::MaintenanceWindow
        || databases.iter().any(|database| database.engine == Engine::Sqlite3);
    let downtime = if !stops || backup.max_downtime_seconds == 0 {
        Decision::new(
            "downtime",
            "the tracker is never stopped",
            if stops { "`max_downtime_seconds` is 0" } else { "a server gives a consistent dump while it is in use" },
        )
    } else {
        Decision::new(
            "downtime",
            format!("at most {} seconds", backup.max_downtime_seconds),
            "a copy that is predicted to take longer is refused before anything is touched; inside a window there is nothing but the copy",
        )
    };
    decisions.push(downtime);
    if backup.sqlite_journal_mode == JournalMode::Wal {
        decisions.push(Decision::new(
            "journal mode",
            "SQLite files are switched to WAL once, by the first backup, while the tracker runs",
            "in WAL mode a backup of any size needs no stop and blocks no writer, and the tracker's own reads get faster; the mode is kept in the file",
        ));
    }
    decisions
}

fn of(backup: &Backup, database: &DatabasePlan) -> Decision {
    let (is, because) = match (database.engine, backup.strategy) {
        (_, Strategy::MaintenanceWindow) => (
            "stop the tracker, copy, start it; verify and compress after that".to_owned(),
            "`strategy` is `maintenance-window`",
        ),
        (Engine::Sqlite3, Strategy::Auto) => (
            format!(
                "the first that holds on the host: online in WAL mode; a locked copy where writers wait at most {} s; else a pause",
                backup.max_write_wait_seconds
            ),
            "only the host knows the file's journal mode and how fast it copies. The shell's bare `.backup` is never used on a live file: it starts again at every write and may never end",
        ),
        (Engine::Sqlite3, strategy) => (
            strategy.word().to_owned(),
            "`strategy` insists; a run that cannot keep it fails before anything is touched",
        ),
        (Engine::Mysql, _) => (
            "online: a dump in one transaction".to_owned(),
            "`--single-transaction` gives one consistent state while the tracker goes on",
        ),
        (Engine::Postgresql, _) => (
            "online: `pg_dump` in one snapshot".to_owned(),
            "a snapshot gives one consistent state while the tracker goes on",
        ),
    };
    Decision { topic: "strategy", is: format!("{}: {is}", database.name), because: because.to_owned() }
}
