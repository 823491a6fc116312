//! Which file of the tree goes where on the host: source, target, mode. All belong to root. Targets without a leading
//! slash are below the deploy directory. `build.rs` reads this table too, to pack what is the same for every environment.

/// What is left to Ansible where user data is short: restores, drills, and the check of the installation.
pub fn is_deferrable(source: &str) -> bool {
    ["restore/", "host/systemd/tracker-drill.", "host/lib/", "host/manifest"].iter().any(|of| source.starts_with(of))
}

pub const INSTALLED: [(&str, &str, &str); 42] = [
    ("image/Dockerfile", "/usr/local/share/tracker-backup/image/Dockerfile", "0644"),
    ("image/backup.sh", "/usr/local/share/tracker-backup/image/backup.sh", "0755"),
    ("image/drivers/mysql.sh", "/usr/local/share/tracker-backup/image/drivers/mysql.sh", "0644"),
    ("image/drivers/postgresql.sh", "/usr/local/share/tracker-backup/image/drivers/postgresql.sh", "0644"),
    ("image/drivers/sqlite3.sh", "/usr/local/share/tracker-backup/image/drivers/sqlite3.sh", "0644"),
    ("image/lib/common.sh", "/usr/local/share/tracker-backup/image/lib/common.sh", "0644"),
    ("image/lib/container.sh", "/usr/local/share/tracker-backup/image/lib/container.sh", "0644"),
    ("image/lib/dsn.sh", "/usr/local/share/tracker-backup/image/lib/dsn.sh", "0644"),
    ("image/lib/host.sh", "/usr/local/share/tracker-backup/image/lib/host.sh", "0644"),
    ("image/lib/retention.sh", "/usr/local/share/tracker-backup/image/lib/retention.sh", "0644"),
    ("image/lib/schedule.sh", "/usr/local/share/tracker-backup/image/lib/schedule.sh", "0644"),
    ("image/lib/sqlite.sh", "/usr/local/share/tracker-backup/image/lib/sqlite.sh", "0644"),
    ("image/lib/store.sh", "/usr/local/share/tracker-backup/image/lib/store.sh", "0644"),
    ("host/lib/installation.sh", "/usr/local/share/tracker-backup/host/lib/installation.sh", "0644"),
    ("restore/lib/configuration.sh", "/usr/local/share/tracker-backup/restore/lib/configuration.sh", "0644"),
    ("restore/lib/scratch.sh", "/usr/local/share/tracker-backup/restore/lib/scratch.sh", "0644"),
    ("restore/lib/select.sh", "/usr/local/share/tracker-backup/restore/lib/select.sh", "0644"),
    ("restore/lib/settle.sh", "/usr/local/share/tracker-backup/restore/lib/settle.sh", "0644"),
    ("restore/steps/check.sh", "/usr/local/share/tracker-backup/restore/steps/check.sh", "0644"),
    ("restore/steps/mysql.sh", "/usr/local/share/tracker-backup/restore/steps/mysql.sh", "0644"),
    ("restore/steps/mysql_load.sh", "/usr/local/share/tracker-backup/restore/steps/mysql_load.sh", "0644"),
    ("restore/steps/mysql_objects.sh", "/usr/local/share/tracker-backup/restore/steps/mysql_objects.sh", "0644"),
    ("restore/steps/postgresql.sh", "/usr/local/share/tracker-backup/restore/steps/postgresql.sh", "0644"),
    ("restore/steps/restore.sh", "/usr/local/share/tracker-backup/restore/steps/restore.sh", "0755"),
    ("restore/steps/sqlite3.sh", "/usr/local/share/tracker-backup/restore/steps/sqlite3.sh", "0644"),
    ("restore/tracker-restore", "/usr/local/bin/tracker-restore", "0755"),
    ("restore/tracker-drill", "/usr/local/bin/tracker-drill", "0755"),
    // The deployer's own places for script and schedule are kept, so that never two systems run.
    ("host/maintenance-backup.sh", "/usr/local/bin/maintenance-backup.sh", "0755"),
    ("host/tracker-backup-recover.service", "/etc/systemd/system/tracker-backup-recover.service", "0644"),
    ("host/logrotate.d/tracker-backup", "/etc/logrotate.d/tracker-backup", "0644"),
    ("host/backup.conf", "/etc/tracker-backup/backup.conf", "0644"),
    ("host/databases", "/etc/tracker-backup/databases", "0644"),
    ("host/paths", "/etc/tracker-backup/paths", "0644"),
    ("restore/queries", "/etc/tracker-backup/queries", "0644"),
    ("host/manifest", "/etc/tracker-backup/manifest", "0644"),
    ("host/docker-compose.override.yml", "docker-compose.override.yml", "0644"),
    ("host/systemd/tracker-backup.service", "/etc/systemd/system/tracker-backup.service", "0644"),
    ("host/systemd/tracker-backup-failed@.service", "/etc/systemd/system/tracker-backup-failed@.service", "0644"),
    ("host/systemd/tracker-drill.service", "/etc/systemd/system/tracker-drill.service", "0644"),
    // Last: nothing is scheduled before it can run.
    ("host/systemd/tracker-backup.timer", "/etc/systemd/system/tracker-backup.timer", "0644"),
    ("host/systemd/tracker-drill.timer", "/etc/systemd/system/tracker-drill.timer", "0644"),
    ("host/cron.d/tracker-backup", "/etc/cron.d/tracker-backup", "0644"),
];
