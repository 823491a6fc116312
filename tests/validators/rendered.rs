//! Every environment, rendered once by the real binary.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use serde_yaml::{Mapping, Value};

use crate::tool::{ROOT, Verdict, read};

/// An environment file and the tree that was rendered from it.
pub struct Rendered {
    pub file: PathBuf,
    pub tree: PathBuf,
}

impl Rendered {
    /// The environment file as data: JSON is YAML.
    pub fn environment(&self) -> Value {
        yaml(&self.file)
    }

    fn is_of_a_cluster(&self) -> bool {
        self.environment()["backup"]["scheduler"] == "kubernetes"
    }
}

static EVERY: LazyLock<Vec<Rendered>> = LazyLock::new(|| {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("rendered");
    if scratch.exists() {
        fs::remove_dir_all(&scratch).expect("the last run's trees go");
    }
    environment_files().into_iter().map(|file| render(file, &scratch)).collect()
});

/// Our own samples, and the deployer's when they are beside this project.
fn environment_files() -> Vec<PathBuf> {
    let own = documents(&Path::new(ROOT).join("envs"));
    assert!(!own.is_empty(), "envs/ has no environment");
    let theirs = documents(&Path::new(ROOT).join("../shared/deployer/envs"));
    own.into_iter()
        .chain(theirs.into_iter().filter(|file| !stem(file).starts_with("invalid-")))
        .map(with_backup)
        .collect()
}

/// A file that asks for no backup is one that asks for all defaults, in a copy.
fn with_backup(file: PathBuf) -> PathBuf {
    let mut environment = yaml(&file);
    if !environment["backup"].is_null() {
        return file;
    }
    environment["backup"] = Value::Mapping(Mapping::new());
    let copies = Path::new(env!("CARGO_TARGET_TMPDIR")).join("with-backup");
    fs::create_dir_all(&copies).expect("a directory");
    let copy = copies.join(stem(&file)).with_extension("yml");
    fs::write(&copy, serde_yaml::to_string(&environment).expect("YAML")).expect("a copy");
    copy
}

/// The JSON and YAML files of a directory.
pub fn documents(directory: &Path) -> Vec<PathBuf> {
    let is_document =
        |path: &PathBuf| path.extension().is_some_and(|extension| extension == "json" || extension == "yml");
    files(directory).into_iter().filter(is_document).collect()
}

/// The files of a directory, sorted; none when it does not exist.
pub fn files(directory: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut found: Vec<PathBuf> =
        entries.map(|entry| entry.expect("an entry").path()).filter(|path| path.is_file()).collect();
    found.sort();
    found
}

pub fn stem(path: &Path) -> &str {
    path.file_stem().and_then(|stem| stem.to_str()).expect("a name in UTF-8")
}

pub fn yaml(path: &Path) -> Value {
    serde_yaml::from_str(&read(path)).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn render(file: PathBuf, scratch: &Path) -> Rendered {
    let tree = scratch.join(file.file_name().expect("a name"));
    let output = Command::new(env!("CARGO_BIN_EXE_trackgen"))
        .arg("render")
        .arg(&file)
        .arg("--out")
        .arg(&tree)
        .output()
        .expect("trackgen runs");
    assert!(output.status.success(), "{}: {}", file.display(), String::from_utf8_lossy(&output.stderr));
    Rendered { file, tree }
}

/// Those that are for a host, which has an inventory.
pub fn environments() -> impl Iterator<Item = &'static Rendered> {
    EVERY.iter().filter(|rendered| !rendered.is_of_a_cluster())
}

/// Those that are for a cluster.
pub fn clusters() -> impl Iterator<Item = &'static Rendered> {
    EVERY.iter().filter(|rendered| rendered.is_of_a_cluster())
}

/// One of our own samples. Most deliberate faults start from `prod`, the environment of the README.
pub fn sample(name: &str) -> &'static Rendered {
    EVERY.iter().find(|rendered| stem(&rendered.file) == name).expect("a file of envs/")
}

/// Holds `check` over every environment's tree and reports all that fail.
///
/// `parts` is what the check reads of a tree. Trees in which those files are the same need one run: most artifacts are
/// static, and linting the same bytes again would prove nothing.
pub fn every_environment(parts: &[&str], check: impl Fn(&Path) -> Verdict) {
    let mut distinct: BTreeMap<Vec<(PathBuf, Vec<u8>)>, Vec<&Rendered>> = BTreeMap::new();
    for rendered in environments() {
        let content = parts.iter().flat_map(|part| bytes_below(&rendered.tree, part)).collect();
        distinct.entry(content).or_default().push(rendered);
    }
    let objections: Vec<String> = distinct
        .values()
        .filter_map(|same| {
            let names: Vec<&str> = same.iter().map(|rendered| stem(&rendered.file)).collect();
            check(&same[0].tree)
                .err()
                .map(|objection| format!("{} ({}):\n{objection}", names.join(", "), parts.join(", ")))
        })
        .collect();
    assert!(objections.is_empty(), "{}", objections.join("\n"));
}

fn bytes_below(tree: &Path, part: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let paths = walk(&tree.join(part));
    assert!(!paths.is_empty(), "{} has no {part}", tree.display());
    paths
        .into_iter()
        .map(|path| {
            let bytes = fs::read(&path).expect("a rendered file");
            (path.strip_prefix(tree).expect("below the tree").to_path_buf(), bytes)
        })
        .collect()
}

/// Every file below a path, which may itself be one, sorted.
pub fn walk(path: &Path) -> Vec<PathBuf> {
    if path.is_file() {
        return vec![path.to_path_buf()];
    }
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    let mut below: Vec<PathBuf> = entries.flat_map(|entry| walk(&entry.expect("an entry").path())).collect();
    below.sort();
    below
}
