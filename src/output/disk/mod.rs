//! A set of artifacts and a directory: write one into the other, or tell how they differ.
//!
//! The `MANIFEST` in the directory says what an earlier render wrote. What it lists and the set no longer has is removed;
//! a file that is in neither is never touched; one that would be overwritten without being listed is an error. Nothing is
//! written through a symbolic link.

#![allow(clippy::disallowed_methods, reason = "one of the two rooms that touch files")]

mod read;
mod single;
mod tree;
mod write;

pub use read::{check, read};
pub use single::replace;
pub use write::{Written, write};

use std::{fmt, io, path::PathBuf};

/// What is in the way.
#[derive(Debug)]
pub enum DiskError {
    /// A file or directory that cannot be used, and the system's reason.
    Io { path: PathBuf, error: io::Error },
    /// A link where a file or directory of the tree belongs.
    Link(PathBuf),
    /// A file that the tree would overwrite and no earlier render wrote.
    Foreign(PathBuf),
    /// Something else than a regular file or a directory.
    NotAFile(PathBuf),
    /// A `MANIFEST` with a line that no render wrote.
    Manifest { path: PathBuf, line: usize },
}

impl DiskError {
    fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        |error| Self::Io { path, error }
    }
}

impl fmt::Display for DiskError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Io { path, error } => write!(f, "{}: {error}", path.display()),
            Self::Link(path) => write!(f, "{}: is a symbolic link; nothing is written through links", path.display()),
            Self::Foreign(path) => {
                write!(f, "{}: exists and was not written by trackgen; move it away first", path.display())
            }
            Self::NotAFile(path) => write!(f, "{}: is in the way, and no regular file", path.display()),
            Self::Manifest { path, line } => {
                write!(f, "{}:{line}: is no line of a MANIFEST; remove the file to start anew", path.display())
            }
        }
    }
}

impl std::error::Error for DiskError {}
