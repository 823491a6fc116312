//! Files as cloud-init gets them where plain text is too long: a tar archive below the root, without times, xz.
//! `build.rs` packs with it what is known when trackgen is built.

use lzma_rust2::{XzOptions, XzWriter};
use std::io::{self, Write};

/// A file by its absolute path on the host, with its mode in octal digits.
pub struct Packed<'a> {
    pub target: &'a str,
    pub mode: &'a str,
    pub content: &'a [u8],
}

/// # Errors
/// A mode that is no octal number, or a path that is too long for tar.
pub fn pack<'a>(files: impl IntoIterator<Item = Packed<'a>>) -> io::Result<Vec<u8>> {
    let mut archive = tar::Builder::new(Vec::new());
    for file in files {
        let mut header = tar::Header::new_ustar();
        header.set_size(file.content.len() as u64);
        header.set_mode(u32::from_str_radix(file.mode, 8).map_err(io::Error::other)?);
        archive.append_data(&mut header, file.target.trim_start_matches('/'), file.content)?;
    }
    let archive = archive.into_inner()?;
    let mut options = XzOptions::with_preset(9);
    // The dictionary that xz sets aside for this preset is 64 MiB.
    options.lzma_options.dict_size = u32::try_from(archive.len()).unwrap_or(u32::MAX).clamp(1 << 16, 1 << 24);
    // Text has no alignment.
    options.lzma_options.pb = 0;
    let mut xz = XzWriter::new(Vec::new(), options)?;
    xz.write_all(&archive)?;
    xz.finish()
}
