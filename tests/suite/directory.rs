//! The output directory: what is written, kept, removed and refused.

use crate::{fixtures::root, hygiene::compiled};
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};
use tempfile::TempDir;
use trackgen::output::{
    ArtifactSet, Difference,
    artifact::MANIFEST,
    disk::{DiskError, check, write},
};

struct Output {
    _directory: TempDir,
    root: PathBuf,
}

fn output() -> Output {
    let directory = TempDir::new().expect("a directory");
    let root = directory.path().join("generated/prod");
    Output { _directory: directory, root }
}

fn artifacts() -> ArtifactSet {
    compiled(&root().join("envs/prod.json")).artifacts
}

fn drift(root: &Path) -> Vec<Difference> {
    check(root, &artifacts()).expect("it can be read")
}

#[test]
fn what_was_written_is_what_would_be_rendered() {
    let output = output();
    let written = write(&output.root, &artifacts()).expect("written");
    assert_eq!((written.written, written.unchanged, written.removed), (artifacts().len(), 0, 0));
    assert_eq!(drift(&output.root), []);
    for line in fs::read_to_string(output.root.join(MANIFEST)).expect("a manifest").lines() {
        let (mode, path) = line.split_once(' ').expect("mode and path");
        let found = fs::metadata(output.root.join(path)).expect("it is there").permissions().mode() & 0o7777;
        assert_eq!(mode, format!("{found:04o}"), "{path}");
    }
}

#[test]
fn a_second_write_changes_nothing() {
    let output = output();
    write(&output.root, &artifacts()).expect("written");
    let again = write(&output.root, &artifacts()).expect("written");
    assert_eq!((again.written, again.unchanged, again.removed), (0, artifacts().len(), 0));
}

#[test]
fn an_edit_is_shown_as_a_diff_and_then_undone() {
    let output = output();
    write(&output.root, &artifacts()).expect("written");
    let settings = output.root.join("host/backup.conf");
    let text = fs::read_to_string(&settings).expect("settings");
    fs::write(&settings, text.replace("RETENTION_DAYS='14'", "RETENTION_DAYS='1'")).expect("edited");
    let found = drift(&output.root);
    let [Difference::Changed { diff, .. }] = &found[..] else { panic!("{found:?}") };
    assert!(diff.contains("-RETENTION_DAYS='1'\n+RETENTION_DAYS='14'\n"), "{diff}");
    assert_eq!(write(&output.root, &artifacts()).expect("written").written, 1);
    assert_eq!(drift(&output.root), []);
}

#[test]
fn a_lost_file_and_a_lost_mode_are_drift() {
    let output = output();
    write(&output.root, &artifacts()).expect("written");
    fs::remove_file(output.root.join("README.md")).expect("removed");
    let script = output.root.join("host/maintenance-backup.sh");
    fs::set_permissions(&script, fs::Permissions::from_mode(0o644)).expect("changed");
    let found = drift(&output.root);
    assert!(matches!(&found[..], [Difference::Added { .. }, Difference::Mode { executable: true, .. }]), "{found:?}");
    write(&output.root, &artifacts()).expect("written");
    assert_eq!(drift(&output.root), []);
}

#[test]
fn what_is_no_longer_rendered_is_removed_and_nothing_else() {
    let output = output();
    write(&output.root, &artifacts()).expect("written");
    fs::write(output.root.join("notes.txt"), "mine").expect("written");
    fs::create_dir(output.root.join("old")).expect("made");
    fs::write(output.root.join("old/file"), "theirs").expect("written");
    let manifest = fs::read_to_string(output.root.join(MANIFEST)).expect("a manifest");
    fs::write(output.root.join(MANIFEST), manifest + "0644 old/file\n").expect("written");
    assert!(drift(&output.root).iter().any(|drift| matches!(drift, Difference::Removed { .. })));
    assert_eq!(write(&output.root, &artifacts()).expect("written").removed, 1);
    assert!(!output.root.join("old").exists(), "the directory that it left empty");
    assert_eq!(fs::read_to_string(output.root.join("notes.txt")).expect("kept"), "mine");
}

