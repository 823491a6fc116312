//! SQLite: a file on the host, which the backup container sees through the mount of its directory.

use super::{Driver, Engine, Source};
use crate::{
    plan::Layout,
    value::{Host, Mounts, Place, PlaceError, Tracker},
};

pub const DRIVER: Driver = Driver { engine: Engine::Sqlite3, stem: "sqlite", extension: "db", restore, client: None };

/// The tracker's file. The deployer mounts `storage/tracker/lib` and configures the name inside the tracker's container.
pub fn tracker_file(layout: &Layout, database_name: &str) -> Result<Source, PlaceError> {
    let storage = layout.deploy_dir.join("storage/tracker/lib")?;
    let configured: Place<Tracker> = Place::new("/var/lib/torrust/tracker/database")?.join(database_name)?;
    let mounts = Mounts::<Tracker>::new([(storage, Place::new("/var/lib/torrust/tracker")?)]);
    // The mount holds the configured directory, so the tracker's name always has a place on the host.
    seen(layout, mounts.host(&configured).ok_or(PlaceError::NotAbsolute)?, Some(configured))
}

/// Any SQLite file of the host: below `/data` in the backup container, by its path below the deploy directory.
pub fn file(layout: &Layout, host: Place<Host>) -> Result<Source, PlaceError> {
    seen(layout, host, None)
}

fn seen(layout: &Layout, host: Place<Host>, tracker: Option<Place<Tracker>>) -> Result<Source, PlaceError> {
    let inside = match host.below(&layout.deploy_dir) {
        Some(below) => Place::new("/data")?.join(below)?,
        None => Place::new(format!("/data{host}"))?,
    };
    Ok(Source::File { host, inside, tracker })
}

/// The file is put together beside the live one, checked there, and swapped in while the tracker is stopped. A journal of
/// the old file beside the new one would destroy it. What is put aside has the time in its name: a second try must not overwrite it.
fn restore(source: &Source, _: &Layout) -> String {
    let Source::File { host, .. } = source else {
        return String::new();
    };
    format!(
        "DATABASE={host}\n\
         BEFORE=$DATABASE.before-$(date +%s)\n\
         $READ > \"$DATABASE.restored\"\n\
         [ \"$(sqlite3 \"$DATABASE.restored\" 'PRAGMA integrity_check')\" = ok ]\n\
         chown --reference=\"$DATABASE\" \"$DATABASE.restored\" && chmod --reference=\"$DATABASE\" \"$DATABASE.restored\"\n\
         $STOP\n\
         for part in '' -wal -shm -journal; do [ ! -e \"$DATABASE$part\" ] || mv \"$DATABASE$part\" \"$BEFORE$part\"; done\n\
         mv \"$DATABASE.restored\" \"$DATABASE\"\n\
         $START"
    )
}
