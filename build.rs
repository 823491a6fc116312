//! What is known of the static files before trackgen runs: the digest of the image's build context, and everything that
//! is the same for every environment as one archive for cloud-init.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a build script talks to cargo and reads templates"
)]

#[path = "src/plan/installed.rs"]
mod installed;
#[path = "src/output/pack.rs"]
mod pack;

use installed::{INSTALLED, is_deferrable};
use sha2::{Digest, Sha256};
use std::{
    env, fs, io,
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=templates");
    println!("cargo:rerun-if-changed=schema/environment.schema.json");
    println!("cargo:rerun-if-changed=src/plan/installed.rs");
    println!("cargo:rerun-if-changed=src/output/pack.rs");
    println!("cargo:rustc-env=TRACKGEN_IMAGE_DIGEST={}", image_digest()?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?);
    fs::write(out.join("code.tar.xz"), code(|_| true)?)?;
    // For providers whose user data is too short for all of it.
    fs::write(out.join("backup-code.tar.xz"), code(|source| !is_deferrable(source))?)
}

/// The static file behind a source of the tree; none for one that is rendered.
fn template(source: &str) -> Option<PathBuf> {
    Some(Path::new("templates").join(source)).filter(|path| path.is_file())
}

/// The first 12 hex digits of a SHA-256 over names and contents: enough that two contexts never share a tag by chance.
fn image_digest() -> io::Result<String> {
    let mut hasher = Sha256::new();
    for (source, _, _) in INSTALLED.iter().filter(|(source, _, _)| source.starts_with("image/")) {
        let content = fs::read(Path::new("templates").join(source))?;
        hasher.update(format!("{source} {}\n", content.len()));
        hasher.update(content);
    }
    let first = hasher.finalize()[..6].iter().fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    Ok(format!("{first:012x}"))
}

/// The static files at their places.
fn code(wanted: fn(&str) -> bool) -> io::Result<Vec<u8>> {
    let found: Vec<_> = INSTALLED
        .into_iter()
        .filter(|(source, _, _)| wanted(source))
        .filter_map(|(source, target, mode)| Some((fs::read(template(source)?), target, mode)))
        .map(|(content, target, mode)| Ok((content?, target, mode)))
        .collect::<io::Result<_>>()?;
    pack::pack(found.iter().map(|(content, target, mode)| pack::Packed { target, mode, content }))
}
