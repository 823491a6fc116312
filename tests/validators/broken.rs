//! The test of the tests: a deliberate fault in each format has to be found, and by its name.

use std::fs;
use std::path::Path;
use std::process::Command;

use tempfile::TempDir;

use crate::rendered::sample;
use crate::tool::{ROOT, Verdict, read, tool};
use crate::{ansible, cloud_init, compose, cron, dockerfile, json_schema, kubernetes, logrotate, shell, systemd, yaml};

/// A sample's tree with one file changed.
fn broken(name: &str, path: &str, edit: impl Fn(&str) -> String) -> TempDir {
    let copy = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory");
    let copied = Command::new("cp").arg("-rT").arg(&sample(name).tree).arg(copy.path()).status();
    assert!(copied.expect("cp runs").success());
    let file = copy.path().join(path);
    let before = read(&file);
    let after = edit(&before);
    assert_ne!(before, after, "the fault is not in {path}");
    fs::write(file, after).expect("a fault");
    copy
}

fn red(verdict: Verdict, says: &str) {
    let objection = verdict.expect_err("the fault goes unnoticed");
    assert!(objection.to_lowercase().contains(says), "another objection than {says:?}: {objection}");
}

/// Declares one test for each fault: the check, the file, what is replaced by what, and what the check has to say.
macro_rules! faults {
    (in $sample:expr; $($name:ident: $check:expr, $file:expr, $from:expr => $to:expr, $says:expr;)*) => {
        $(#[test]
        fn $name() {
            let tree = broken($sample, $file, |text| text.replacen($from, $to, 1));
            let check: fn(&Path) -> Verdict = $check;
            red(check(tree.path()), $says);
        })*
    };
}

const TASKS: &str = "ansible/roles/tracker_backup/tasks/main.yml";
const INVENTORY: &str = "ansible/inventory.yml";
const USER_DATA: &str = "cloud-init/user-data.yml";
const CRON: &str = "host/cron.d/tracker-backup";
const LOGROTATE: &str = "host/logrotate.d/tracker-backup";
const OVERRIDE: &str = "host/docker-compose.override.yml";
const DOCKERFILE: &str = "image/Dockerfile";
const UNIT: &str = "host/tracker-backup-recover.service";
const TIMER: &str = "host/systemd/tracker-backup.timer";
const SERVICE: &str = "host/systemd/tracker-backup.service";
const CRON_JOB: &str = "kubernetes/cronjob.yaml";
const SCRIPT: &str = "host/maintenance-backup.sh";
const SETTINGS: &str = "host/backup.conf";

faults! {
    in "kubernetes";
    kubernetes_unknown_key: kubernetes::check, CRON_JOB, "concurrencyPolicy:" => "concurencyPolicy:", "concurency";
    kubernetes_wrong_type: kubernetes::check, CRON_JOB, "suspend: false" => "suspend: \"no\"", "suspend";
    kubernetes_root: kubernetes::check, CRON_JOB, "runAsNonRoot: true" => "runAsNonRoot: false", "root";
    kubernetes_settings_that_are_missing: kubernetes::check, CRON_JOB, "\"databases\": |" => "\"database\": |", "databases is not";
}

faults! {
    in "systemd";
    systemd_unknown_weekday: systemd::check, TIMER, "OnCalendar=Sun" => "OnCalendar=Sunn", "failed to parse calendar";
    systemd_unknown_time_zone: systemd::check, TIMER, "Europe/Berlin" => "Europe/Bonn", "failed to parse calendar";
    systemd_misspelt_sandbox: systemd::check, SERVICE, "PrivateNetwork=" => "PrivatNetwork=", "privatnetwork";
    systemd_second_scheduler: cron::check, INVENTORY,
        "host/systemd/tracker-backup.timer\"\n            target: \"/etc/systemd/system/tracker-backup.timer\"" =>
        "host/systemd/tracker-backup.timer\"\n            target: \"/etc/cron.d/tracker-backup\"", "second scheduler";
}

