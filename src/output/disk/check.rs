//! Checking: how a committed tree differs from what a render would write.

use super::{
    DiskError,
    tree::{Found, Tree},
};
use crate::output::artifact::ArtifactSet;
use similar::TextDiff;
use std::{fmt, path::Path};

/// One file that is not as it would be rendered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drift {
    Changed {
        path: String,
        diff: String,
    },
    Mode {
        path: String,
        executable: bool,
    },
    Missing {
        path: String,
    },
    /// Written by an earlier render, and no longer rendered.
    Stale {
        path: String,
    },
}

impl fmt::Display for Drift {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Changed { diff, .. } => f.write_str(diff),
            Self::Mode { path, executable: true } => writeln!(f, "{path}: should be executable"),
            Self::Mode { path, executable: false } => writeln!(f, "{path}: should not be executable"),
            Self::Missing { path } => writeln!(f, "{path}: is missing"),
            Self::Stale { path } => writeln!(f, "{path}: is no longer rendered"),
        }
    }
}

/// Compares `root` with the set, and changes nothing.
///
/// # Errors
/// [`DiskError`] when the tree cannot be read.
pub fn check(root: &Path, set: &ArtifactSet) -> Result<Vec<Drift>, DiskError> {
    let tree = Tree::new(root)?;
    let mut drift = Vec::new();
    for (relative, artifact) in set.iter() {
        let path = tree.path(relative).display().to_string();
        match tree.read(relative)? {
            None => drift.push(Drift::Missing { path }),
            Some(Found { content, .. }) if content != artifact.body.as_bytes() => {
                let content = String::from_utf8_lossy(&content);
                let diff = TextDiff::from_lines(content.as_ref(), artifact.body.as_ref());
                let diff = diff.unified_diff().header(&path, &format!("{path} (rendered)")).to_string();
                drift.push(Drift::Changed { path, diff });
            }
            Some(found) if found.executable != artifact.executable => {
                drift.push(Drift::Mode { path, executable: artifact.executable });
            }
            Some(_) => {}
        }
    }
    for relative in tree.owned()?.iter().filter(|relative| set.get(relative).is_none()) {
        if tree.read(relative)?.is_some() {
            drift.push(Drift::Stale { path: tree.path(relative).display().to_string() });
        }
    }
    Ok(drift)
}
