//! The role, the playbooks and the inventory.

use std::path::Path;
use std::process::Command;

use crate::rendered::every_environment;
use crate::tool::{Verdict, read, run, tool};

/// All but the inventory, which is the only file that has an environment's values; yamllint and `arguments` read that.
const STATIC: [&str; 9] = [
    "ansible/roles",
    "ansible/group_vars",
    "ansible/ansible.cfg",
    "ansible/install.yml",
    "ansible/backup-now.yml",
    "ansible/status.yml",
    "ansible/restore.yml",
    "ansible/drill.yml",
    "ansible/uninstall.yml",
];

const PLAYBOOKS: [&str; 6] =
    ["install.yml", "backup-now.yml", "status.yml", "restore.yml", "drill.yml", "uninstall.yml"];

/// The `production` profile does not look at a module's arguments, `args` does, and only warns: hence `--strict`.
pub fn lint(tree: &Path) -> Verdict {
    let arguments =
        ["--offline", "--strict", "--profile", "production", "--enable-list", "args", "--nocolor", "-q", "."];
    // The tree itself stays as it is: ansible-lint writes a cache where it works.
    let copy = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory");
    run(Command::new("cp").arg("-r").arg(tree.join("ansible")).arg(copy.path())).accepted()?;
    run(tool("ansible-lint").args(arguments).current_dir(copy.path().join("ansible"))).accepted()
}

pub fn syntax(tree: &Path) -> Verdict {
    run(tool("ansible-playbook").arg("--syntax-check").args(PLAYBOOKS).current_dir(tree.join("ansible"))).accepted()
}

/// The inventory's variables against the role's `argument_specs.yml`, judged by Ansible and without a host.
pub fn arguments(tree: &Path) -> Verdict {
    let directory = tree.join("ansible");
    let playbook = tempfile::Builder::new().suffix(".yml").tempfile_in(env!("CARGO_TARGET_TMPDIR")).expect("a file");
    std::fs::write(playbook.path(), ARGUMENTS).expect("the playbook");
    run(tool("ansible-playbook")
        .args(["--connection", "local", "--extra-vars", "tracker_address=192.0.2.1", "--extra-vars"])
        .arg(format!("specs={}", directory.join("roles/tracker_backup/meta/argument_specs.yml").display()))
        .arg(playbook.path())
        .current_dir(directory))
    .accepted()?;
    unknown_variables(tree)
}

/// `validate_argument_spec` lets a misspelt variable pass as one more variable of the host.
fn unknown_variables(tree: &Path) -> Verdict {
    let specs = read(&tree.join("ansible/roles/tracker_backup/meta/argument_specs.yml"));
    let inventory = read(&tree.join("ansible/inventory.yml"));
    let unknown: Vec<&str> = inventory
        .lines()
        .filter_map(|line| line.trim().split_once(':'))
        .map(|(name, _)| name)
        .filter(|name| name.starts_with("tracker_backup_") && !specs.contains(&format!("      {name}:\n")))
        .collect();
    if unknown.is_empty() { Ok(()) } else { Err(format!("not in argument_specs.yml: {}", unknown.join(", "))) }
}

const ARGUMENTS: &str = r#"
- name: Check the inventory
  hosts: trackers
  gather_facts: false
  tasks:
    - name: Hold the variables against the role's specification
      ansible.builtin.validate_argument_spec:
        argument_spec: "{{ (lookup('file', specs) | from_yaml).argument_specs.main.options }}"
"#;

#[test]
fn ansible_lint_has_no_finding() {
    every_environment(&STATIC, lint);
}

#[test]
fn ansible_parses_every_playbook() {
    every_environment(&STATIC, syntax);
}

#[test]
fn the_inventory_gives_the_role_what_it_asks_for() {
    every_environment(&["ansible"], arguments);
}
