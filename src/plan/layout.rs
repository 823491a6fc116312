//! Where everything is: the deployer's directories, and where each rendered file is installed.

use super::installed::{INSTALLED, is_deferrable};
use crate::{
    input::backup::Backup as Section,
    value::{Host, Place, PlaceError},
};
use serde::Serialize;

/// The directories of one host.
#[derive(Clone, Debug, Serialize)]
pub struct Layout {
    pub deploy_dir: Place<Host>,
    pub env_file: Place<Host>,
    pub settings_dir: Place<Host>,
    pub image_dir: Place<Host>,
    /// Where cloud-init puts what it unpacks; the next boot removes it.
    pub archive: Place<Host>,
    /// Where backups are kept.
    pub directory: Place<Host>,
    /// Whether it is below the deploy directory, and so most likely on the database's own disk.
    pub same_disk: bool,
    pub log: Place<Host>,
}

/// A file of the rendered tree and its place on the host. All belong to root.
#[derive(Clone, Debug, Serialize)]
pub struct HostFile {
    pub source: &'static str,
    pub target: Place<Host>,
    pub mode: &'static str,
    /// `schedule`: what starts something, and so is installed last; all else is a `file`.
    pub kind: &'static str,
}

impl HostFile {
    /// Whether it is left to Ansible where user data is short.
    #[must_use]
    pub fn is_deferrable(&self) -> bool {
        is_deferrable(self.source)
    }

    /// The timer that it is.
    #[must_use]
    pub fn timer(&self) -> Option<&str> {
        self.target.as_str().strip_prefix("/etc/systemd/system/").filter(|_| self.kind == "schedule")
    }
}

/// Whether a file starts something.
fn is_schedule(source: &str) -> bool {
    source.starts_with("host/cron.d/") || source.rsplit_once('.').is_some_and(|(_, extension)| extension == "timer")
}

const SETTINGS_DIR: &str = "/etc/tracker-backup";
const IMAGE_DIR: &str = "/usr/local/share/tracker-backup/image";
const ARCHIVE: &str = "/run/tracker-backup.tar.xz";
const LOG: &str = "/var/log/tracker-backup.log";

impl Layout {
    /// Resolves the directories of the `backup` section.
    ///
    /// # Errors
    /// The key whose path is no safe absolute path, and why.
    pub fn new(backup: &Section) -> Result<Self, (&'static str, PlaceError)> {
        let deploy_dir: Place<Host> = Place::new(backup.deploy_dir.as_str()).map_err(|why| ("deploy_dir", why))?;
        let given = backup.directory.as_deref().unwrap_or("storage/backup");
        let directory = deploy_dir.resolve(given).map_err(|why| ("directory", why))?;
        let own = |path: &str| Place::new(path).map_err(|why| ("deploy_dir", why));
        Ok(Self {
            env_file: deploy_dir.join(".env").map_err(|why| ("deploy_dir", why))?,
            settings_dir: own(SETTINGS_DIR)?,
            image_dir: own(IMAGE_DIR)?,
            archive: own(ARCHIVE)?,
            log: own(LOG)?,
            same_disk: directory.below(&deploy_dir).is_some(),
            deploy_dir,
            directory,
        })
    }

    /// Every file to install, in the order of installation.
    #[must_use]
    pub fn files(&self) -> Vec<HostFile> {
        let placed = |&(source, target, mode): &(&'static str, &str, &'static str)| {
            let target = self.deploy_dir.resolve(target).ok()?;
            let kind = if is_schedule(source) { "schedule" } else { "file" };
            Some(HostFile { source, target, mode, kind })
        };
        INSTALLED.iter().filter_map(placed).collect()
    }
}
