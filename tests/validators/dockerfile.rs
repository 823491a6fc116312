//! The Dockerfile of the backup image.

use std::path::Path;

use crate::rendered::every_environment;
use crate::tool::{Verdict, read, require, run, tool};

pub fn check(tree: &Path) -> Verdict {
    let file = tree.join("image/Dockerfile");
    // hadolint does not look behind a variable.
    for line in read(&file).lines() {
        if let Some(image) = line.strip_prefix("ARG BASE_IMAGE=") {
            require(image.contains([':', '@']), format!("{image} is without a tag"))?;
        }
    }
    run(tool("hadolint").arg("--no-color").arg(file)).silent()
}

#[test]
fn hadolint_has_no_finding() {
    every_environment(&["image/Dockerfile"], check);
}
