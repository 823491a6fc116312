//! What is known of the static files before trackgen runs: the digest of the image's build context, and everything that
//! is the same for every environment as one archive for cloud-init.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "a build script talks to cargo and reads templates"
)]

#[path = "src/plan/installed.rs"]
mod installed;

use base64::{Engine, engine::general_purpose::STANDARD};
use installed::INSTALLED;
use lzma_rust2::{XzOptions, XzWriter};
use sha2::{Digest, Sha256};
use std::{
    env, fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=templates");
    println!("cargo:rerun-if-changed=schema/environment.schema.json");
    println!("cargo:rerun-if-changed=src/plan/installed.rs");
    println!("cargo:rustc-env=TRACKGEN_IMAGE_DIGEST={}", image_digest()?);
    let code = STANDARD.encode(compress(&archive()?)?);
    let out = PathBuf::from(env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?);
    fs::write(out.join("code.tar.xz.b64"), code)
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

/// A tar archive of the static files at their places below the root, without times.
fn archive() -> io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    for (source, target, mode) in INSTALLED {
        let Some(path) = template(source) else { continue };
        let content = fs::read(path)?;
        let mut header = tar::Header::new_ustar();
        header.set_size(content.len() as u64);
        header.set_mode(u32::from_str_radix(mode, 8).map_err(io::Error::other)?);
        archive.append_data(&mut header, target.trim_start_matches('/'), content.as_slice())?;
    }
    archive.into_inner()
}

fn compress(content: &[u8]) -> io::Result<Vec<u8>> {
    let mut xz = XzWriter::new(Vec::new(), XzOptions::with_preset(9))?;
    xz.write_all(content)?;
    xz.finish()
}
