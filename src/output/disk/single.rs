//! One file that is no part of a tree: it appears whole, and replaces nothing but an earlier one of its kind.

use super::{DiskError, tree::Tree, write};
use crate::output::artifact::Artifact;
use std::{io, path::Path};

/// Writes a file, over one that begins with `mark` or over none.
///
/// # Errors
/// [`DiskError`]: a file that somebody else wrote, a link, a directory that is not there.
pub fn replace(path: &Path, body: &str, mark: &str) -> Result<(), DiskError> {
    let directory = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let name = path.file_name().and_then(|name| name.to_str()).ok_or_else(|| DiskError::NotAFile(path.to_owned()))?;
    let tree = Tree::new(directory)?;
    if !tree.exists() {
        return Err(DiskError::io(directory)(io::ErrorKind::NotFound.into()));
    }
    if tree.read(name)?.is_some_and(|found| !found.content.starts_with(mark.as_bytes())) {
        return Err(DiskError::Foreign(path.to_owned()));
    }
    write::replace(&tree, name, &Artifact { executable: false, body: body.to_owned().into() })
}
