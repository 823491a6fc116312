//! Two databases that would get into each other's way.

use super::{
    DatabasePlan,
    driver::{Engine, TRACKER},
    rules::at,
};
use crate::{
    input::backup::Backup,
    value::{Code, Issue},
};

/// Backups are named after their database.
pub fn names(backup: &Backup) -> Vec<Issue> {
    let taken = |index: usize, name: &str| {
        name == TRACKER || backup.databases[..index].iter().any(|earlier| earlier.name == name)
    };
    let issue = |(index, name): (usize, &str)| {
        let message = format!("there is another database named `{name}`");
        Issue::new(Code::DuplicateName, at("databases").child(index).child("name"), message)
            .help("backups are named after it: give each its own (`tracker` is the tracker's)")
    };
    let names = backup.databases.iter().map(|database| database.name.as_str()).enumerate();
    names.filter(|(index, name)| taken(*index, name)).map(issue).collect()
}

/// One database under two names; `databases` begins with the tracker's.
pub fn databases(databases: &[DatabasePlan]) -> Vec<Issue> {
    let place = |database: &DatabasePlan| (database.file().cloned(), database.dsn_variable().map(str::to_owned));
    let issue = |(index, database): (usize, &DatabasePlan)| {
        let first = databases[..index].iter().find(|earlier| place(earlier) == place(database))?;
        let key = if database.engine == Engine::Sqlite3 { "path" } else { "dsn_variable" };
        let message = format!("this is the database of `{}` once more", first.name);
        let issue = Issue::new(Code::DuplicateDatabase, at("databases").child(index - 1).child(key), message);
        Some(issue.help("remove one of the two: a restore of one would overwrite the other"))
    };
    databases.iter().enumerate().skip(1).filter_map(issue).collect()
}
