//! The units, in a host's tree with all that they name.

use std::fs;
use std::path::Path;

use crate::host::{at, install};
use crate::rendered::{every_environment, files};
use crate::tool::{Verdict, require, run, tool};

/// The machine's own targets; the engine's unit is stood in for, since what it runs is not here.
const TARGETS: &str = "/usr/lib/systemd/system";
const ENGINE: &str = "[Service]\nExecStart=/usr/bin/dockerd\n";

/// What units call besides what is installed.
const PROGRAMS: [&str; 3] = ["dockerd", "systemd-cat", "tail"];

pub fn check(tree: &Path) -> Verdict {
    let host = install(tree);
    let vendor = at(host.path(), TARGETS);
    fs::create_dir_all(&vendor).expect("a directory of units");
    for target in
        files(Path::new(TARGETS)).iter().filter(|path| path.extension().is_some_and(|extension| extension == "target"))
    {
        fs::copy(target, vendor.join(target.file_name().expect("a name"))).expect("a copy");
    }
    fs::write(vendor.join("docker.service"), ENGINE).expect("a unit");
    fs::create_dir_all(at(host.path(), "/usr/bin")).expect("a directory");
    for program in PROGRAMS {
        fs::copy("/bin/true", at(host.path(), "/usr/bin").join(program)).expect("a program");
    }
    let units = files(&at(host.path(), "/etc/systemd/system"));
    require(!units.is_empty(), "no unit is installed")?;
    // An unknown key is a remark and exit code 0.
    run(tool("systemd-analyze")
        .arg("--man=no")
        .arg(format!("--root={}", host.path().display()))
        .arg("verify")
        .args(units))
    .silent()
}

#[test]
fn systemd_accepts_every_unit() {
    every_environment(&["host", "ansible/inventory.yml"], check);
}
