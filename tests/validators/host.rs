//! The host as it stands after an installation: the rendered files at their places, in a directory of the test's own.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde_yaml::Value;
use tempfile::TempDir;

use crate::rendered::yaml;

/// One environment's variables in the inventory, which is what the installation reads.
pub struct Inventory(Value);

impl Inventory {
    pub fn of(tree: &Path) -> Self {
        let inventory = yaml(&tree.join("ansible/inventory.yml"));
        let hosts = inventory["all"]["children"]["trackers"]["hosts"].as_mapping().expect("the group trackers");
        let (_, variables) = hosts.iter().next().expect("one host");
        let mut variables = variables.as_mapping().expect("its variables").clone();
        variables.extend(inventory["all"]["children"]["installs_1"]["vars"].as_mapping().expect("its files").clone());
        Self(Value::Mapping(variables))
    }

    /// A variable, without its prefix `tracker_backup_`.
    pub fn text(&self, name: &str) -> &str {
        self.0[format!("tracker_backup_{name}").as_str()].as_str().unwrap_or_else(|| panic!("tracker_backup_{name}"))
    }

    pub fn flag(&self, name: &str) -> bool {
        self.0[format!("tracker_backup_{name}").as_str()].as_bool().unwrap_or_else(|| panic!("tracker_backup_{name}"))
    }

    /// The engine of the tracker's own database.
    pub fn engine(&self) -> &str {
        let databases = self.0["tracker_backup_databases"].as_sequence().expect("tracker_backup_databases");
        let tracker = databases.iter().find(|database| database["name"] == "tracker").expect("the tracker's database");
        tracker["engine"].as_str().expect("its engine")
    }

    fn files(&self) -> impl Iterator<Item = (&str, &str, u32)> {
        let files = self.0["tracker_backup_files"].as_sequence().expect("tracker_backup_files");
        files.iter().map(|file| {
            let field = |name: &str| file[name].as_str().unwrap_or_else(|| panic!("a file's {name}"));
            (field("source"), field("target"), u32::from_str_radix(field("mode"), 8).expect("an octal mode"))
        })
    }
}

/// Puts every file where the inventory says, with its mode.
pub fn install(tree: &Path) -> TempDir {
    let root = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory");
    for (source, target, mode) in Inventory::of(tree).files() {
        let place = at(root.path(), target);
        fs::create_dir_all(place.parent().expect("a parent")).expect("its directory");
        fs::copy(tree.join(source), &place).unwrap_or_else(|error| panic!("{source}: {error}"));
        fs::set_permissions(&place, Permissions::from_mode(mode)).expect("its mode");
    }
    root
}

/// Where an absolute path of the host is below `root`.
pub fn at(root: &Path, path: &str) -> PathBuf {
    root.join(path.trim_start_matches('/'))
}

pub fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).permissions().mode() & 0o7777
}