faults! {
    in "prod";
    ansible_misspelt_module_argument: ansible::lint, TASKS, "    name:" => "    nmae:", "args[module]";
    ansible_module_without_its_collection: ansible::lint, TASKS, "ansible.builtin.apt:" => "apt:", "fqcn";
    ansible_unparsable_playbook: ansible::syntax, "ansible/install.yml", "hosts:" => "hots:", "not a valid attribute";
    ansible_variable_of_the_wrong_type: ansible::arguments, INVENTORY,
        "enabled: true" => "enabled: [often]", "tracker_backup_enabled";
    ansible_misspelt_variable: ansible::arguments, INVENTORY,
        "tracker_backup_enabled" => "tracker_backup_enabeld", "enabeld";
    yaml_tab: yaml::check, INVENTORY, "    trackers:" => "\ttrackers:", "token";
    yaml_duplicate_key: yaml::check, USER_DATA, "runcmd:" => "packages: []\nruncmd:", "key-duplicates";
    cloud_init_unknown_key: cloud_init::check, USER_DATA, "runcmd:" => "run_cmd:", "run_cmd";
    cloud_init_wrong_type: cloud_init::check, USER_DATA, "defer: true" => "defer: 1", "defer";
    cloud_init_deprecated_key: cloud_init::check, USER_DATA, "runcmd:" => "apt_update: true\nruncmd:", "deprecat";
    cron_bad_hour: cron::check, CRON, " 3 * * * root" => " 25 * * * root", "bad hour";
    cron_no_user: cron::check, CRON, " root cd" => " cd", "user column";
    cron_carriage_return: cron::check, CRON, "2>&1\n" => "2>&1\r\n", "carriage return";
    cron_no_final_newline: cron::check, CRON, "tracker-drill >> /var/log/tracker-backup.log 2>&1\n" => "tracker-drill >> /var/log/tracker-backup.log 2>&1", "newline";
    cron_file_that_others_may_write: cron::check, INVENTORY,
        "cron.d/tracker-backup\"\n            mode: \"064" => "cron.d/tracker-backup\"\n            mode: \"066",
        "cron ignores";
    compose_unknown_key: sqlite, OVERRIDE, "read_only:" => "raed_only:", "raed_only";
    compose_mount_of_everything: sqlite, OVERRIDE, "volumes: !override" => "volumes:", "backup mounts";
    compose_network_for_sqlite: sqlite, OVERRIDE, "network_mode: \"none\"" => "network_mode: \"bridge\"", "network";
    compose_unset_variable: sqlite, OVERRIDE, "1000:1000" => "${BACKUP_USER}", "backup_user";
    dockerfile_without_a_tag: dockerfile::check, DOCKERFILE, "FROM ${BASE_IMAGE}" => "FROM debian", "dl3006";
    dockerfile_with_a_base_without_a_tag: dockerfile::check, DOCKERFILE,
        "ARG BASE_IMAGE=debian:" => "ARG BASE_IMAGE=debian-", "without a tag";
    shell_unquoted_variable: shell::shellcheck, SCRIPT, "main \"$@\"" => "main $@", "sc2068";
    shell_unusual_layout: shell::shfmt, SCRIPT, "main() {" => "main()  {", "main()";
    shell_setting_that_runs: shell::settings, SETTINGS,
        "ENVIRONMENT='" => "ENVIRONMENT='$(id)'\nENVIRONMENT=\"", "not a literal";
    systemd_unknown_key: systemd::check, UNIT, "ExecStart=" => "Persistant=yes\nExecStart=", "persistant";
    systemd_missing_program: systemd::check, UNIT, "/usr/local/bin/" => "/usr/local/sbin/", "not executable";
    logrotate_unknown_directive: logrotate::check, LOGROTATE, "missingok" => "missingokay", "unknown option";
    logrotate_open_brace: logrotate::check, LOGROTATE, "}" => "", "brace";
}

fn sqlite(tree: &Path) -> Verdict {
    compose::check(tree, &Path::new(ROOT).join("tests/compose/sqlite-backup.yml"))
}

#[test]
#[should_panic(expected = "no-such-tool is missing: `tests/run tools` installs it")]
fn tool_that_is_missing() {
    tool("no-such-tool");
}

#[test]
fn schema_with_a_misspelt_type() {
    let file = tempfile::Builder::new().suffix(".json").tempfile_in(env!("CARGO_TARGET_TMPDIR")).expect("a file");
    fs::write(file.path(), read(&json_schema::schema()).replacen("\"type\": \"string\"", "\"type\": \"strin\"", 1))
        .expect("a fault");
    red(json_schema::metaschema(file.path()), "strin");
}

#[test]
fn environment_with_a_retention_of_nothing() {
    let file = tempfile::Builder::new().suffix(".json").tempfile_in(env!("CARGO_TARGET_TMPDIR")).expect("a file");
    let mut environment: serde_json::Value = serde_json::from_str(&read(&sample("prod").file)).expect("JSON");
    environment["backup"]["retention_days"] = 0.into();
    fs::write(file.path(), environment.to_string()).expect("a fault");
    red(json_schema::instances(&[file.path().to_path_buf()]), "retention_days");
}
