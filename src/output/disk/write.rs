//! Writing: a new tree appears whole, an existing one is changed file by file, each atomically.

use super::{DiskError, tree::Tree};
use crate::output::artifact::{Artifact, ArtifactSet, MANIFEST};
use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs::{self, File, OpenOptions, Permissions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};
use tempfile::{Builder, NamedTempFile, TempDir};

/// What a write did, in files.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub written: usize,
    pub unchanged: usize,
    pub removed: usize,
}

/// Makes `root` hold the set, and nothing more of what an earlier render wrote there.
///
/// # Errors
/// [`DiskError`]; found before anything is changed where it can be foreseen.
pub fn write(root: &Path, set: &ArtifactSet) -> Result<Written, DiskError> {
    let tree = Tree::new(root)?;
    if tree.exists() {
        return update(&tree, set);
    }
    if set.is_empty() {
        return Ok(Written::default());
    }
    create(root, set).map(|()| Written { written: set.len(), ..Written::default() })
}

/// Builds the whole tree beside its place and moves it there.
fn create(root: &Path, set: &ArtifactSet) -> Result<(), DiskError> {
    let parent = root.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).map_err(DiskError::io(parent))?;
    let staging: TempDir = Builder::new()
        .prefix(".trackgen-")
        .permissions(Permissions::from_mode(0o755))
        .tempdir_in(parent)
        .map_err(DiskError::io(parent))?;
    let mut made: BTreeSet<&str> = BTreeSet::new();
    for (relative, artifact) in set.iter() {
        let path = staging.path().join(relative);
        let directory = relative.rsplit_once('/').map_or("", |(directory, _)| directory);
        if !directory.is_empty() && made.insert(directory) {
            fs::create_dir_all(staging.path().join(directory)).map_err(DiskError::io(root.join(directory)))?;
        }
        let file = OpenOptions::new().write(true).create_new(true).mode(artifact.mode()).open(&path);
        file.and_then(|file| fill(file, artifact)).map_err(DiskError::io(root.join(relative)))?;
    }
    fs::rename(staging.path(), root).map_err(DiskError::io(root))?;
    // Its place is taken: there is nothing left to clean up.
    let _ = staging.keep();
    Ok(())
}

fn fill(mut file: File, artifact: &Artifact) -> io::Result<()> {
    file.write_all(artifact.body.as_bytes())?;
    // The mode of the MANIFEST, whatever the umask.
    let mode = Permissions::from_mode(artifact.mode());
    let is_exact = file.metadata()?.permissions().mode() & 0o7777 == mode.mode();
    if is_exact { Ok(()) } else { file.set_permissions(mode) }
}

fn update(tree: &Tree, set: &ArtifactSet) -> Result<Written, DiskError> {
    let owned = tree.owned()?;
    let mut changed: Vec<(&str, &Artifact)> = Vec::new();
    for (relative, artifact) in set.iter() {
        let found = tree.read(relative)?;
        let same = found.as_ref().is_some_and(|found| found.content == artifact.body.as_bytes());
        let is_ours = same || found.is_none() || owned.contains(relative);
        if !is_ours {
            return Err(DiskError::Foreign(tree.path(relative)));
        }
        if !same || found.is_some_and(|found| found.executable != artifact.executable) {
            changed.push((relative, artifact));
        }
    }
    let stale: Vec<&String> = owned.iter().filter(|path| set.get(path).is_none()).collect();
    for relative in &stale {
        tree.has_directory_of(relative)?;
    }
    announce(tree, &owned, &changed)?;
    // The MANIFEST comes last: until then it lists the old files and the new.
    changed.sort_by_key(|(relative, _)| *relative == MANIFEST);
    let (last, files): (Vec<_>, Vec<_>) = changed.iter().partition(|(relative, _)| *relative == MANIFEST);
    for (relative, artifact) in files {
        replace(tree, relative, artifact)?;
    }
    for relative in &stale {
        remove(tree, relative)?;
    }
    for (relative, artifact) in last {
        replace(tree, relative, artifact)?;
    }
    Ok(Written { written: changed.len(), unchanged: set.len() - changed.len(), removed: stale.len() })
}

/// Claims the new files before they are written, so that an interrupted render leaves none that the next one does not know.
fn announce(tree: &Tree, owned: &BTreeSet<String>, changed: &[(&str, &Artifact)]) -> Result<(), DiskError> {
    let new: Vec<_> =
        changed.iter().filter(|(relative, _)| !owned.contains(*relative) && *relative != MANIFEST).collect();
    if new.is_empty() {
        return Ok(());
    }
    let mut lines = String::new();
    for relative in owned.iter().map(String::as_str).chain(new.iter().map(|(relative, _)| *relative)) {
        // Writing to a String cannot fail.
        let _ = writeln!(lines, "0644 {relative}");
    }
    replace(tree, MANIFEST, &Artifact { executable: false, body: lines.into() })
}

pub(super) fn replace(tree: &Tree, relative: &str, artifact: &Artifact) -> Result<(), DiskError> {
    let path = tree.path(relative);
    let directory = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory).map_err(DiskError::io(directory))?;
    let temporary = NamedTempFile::new_in(directory).map_err(DiskError::io(directory))?;
    let file = temporary.as_file().try_clone().map_err(DiskError::io(&path))?;
    fill(file, artifact).map_err(DiskError::io(&path))?;
    temporary.persist(&path).map_err(|error| DiskError::Io { path, error: error.error })?;
    Ok(())
}

/// Removes a file, and the directories that it leaves empty.
fn remove(tree: &Tree, relative: &str) -> Result<(), DiskError> {
    let path = tree.path(relative);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(DiskError::Io { path, error }),
        _ => {}
    }
    let mut directory = relative;
    while let Some((parent, _)) = directory.rsplit_once('/') {
        // A directory with something else in it stays.
        if fs::remove_dir(tree.path(parent)).is_err() {
            break;
        }
        directory = parent;
    }
    Ok(())
}
