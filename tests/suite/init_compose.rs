//! First environment files from compose files: what is taken, what is said, and what is refused.

use crate::{
    fixtures::{files, name, root},
    init::{assert_clean, init},
    snapshots::pin,
};
use std::{fs, path::PathBuf};
use tempfile::TempDir;
use trackgen::draft::{self, Answers};

fn composed() -> Vec<PathBuf> {
    let mut all = files(&root().join("tests/compose"));
    let shared = root().join("../shared/deployer/compose");
    if shared.is_dir() {
        all.extend(files(&shared));
    }
    all.retain(|path| name(path).ends_with(".yml"));
    all
}

#[test]
fn every_stack_of_the_deployer_is_understood() {
    for path in composed() {
        let directory = TempDir::new().expect("a directory");
        let (_, stderr) = init(&directory, &["prod.yml", "--from-compose", &path.display().to_string()], 0);
        let text = fs::read_to_string(directory.path().join("prod.yml")).expect("the file");
        let tree = assert_clean("prod.yml", &text);
        let stack = fs::read_to_string(&path).expect("the stack");
        let engine = match () {
            () if stack.contains("image: postgres") || name(&path).starts_with("postgresql") => "postgresql",
            () if stack.contains("image: mysql") => "mysql",
            () => "sqlite3",
        };
        let path = path.display();
        let is_external = name(&PathBuf::from(path.to_string())).contains("external");
        assert!(is_external || tree["tracker"]["core"]["database"]["driver"] == engine, "{path}: {text}");
        assert_eq!(engine == "mysql", text.contains("server_version: \"8.4\""), "{path}: {text}");
        assert!(!stack.contains("image: caddy") || text.contains("storage/caddy/data"), "{path}: {stderr}");
        assert!(!stack.contains("tracker-backup:") || stderr.contains("the deployer's own backup"), "{path}: {stderr}");
    }
}

/// File and streams, pinned: what was taken, and from where.
#[test]
fn other_stacks_are_taken_as_far_as_they_tell() {
    for stack in ["index", "unusual"] {
        let directory = TempDir::new().expect("a directory");
        let compose = root().join(format!("tests/draft/{stack}.yml")).display().to_string();
        let (_, stderr) = init(&directory, &["prod.yml", "--from-compose", &compose], 0);
        let text = fs::read_to_string(directory.path().join("prod.yml")).expect("the file");
        assert_clean("prod.yml", &text);
        assert!(!text.contains("secret-in"), "{text}");
        assert!(!stderr.contains("secret-in"), "{stderr}");
        pin("draft", stack, &text);
        for line in stderr.lines().filter(|line| line.starts_with(['+', '?', '!'])) {
            assert!(text.contains(&line[2..]), "{line} is not in\n{text}");
        }
    }
}

#[test]
fn what_is_no_stack_of_a_tracker_is_refused_at_its_place() {
    let directory = TempDir::new().expect("a directory");
    let refused = |file: &str| {
        let compose = root().join("tests/draft").join(file).display().to_string();
        init(&directory, &["prod.yml", "--from-compose", &compose], 1).1
    };
    let stderr = refused("wordpress.yml");
    assert!(stderr.contains("no service runs the Torrust Tracker") && stderr.contains("`db` (mysql)"), "{stderr}");
    let stderr = refused("invalid.yml");
    assert!(stderr.starts_with("error[syntax]") && stderr.contains("invalid.yml:5:"), "{stderr}");
    let stderr = refused("no-services.yml");
    assert!(stderr.starts_with("error[missing-key]") && stderr.contains("no-services.yml:1:1"), "{stderr}");
    let (_, stderr) = init(&directory, &["prod.yml", "--from-compose", "nowhere.yml"], 2);
    assert!(stderr.contains("nowhere.yml: No such file"), "{stderr}");
    assert!(files(directory.path()).is_empty(), "nothing is written");
}

/// A comment that ended early would be a key of the environment.
#[test]
fn no_name_of_a_stack_breaks_out_of_its_comment() {
    let stack = "services: { tracker: { image: \"x\\nbackup: null\\n\\u2028a\\u0085b\" }, \"c\\r\\nd\": { labels: [\"stack-back.\\n\"] } }";
    let found = draft::compose::Stack::read("x.yml", stack.as_bytes()).expect("a stack").found().expect("a tracker");
    let answers = Answers { name: "prod".to_owned(), ..Answers::from_found(&found) };
    let (draft, _) = draft::draft("prod.yml", &answers, found).expect("valid");
    assert_clean("prod.yml", &draft.text);
}
