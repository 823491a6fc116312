//! The table of contents: every file that is rendered, by its path in the tree.

/// How a file comes about.
pub enum Body {
    /// Copied byte for byte from `templates/`.
    Static(&'static str),
    /// Rendered from `templates/<path>.j2`.
    Template(&'static str),
}

pub struct Entry {
    pub path: &'static str,
    pub executable: bool,
    pub body: Body,
}

impl Entry {
    pub fn is_rendered(&self) -> bool {
        matches!(self.body, Body::Template(_))
    }
}

macro_rules! entry {
    (rendered $path:literal) => {
        Entry {
            path: $path,
            executable: false,
            body: Body::Template(include_str!(concat!("../../templates/", $path, ".j2"))),
        }
    };
    (copied $path:literal) => {
        Entry { path: $path, executable: false, body: Body::Static(include_str!(concat!("../../templates/", $path))) }
    };
    (executable $path:literal) => {
        Entry { path: $path, executable: true, body: Body::Static(include_str!(concat!("../../templates/", $path))) }
    };
}

macro_rules! catalog {
    ($($kind:ident $path:literal;)*) => {
        /// In the order of rendering: the files of the host before those that contain them.
        pub const CATALOG: &[Entry] = &[$(entry!($kind $path),)*];
    };
}

catalog! {
    executable "host/maintenance-backup.sh";
    copied "host/lib/installation.sh";
    copied "host/tracker-backup-recover.service";
    copied "host/logrotate.d/tracker-backup";
    rendered "host/backup.conf";
    rendered "host/databases";
    rendered "host/paths";
    rendered "restore/queries";
    rendered "restore/installation";
    rendered "host/cron.d/tracker-backup";
    rendered "host/systemd/tracker-backup.service";
    rendered "host/systemd/tracker-backup.timer";
    rendered "host/systemd/tracker-backup-failed@.service";
    rendered "host/systemd/tracker-drill.service";
    rendered "host/systemd/tracker-drill.timer";
    rendered "host/docker-compose.override.yml";
    copied "image/Dockerfile";
    executable "image/backup.sh";
    copied "image/lib/common.sh";
    copied "image/lib/container.sh";
    copied "image/lib/dsn.sh";
    copied "image/lib/host.sh";
    copied "image/lib/retention.sh";
    copied "image/lib/schedule.sh";
    copied "image/lib/sqlite.sh";
    copied "image/lib/store.sh";
    copied "image/drivers/sqlite3.sh";
    copied "image/drivers/mysql.sh";
    copied "image/drivers/postgresql.sh";
    executable "restore/tracker-restore";
    executable "restore/tracker-drill";
    executable "restore/recover.sh";
    copied "restore/lib/configuration.sh";
    copied "restore/lib/scratch.sh";
    copied "restore/lib/settle.sh";
    copied "restore/lib/select.sh";
    executable "restore/steps/restore.sh";
    copied "restore/steps/check.sh";
    copied "restore/steps/sqlite3.sh";
    copied "restore/steps/mysql.sh";
    copied "restore/steps/mysql_load.sh";
    copied "restore/steps/mysql_objects.sh";
    copied "restore/steps/postgresql.sh";
    rendered "host/manifest";
    copied "ansible/ansible.cfg";
    copied "ansible/group_vars/trackers.yml";
    copied "ansible/install.yml";
    copied "ansible/backup-now.yml";
    copied "ansible/status.yml";
    copied "ansible/restore.yml";
    copied "ansible/drill.yml";
    copied "ansible/uninstall.yml";
    rendered "ansible/inventory.yml";
    copied "ansible/roles/tracker_backup/README.md";
    copied "ansible/roles/tracker_backup/defaults/main.yml";
    executable "ansible/roles/tracker_backup/files/move-backups.sh";
    copied "ansible/roles/tracker_backup/handlers/main.yml";
    copied "ansible/roles/tracker_backup/meta/argument_specs.yml";
    copied "ansible/roles/tracker_backup/meta/main.yml";
    copied "ansible/roles/tracker_backup/tasks/main.yml";
    copied "ansible/roles/tracker_backup/tasks/preflight.yml";
    copied "ansible/roles/tracker_backup/tasks/directory.yml";
    copied "ansible/roles/tracker_backup/tasks/cron.yml";
    copied "ansible/roles/tracker_backup/tasks/prove.yml";
    copied "ansible/roles/tracker_backup/tasks/run.yml";
    copied "ansible/roles/tracker_backup/tasks/backup_now.yml";
    copied "ansible/roles/tracker_backup/tasks/status.yml";
    copied "ansible/roles/tracker_backup/tasks/restore.yml";
    copied "ansible/roles/tracker_backup/tasks/drill.yml";
    copied "ansible/roles/tracker_backup/tasks/uninstall.yml";
    copied "ansible/roles/tracker_backup/tasks/unschedule.yml";
    copied "ansible/roles/tracker_backup/templates/status.txt";
    rendered "cloud-init/user-data.yml";
    rendered "kubernetes/cronjob.yaml";
    rendered "kubernetes/README.md";
    rendered "README.md";
}
