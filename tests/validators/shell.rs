//! Every script of the tree, and the settings that they source.

use std::path::{Path, PathBuf};

use crate::rendered::{every_environment, walk};
use crate::tool::{ROOT, Verdict, read, require, run, tool};

fn scripts(tree: &Path) -> Vec<PathBuf> {
    walk(tree).into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "sh")).collect()
}

/// `-o all`, but for what `.shellcheckrc` gives a reason for.
pub fn shellcheck(tree: &Path) -> Verdict {
    let settings = Path::new(ROOT).join(".shellcheckrc");
    run(tool("shellcheck").args(["--enable", "all", "--rcfile"]).arg(settings).args(scripts(tree))).silent()
}

pub fn shfmt(tree: &Path) -> Verdict {
    run(tool("shfmt").args(["--diff", "-i", "2", "-ci", "-bn"]).args(scripts(tree))).silent()
}

/// Bash sources this file as root: every line sets one name to a literal, so that none can run.
pub fn settings(tree: &Path) -> Verdict {
    for line in read(&tree.join("host/backup.conf")).lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (name, value) = line.split_once('=').ok_or_else(|| format!("not a setting: {line:?}"))?;
        let literal = value.strip_prefix('\'').and_then(|rest| rest.strip_suffix('\''));
        require(
            !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'),
            format!("not a name: {line:?}"),
        )?;
        require(literal.is_some_and(|literal| !literal.contains('\'')), format!("not a literal: {line:?}"))?;
    }
    run(tool("bash").arg("-n").arg(tree.join("host/backup.conf"))).silent()
}

#[test]
fn shellcheck_has_no_finding() {
    every_environment(&["image", "host/maintenance-backup.sh"], shellcheck);
}

#[test]
fn shfmt_has_nothing_to_change() {
    every_environment(&["image", "host/maintenance-backup.sh"], shfmt);
}

#[test]
fn no_setting_is_more_than_a_literal() {
    every_environment(&["host/backup.conf"], settings);
}
