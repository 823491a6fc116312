//! Files that tests read, and what the tables beside them promise.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// The repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Sample environments of the repository, and the deployer's own where they lie beside it.
pub fn environments() -> Vec<PathBuf> {
    let mut all = files(&root().join("envs"));
    let shared = root().join("../shared/deployer/envs");
    if shared.is_dir() {
        all.extend(files(&shared).into_iter().filter(|path| !name(path).starts_with("invalid-")));
    }
    all
}

pub fn files(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("the directory is there");
    let mut files: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

pub fn name(path: &Path) -> String {
    path.file_name().expect("a file").to_string_lossy().into_owned()
}

/// One row of the table in `tests/invalid/README.md` or `tests/warnings/README.md`.
pub struct Fixture {
    pub path: PathBuf,
    pub code: String,
    pub line: usize,
    pub column: usize,
    /// Codes of findings that follow from the same fault.
    pub also: usize,
}

pub fn table(directory: &str) -> Vec<Fixture> {
    let directory = root().join("tests").join(directory);
    let readme = fs::read_to_string(directory.join("README.md")).expect("the table is there");
    let rows = readme.lines().filter(|line| line.contains(".json |") || line.contains(".yml |"));
    let fixtures: Vec<Fixture> = rows.map(|row| fixture(&directory, row)).collect();
    let listed: Vec<String> = fixtures.iter().map(|fixture| name(&fixture.path)).collect();
    for path in files(&directory).iter().filter(|path| name(path) != "README.md") {
        assert!(listed.contains(&name(path)), "{} is not in the table", path.display());
    }
    fixtures
}

fn fixture(directory: &Path, row: &str) -> Fixture {
    let cells: Vec<&str> = row.trim_matches('|').split(" | ").map(str::trim).collect();
    let (line, column) = cells[3].split_once(':').expect("line:column");
    Fixture {
        path: directory.join(cells[0]),
        code: cells[1].to_owned(),
        line: line.parse().expect("a line"),
        column: column.parse().expect("a column"),
        also: row.matches("(also ").count(),
    }
}
