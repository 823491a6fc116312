//! Reading a tree back: what an earlier render wrote, and what lies where a render would write.

use super::{
    DiskError,
    tree::{Found, Tree},
};
use crate::output::{ArtifactSet, Difference, difference::Files};
use std::{borrow::Cow, collections::BTreeSet, fs, path::Path};

/// The files of a tree by its `MANIFEST`; none where there is no tree. Who only reads may come by a link.
///
/// # Errors
/// [`DiskError`] when the tree cannot be read.
pub fn read(root: &Path) -> Result<Files<'static>, DiskError> {
    // One that is not there stays as it was written, and has no files.
    let root = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
    let tree = Tree::new(&root)?;
    files(&tree, tree.owned()?)
}

/// How a tree differs from the set; nothing is changed.
///
/// # Errors
/// [`DiskError`] when the tree cannot be read.
pub fn check(root: &Path, set: &ArtifactSet) -> Result<Vec<Difference>, DiskError> {
    let tree = Tree::new(root)?;
    let mut paths = tree.owned()?;
    paths.extend(set.iter().map(|(path, _)| path.to_owned()));
    Ok(files(&tree, paths)?.to(&Files::from(set)))
}

fn files(tree: &Tree, paths: BTreeSet<String>) -> Result<Files<'static>, DiskError> {
    let mut files = Files::default();
    for path in paths {
        if let Some(Found { content, executable }) = tree.read(&path)? {
            let text =
                String::from_utf8(content).unwrap_or_else(|bad| String::from_utf8_lossy(bad.as_bytes()).into_owned());
            files.0.insert(Cow::Owned(path), (Cow::Owned(text), executable));
        }
    }
    Ok(files)
}
