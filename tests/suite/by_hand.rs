//! The commands of the runbook that bring a database back without the scripts.

use crate::fixtures::{environments, root};
use crate::hygiene::compiled;
use std::{fs, process::Command, thread, time::Duration};

const TRACKER: [&str; 2] = ["\ndocker compose stop tracker\n", "\ndocker compose start tracker\n"];
const ANOTHER: [&str; 2] = ["\n# stop what uses it\n", "\n# start it again\n"];

#[test]
fn only_the_database_of_the_tracker_stops_the_tracker() {
    let mut others = 0;
    for path in environments() {
        for database in compiled(&path).plan.iter().flat_map(|plan| &plan.databases) {
            let (has, lacks) = if database.name == "tracker" { (TRACKER, ANOTHER) } else { (ANOTHER, TRACKER) };
            others += usize::from(has == ANOTHER);
            let commands = &database.restore;
            assert!(has.iter().all(|line| commands.contains(line)), "{}: {commands}", path.display());
            assert!(!lacks.iter().any(|line| commands.contains(line)), "{}: {commands}", path.display());
        }
    }
    assert!(others > 0, "no environment has another database");
}

#[test]
fn a_second_time_keeps_what_the_first_one_put_aside() {
    let place = tempfile::tempdir().expect("a directory");
    let at = |path: &str| place.path().join(path);
    let plan = compiled(&root().join("envs/index.yml")).plan.expect("it has a backup");
    let database = plan.databases.iter().find(|database| database.name == "index").expect("the second database");
    let commands = database
        .restore
        .replace(plan.layout.deploy_dir.as_str(), &at("deploy").to_string_lossy())
        .replace(plan.layout.directory.as_str(), &at("backups").to_string_lossy());
    let script = format!(
        "set -eu\ncd {}\nmkdir -p deploy/storage/index/lib/database backups/sqlite\n\
         sqlite3 new 'CREATE TABLE t(i)'\ngzip <new >backups/{name}\n(cd backups/sqlite && sha256sum *.gz >\"$(ls).sha256\")\n",
        place.path().display(),
        name = database.files,
    );
    let bash = |script: &str| assert!(Command::new("bash").args(["-c", script]).status().expect("bash").success());
    bash(&script);
    let live = at("deploy/storage/index/lib/database");
    for text in ["first", "second"] {
        fs::write(live.join("sqlite3.db"), text).expect("the live file");
        bash(&commands);
        thread::sleep(Duration::from_millis(1100));
    }
    let mut aside: Vec<String> = fs::read_dir(&live)
        .expect("the directory")
        .filter_map(|entry| fs::read_to_string(entry.expect("an entry").path()).ok())
        .filter(|text| !text.starts_with("SQLite"))
        .collect();
    aside.sort();
    assert_eq!(aside, ["first", "second"]);
}
