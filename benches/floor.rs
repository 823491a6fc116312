//! The floor under `trackgen render`: the same files, written with bare system calls from memory by two threads.
//!
//! `cargo bench --bench floor -- TREE COUNT OUT` writes COUNT copies of a rendered TREE below OUT and prints the seconds.

#![allow(clippy::disallowed_methods, clippy::disallowed_macros, clippy::expect_used, reason = "a measurement")]

use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    time::Instant,
};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [tree, count, out] = &arguments[..] else {
        println!("usage: cargo bench --bench floor -- TREE COUNT OUT");
        return;
    };
    let (tree, out) = (Path::new(tree), Path::new(out));
    let count: usize = count.parse().expect("a number");
    let (mut directories, mut files) = (Vec::new(), Vec::new());
    collect(tree, tree, &mut directories, &mut files);
    fs::create_dir_all(out).expect("made");
    let start = Instant::now();
    std::thread::scope(|scope| {
        for first in 0..2 {
            let (directories, files) = (&directories, &files);
            scope.spawn(move || {
                (first..count).step_by(2).for_each(|n| copy(&out.join(n.to_string()), directories, files));
            });
        }
    });
    println!("{count} trees of {} files: {:.2} s", files.len(), start.elapsed().as_secs_f64());
}

fn collect(base: &Path, directory: &Path, directories: &mut Vec<PathBuf>, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    directories.push(directory.strip_prefix(base).expect("below").to_owned());
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            collect(base, &path, directories, files);
        } else {
            files.push((path.strip_prefix(base).expect("below").to_owned(), fs::read(&path).expect("a file")));
        }
    }
}

fn copy(root: &Path, directories: &[PathBuf], files: &[(PathBuf, Vec<u8>)]) {
    for directory in directories {
        fs::create_dir(root.join(directory)).expect("made");
    }
    for (path, content) in files {
        let mut file =
            OpenOptions::new().write(true).create_new(true).mode(0o644).open(root.join(path)).expect("opened");
        file.write_all(content).expect("written");
    }
}