#[test]
fn an_environment_without_backup_removes_what_was_rendered() {
    let output = output();
    write(&output.root, &artifacts()).expect("written");
    fs::write(output.root.join("ansible/host_vars.yml"), "mine").expect("written");
    let written = write(&output.root, &ArtifactSet::default()).expect("written");
    assert_eq!(written.removed, artifacts().len());
    assert_eq!(fs::read_to_string(output.root.join("ansible/host_vars.yml")).expect("kept"), "mine");
    assert!(!output.root.join("host").exists());
}

#[test]
fn nothing_comes_to_be_where_there_is_nothing_to_render() {
    let output = output();
    write(&output.root, &ArtifactSet::default()).expect("nothing to do");
    assert!(!output.root.exists());
}

#[test]
fn a_foreign_file_is_not_overwritten() {
    let output = output();
    fs::create_dir_all(&output.root).expect("made");
    fs::write(output.root.join("README.md"), "mine").expect("written");
    let refused = write(&output.root, &artifacts()).expect_err("refused");
    assert!(matches!(refused, DiskError::Foreign(_)), "{refused}");
    assert_eq!(fs::read_to_string(output.root.join("README.md")).expect("kept"), "mine");
    assert!(!output.root.join("host").exists(), "refused before anything is written");
}

#[test]
fn nothing_is_written_through_a_link() {
    for link in ["host", "README.md", MANIFEST, ""] {
        let output = output();
        let elsewhere = TempDir::new().expect("a directory");
        fs::write(elsewhere.path().join("README.md"), "theirs").expect("written");
        let target = if link.contains('.') { elsewhere.path().join("README.md") } else { elsewhere.path().to_owned() };
        let place = output.root.join(link);
        let place = if link.is_empty() { output.root.clone() } else { place };
        fs::create_dir_all(place.parent().expect("a parent")).expect("made");
        symlink(&target, &place).expect("linked");
        let refused = write(&output.root, &artifacts()).expect_err("refused");
        assert!(matches!(refused, DiskError::Link(_)), "{link}: {refused}");
        assert_eq!(fs::read_to_string(elsewhere.path().join("README.md")).expect("kept"), "theirs");
        assert_eq!(fs::read_dir(elsewhere.path()).expect("a directory").count(), 1);
    }
}

#[test]
fn a_hostile_manifest_removes_nothing_outside() {
    for line in ["0644 ../victim", "0644 /etc/hostname", "0644 a/../../victim", "0644 ", "garbage", "0644 ./README.md"]
    {
        let output = output();
        write(&output.root, &artifacts()).expect("written");
        let victim = output.root.parent().expect("a parent").join("victim");
        fs::write(&victim, "theirs").expect("written");
        let manifest = fs::read_to_string(output.root.join(MANIFEST)).expect("a manifest");
        fs::write(output.root.join(MANIFEST), format!("{line}\n{manifest}")).expect("written");
        let refused = write(&output.root, &artifacts()).expect_err("refused");
        assert!(matches!(refused, DiskError::Manifest { line: 1, .. }), "{line}: {refused}");
        assert!(victim.exists(), "{line}");
    }
}

#[test]
fn a_stale_file_behind_a_link_is_not_removed() {
    let output = output();
    write(&output.root, &artifacts()).expect("written");
    let elsewhere = TempDir::new().expect("a directory");
    fs::write(elsewhere.path().join("file"), "theirs").expect("written");
    symlink(elsewhere.path(), output.root.join("old")).expect("linked");
    let manifest = fs::read_to_string(output.root.join(MANIFEST)).expect("a manifest");
    fs::write(output.root.join(MANIFEST), manifest + "0644 old/file\n").expect("written");
    let refused = write(&output.root, &artifacts()).expect_err("refused");
    assert!(matches!(refused, DiskError::Link(_)), "{refused}");
    assert!(elsewhere.path().join("file").exists());
}
