//! Several environments in one directory: one Ansible project, and a directory for what differs between hosts.

use crate::{
    fixtures::{files, root},
    hygiene::{below, compiled},
    snapshots::{pin, without_digests},
};
use assert_cmd::Command;
use std::{
    fs,
    path::{Path, PathBuf},
};
use tempfile::TempDir;

struct Fleet {
    _directory: TempDir,
    root: PathBuf,
}

impl Fleet {
    fn new() -> Self {
        let directory = TempDir::new().expect("a directory");
        let root = directory.path().join("fleet");
        Self { _directory: directory, root }
    }

    /// Both streams of a render.
    fn render(&self, arguments: &[&str], environments: &[PathBuf], code: i32) -> String {
        let mut command = Command::cargo_bin("trackgen").expect("the program");
        let run =
            command.arg("render").args(arguments).args(environments).arg("--out").arg(&self.root).assert().code(code);
        let output = run.get_output();
        String::from_utf8_lossy(&[output.stdout.clone(), output.stderr.clone()].concat()).into_owned()
    }

    /// Where a file of one host is, as the role and recover.sh look for it.
    fn of_host(&self, name: &str, path: &str) -> PathBuf {
        let own = self.root.join("hosts").join(name).join(path);
        if own.exists() { own } else { self.root.join(path) }
    }
}

fn samples() -> Vec<PathBuf> {
    files(&root().join("envs"))
}

#[test]
fn every_host_installs_the_bytes_that_it_installs_alone() {
    let fleet = Fleet::new();
    fleet.render(&[], &samples(), 0);
    for path in samples() {
        let compiled = compiled(&path);
        for file in compiled.plan.iter().flat_map(|plan| &plan.files) {
            let alone = compiled.artifacts.get(file.source).expect("what is installed is rendered");
            let found = fs::read(fleet.of_host(&compiled.name, file.source)).expect("it is in the fleet");
            assert_eq!(found, alone.body.as_bytes(), "{}: {}", compiled.name, file.source);
        }
    }
}

#[test]
fn a_fleet_that_was_rendered_is_as_rendered_until_a_host_leaves_it() {
    let fleet = Fleet::new();
    let all = samples();
    fleet.render(&[], &all, 0);
    fleet.render(&["--check"], &all, 0);
    let (gone, others) = all.split_first().expect("an environment");
    let name = compiled(gone).name;
    fs::write(fleet.root.join("hosts").join(&name).join("notes"), "mine").expect("written");
    let drift = fleet.render(&["--check"], others, 3);
    assert!(drift.contains("inventory.yml") && drift.contains("cloud-init/user-data.yml"), "{drift}");
    let said = fleet.render(&[], others, 0);
    assert!(said.contains("hosts go on until uninstall.yml is run for them"), "{said}");
    assert_eq!(files(&fleet.root.join("hosts").join(&name)), [fleet.root.join("hosts").join(&name).join("notes")]);
    fleet.render(&["--check"], others, 0);
}

#[test]
fn an_environment_that_cannot_be_rendered_takes_no_host_out_of_the_inventory() {
    let fleet = Fleet::new();
    let all = samples();
    fleet.render(&[], &all, 0);
    let inventory = || fs::read_to_string(fleet.root.join("ansible/inventory.yml")).expect("an inventory");
    let before = inventory();
    let mut broken = all.clone();
    broken[0] = root().join("tests/invalid/schedule-never--february.json");
    fleet.render(&[], &broken, 1);
    assert_eq!(inventory(), before);
}

#[test]
fn the_order_of_the_environments_makes_no_difference() {
    let (one, other) = (Fleet::new(), Fleet::new());
    one.render(&[], &samples(), 0);
    other.render(&[], &samples().into_iter().rev().collect::<Vec<_>>(), 0);
    let relative = |root: &Path| -> Vec<(PathBuf, Vec<u8>)> {
        let mut all: Vec<_> = below(root)
            .into_iter()
            .map(|path| (path.strip_prefix(root).expect("below").to_owned(), fs::read(&path).expect("read")))
            .collect();
        all.sort();
        all
    };
    assert!(relative(&one.root) == relative(&other.root));
}

/// Environments like the smallest sample, by name, with these keys in their `backup` section.
fn like_minimal(fleet: &Fleet, names: &[&str], backup: &serde_json::Value) -> Vec<PathBuf> {
    let text = fs::read_to_string(root().join("envs/minimal.json")).expect("the sample");
    let mut environment: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    environment["backup"] = backup.clone();
    let directory = fleet.root.parent().expect("a directory");
    let write = |name: &&str| {
        environment["environment"]["name"] = (*name).into();
        let path = directory.join(format!("{name}.json"));
        fs::write(&path, serde_json::to_string_pretty(&environment).expect("JSON")).expect("written");
        path
    };
    names.iter().map(write).collect()
}

#[test]
fn hosts_of_one_machine_that_begin_together_are_told_how_to_spread() {
    let fleet = Fleet::new();
    let said = fleet.render(&[], &like_minimal(&fleet, &["one", "two", "three"], &serde_json::json!({})), 0);
    assert_eq!(said.matches("warning[schedule-neighbour]: 2 other hosts of this LXD machine").count(), 3, "{said}");
    let spread = serde_json::json!({"spread_minutes": 120});
    let said = fleet.render(&[], &like_minimal(&fleet, &["one", "two", "three"], &spread), 0);
    assert!(!said.contains("schedule-neighbour"), "{said}");
    // The name decides, for ever: these are pinned.
    let schedule = |name: &str| {
        let line = fs::read_to_string(fleet.of_host(name, "host/backup.conf")).expect("settings");
        line.lines().find(|line| line.starts_with("SCHEDULE=")).expect("a schedule").to_owned()
    };
    let schedules = ["SCHEDULE='12 3 * * *'", "SCHEDULE='19 3 * * *'", "SCHEDULE='50 4 * * *'"];
    assert_eq!(["one", "two", "three"].map(schedule), schedules);
}

#[test]
fn the_project_reads_as_it_did() {
    let fleet = Fleet::new();
    fleet.render(&[], &samples(), 0);
    for path in ["README.md", "ansible/inventory.yml", "MANIFEST", "hosts/mysql/README.md", "hosts/mysql/MANIFEST"] {
        let text = fs::read_to_string(fleet.root.join(path)).expect("it is there");
        pin("fleet", path, &without_digests(&compiled(&root().join("envs/prod.json")), &text));
    }
}
