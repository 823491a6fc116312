//! The directory as it is found: what is there, what is a link, and what an earlier render wrote.

use super::DiskError;
use crate::output::artifact::MANIFEST;
use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

/// An output directory. Paths given to it are relative and come from a catalog or a checked `MANIFEST`.
pub struct Tree<'a> {
    root: &'a Path,
}

impl<'a> Tree<'a> {
    /// Takes a directory, which need not exist; the directory itself must be no link.
    pub fn new(root: &'a Path) -> Result<Self, DiskError> {
        match fs::symlink_metadata(root) {
            Ok(meta) if meta.is_symlink() => Err(DiskError::Link(root.to_owned())),
            Ok(meta) if !meta.is_dir() => Err(DiskError::NotAFile(root.to_owned())),
            _ => Ok(Self { root }),
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
        let Some(text) = self.read(MANIFEST)? else {
            return Ok(BTreeSet::new());
        };
        let path = self.path(MANIFEST);
        let text = String::from_utf8(text).map_err(|_| DiskError::Manifest { path: path.clone(), line: 1 })?;
        let line = |(index, line): (usize, &str)| {
            let relative = line.split_once(' ').map(|(_, relative)| relative).filter(|relative| is_inside(relative));
            relative.map(str::to_owned).ok_or_else(|| DiskError::Manifest { path: path.clone(), line: index + 1 })
        };
        text.lines().enumerate().map(line).collect()
    }

    /// The content of a file; `None` when it is not there.
    pub fn read(&self, relative: &str) -> Result<Option<Vec<u8>>, DiskError> {
        if !self.has_directory_of(relative)? {
            return Ok(None);
        }
        let path = self.path(relative);
        match fs::symlink_metadata(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(DiskError::Io { path, error }),
            Ok(meta) if meta.is_symlink() => Err(DiskError::Link(path)),
            Ok(meta) if !meta.is_file() => Err(DiskError::NotAFile(path)),
            Ok(_) => fs::read(&path).map(Some).map_err(DiskError::io(path)),
        }
    }

    /// Whether every directory on the way to a path is there. A link among them is an error.
    pub fn has_directory_of(&self, relative: &str) -> Result<bool, DiskError> {
        let mut path = self.root.to_owned();
        let steps: Vec<&str> = relative.split('/').collect();
        for step in &steps[..steps.len() - 1] {
            path.push(step);
            match fs::symlink_metadata(&path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
                Err(error) => return Err(DiskError::Io { path, error }),
                Ok(meta) if meta.is_symlink() => return Err(DiskError::Link(path)),
                Ok(meta) if !meta.is_dir() => return Err(DiskError::NotAFile(path)),
                Ok(_) => {}
            }
        }
        Ok(true)
    }

    /// Whether the owner may execute the file.
    pub fn is_executable(&self, relative: &str) -> Result<bool, DiskError> {
        use std::os::unix::fs::PermissionsExt;
        let path = self.path(relative);
        let meta = fs::symlink_metadata(&path).map_err(DiskError::io(path))?;
        Ok(meta.permissions().mode() & 0o100 != 0)
    }
}

/// Whether a path of a `MANIFEST` stays below its directory.
fn is_inside(relative: &str) -> bool {
    !relative.is_empty() && relative.split('/').all(|step| !matches!(step, "" | "." | ".."))
}
