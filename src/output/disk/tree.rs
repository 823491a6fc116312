//! The directory as it is found: what is there, what is a link, and what an earlier render wrote.

use super::DiskError;
use crate::output::artifact::MANIFEST;
use std::{
    cell::RefCell,
    collections::BTreeSet,
    fs::{self, OpenOptions},
    io::{self, Read},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

/// An output directory. Paths given to it are relative and come from a catalog or a checked `MANIFEST`.
pub struct Tree<'a> {
    root: &'a Path,
    /// Directories below it that were seen to be real ones.
    known: RefCell<BTreeSet<PathBuf>>,
}

/// A file as it was found.
pub struct Found {
    pub content: Vec<u8>,
    pub executable: bool,
}

impl<'a> Tree<'a> {
    /// Takes a directory, which need not exist; the directory itself must be no link.
    pub fn new(root: &'a Path) -> Result<Self, DiskError> {
        match fs::symlink_metadata(root) {
            Ok(meta) if meta.is_symlink() => Err(DiskError::Link(root.to_owned())),
            Ok(meta) if !meta.is_dir() => Err(DiskError::NotAFile(root.to_owned())),
            _ => Ok(Self { root, known: RefCell::default() }),
        }
    }

    pub fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    pub fn exists(&self) -> bool {
        self.root.is_dir()
    }

    /// The paths that an earlier render wrote; empty when there was none.
    pub fn owned(&self) -> Result<BTreeSet<String>, DiskError> {
        let Some(Found { content, .. }) = self.read(MANIFEST)? else {
            return Ok(BTreeSet::new());
        };
        let path = self.path(MANIFEST);
        let text = String::from_utf8(content).map_err(|_| DiskError::Manifest { path: path.clone(), line: 1 })?;
        let line = |(index, line): (usize, &str)| {
            let relative = line.split_once(' ').map(|(_, relative)| relative).filter(|relative| is_inside(relative));
            relative.map(str::to_owned).ok_or_else(|| DiskError::Manifest { path: path.clone(), line: index + 1 })
        };
        text.lines().enumerate().map(line).collect()
    }

    /// A regular file; `None` when it is not there.
    pub fn read(&self, relative: &str) -> Result<Option<Found>, DiskError> {
        if !self.has_directory_of(relative)? {
            return Ok(None);
        }
        let path = self.path(relative);
        // Without O_NONBLOCK a pipe that lies there would be waited for.
        let flags = libc::O_NOFOLLOW | libc::O_NONBLOCK;
        let mut file = match OpenOptions::new().read(true).custom_flags(flags).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) if error.raw_os_error() == Some(libc::ELOOP) => return Err(DiskError::Link(path)),
            Err(error) => return Err(DiskError::Io { path, error }),
            Ok(file) => file,
        };
        let meta = file.metadata().map_err(DiskError::io(&path))?;
        if !meta.is_file() {
            return Err(DiskError::NotAFile(path));
        }
        let mut content = Vec::with_capacity(usize::try_from(meta.len()).unwrap_or(0) + 1);
        file.read_to_end(&mut content).map_err(DiskError::io(path))?;
        Ok(Some(Found { content, executable: meta.permissions().mode() & 0o100 != 0 }))
    }

    /// Whether every directory on the way to a path is there. A link among them is an error.
    pub fn has_directory_of(&self, relative: &str) -> Result<bool, DiskError> {
        for (slash, _) in relative.match_indices('/') {
            let path = self.path(&relative[..slash]);
            if self.known.borrow().contains(&path) {
                continue;
            }
            match fs::symlink_metadata(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
                Err(error) => return Err(DiskError::Io { path, error }),
                Ok(meta) if meta.is_symlink() => return Err(DiskError::Link(path)),
                Ok(meta) if !meta.is_dir() => return Err(DiskError::NotAFile(path)),
                Ok(_) => self.known.borrow_mut().insert(path),
            };
        }
        Ok(true)
    }
}

/// Whether a path of a `MANIFEST` stays below its directory.
fn is_inside(relative: &str) -> bool {
    !relative.is_empty() && relative.split('/').all(|step| !matches!(step, "" | "." | ".."))
}
