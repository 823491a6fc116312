//! Secrets in files that git would take.

use crate::fixtures::root;
use assert_cmd::Command;
use std::{fs, path::PathBuf};
use tempfile::TempDir;

/// The secrets of a sample, no longer fake by their own words.
fn environment(sample: &str) -> String {
    fs::read_to_string(root().join("envs").join(sample)).expect("the environment").replace("\"fake-", "\"very-")
}

struct Repository(TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self(TempDir::new().expect("a directory"));
        repository.git(&["init", "--quiet"]);
        repository
    }

    fn git(&self, arguments: &[&str]) {
        let mut git = Command::new("git");
        git.env_remove("GIT_DIR").env_remove("GIT_INDEX_FILE");
        git.current_dir(self.0.path()).args(arguments).assert().success();
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.path(path).parent().expect("a directory")).expect("made");
        fs::write(self.path(path), text).expect("written");
    }

    fn said(&self, arguments: &[&str]) -> String {
        let mut command = Command::cargo_bin("trackgen").expect("the program");
        let output = command.current_dir(self.0.path()).args(arguments).assert().success();
        String::from_utf8(output.get_output().stderr.clone()).expect("text")
    }
}

#[test]
fn a_secret_is_told_once_at_its_first_place() {
    let repository = Repository::new();
    repository.write("envs/mysql.json", &environment("mysql.json"));
    for arguments in
        [&["validate", "envs/mysql.json"][..], &["render", "envs/mysql.json"], &["plan", "envs/mysql.json"]]
    {
        let said = repository.said(arguments);
        assert_eq!(said.matches("warning[secret-in-git]").count(), 1, "{said}");
        assert!(said.contains("envs/mysql.json:13:18") && said.contains("(4 more in this file)"), "{said}");
        assert!(!said.contains("very-"), "{said}");
    }
}

#[test]
fn git_says_what_is_ignored() {
    let repository = Repository::new();
    for name in ["ignored.json", "kept.json", "tracked.json", "below/ignored.json"] {
        repository.write(name, &environment("minimal.json"));
    }
    repository.git(&["add", "tracked.json"]);
    repository.write(".gitignore", "*.json\n!kept.json\n");
    let told = |name: &str| repository.said(&["validate", name]).contains("secret-in-git");
    assert_eq!(
        ["ignored.json", "kept.json", "tracked.json", "below/ignored.json"].map(told),
        [false, true, true, false]
    );
    let said = repository.said(&["validate", "ignored.json", "kept.json", "tracked.json", "below/ignored.json"]);
    assert_eq!(said.matches("secret-in-git").count(), 2, "{said}");
}

#[test]
fn placeholders_fakes_and_stdin_are_no_secrets_in_git() {
    let repository = Repository::new();
    let text = environment("minimal.json");
    let token = text.split('"').find(|word| word.starts_with("very-")).expect("a token").to_owned();
    for harmless in ["<ADMIN_TOKEN>", "REPLACE_WITH_TOKEN", "fake-token"] {
        repository.write("env.json", &text.replace(&token, harmless));
        let said = repository.said(&["validate", "env.json"]);
        assert!(!said.contains("secret-in-git"), "{harmless}: {said}");
    }
    let mut command = Command::cargo_bin("trackgen").expect("the program");
    let output = command.current_dir(repository.0.path()).args(["validate", "-"]).write_stdin(text).assert().success();
    assert!(!String::from_utf8_lossy(&output.get_output().stderr).contains("secret-in-git"));
}

#[test]
fn without_git_or_a_repository_there_is_nothing_to_say() {
    let repository = Repository::new();
    repository.write("env.json", &environment("minimal.json"));
    let mut command = Command::cargo_bin("trackgen").expect("the program");
    let output =
        command.current_dir(repository.0.path()).args(["validate", "env.json"]).env("PATH", "/nowhere").assert();
    assert!(!String::from_utf8_lossy(&output.success().get_output().stderr).contains("secret-in-git"));
    fs::remove_dir_all(repository.path(".git")).expect("removed");
    assert!(!repository.said(&["validate", "env.json"]).contains("secret-in-git"));
    fs::create_dir(repository.path(".git")).expect("made");
    assert!(!repository.said(&["validate", "env.json"]).contains("git"));
}

/// The checkout of a container belongs to somebody else. That is no finding, but silence would be taken for none.
#[test]
fn a_git_that_does_not_answer_is_told_of() {
    let repository = Repository::new();
    repository.write("env.json", &environment("minimal.json"));
    repository.write("fake.json", &environment("minimal.json").replace("very-", "fake-"));
    let said = |file: &str| {
        let mut command = Command::cargo_bin("trackgen").expect("the program");
        command.current_dir(repository.0.path()).env("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1").args(["validate", file]);
        String::from_utf8(command.assert().success().get_output().stderr.clone()).expect("text")
    };
    let text = said("env.json");
    assert!(text.contains("git would not tell") && text.contains("dubious ownership"), "{text}");
    assert!(!text.contains("secret-in-git"), "{text}");
    assert!(!said("fake.json").contains("git would not tell"), "nobody has to ask");
}

/// One call for all environments of a repository, and none where nothing is to be asked.
#[test]
fn git_is_asked_once() {
    let repository = Repository::new();
    let counter = repository.path("bin/git");
    repository
        .write("bin/git", "#!/bin/sh\necho asked >> \"$COUNT\"\nexec /usr/bin/env PATH=\"${PATH#*:}\" git \"$@\"\n");
    Command::new("chmod").arg("+x").arg(&counter).assert().success();
    let search = format!("{}:{}", repository.path("bin").display(), std::env::var("PATH").expect("a search path"));
    let asked = |files: &[&str]| {
        let count = repository.path("count");
        fs::write(&count, "").expect("written");
        let mut command = Command::cargo_bin("trackgen").expect("the program");
        command.current_dir(repository.0.path()).env("PATH", &search).env("COUNT", &count);
        command.arg("validate").args(files).assert().success();
        fs::read_to_string(&count).expect("a count").lines().count()
    };
    for name in ["a.json", "b.json", "below/c.json"] {
        repository.write(name, &environment("minimal.json"));
    }
    repository.write("fake.json", &environment("minimal.json").replace("very-", "fake-"));
    assert_eq!((asked(&["a.json", "b.json", "below/c.json"]), asked(&["fake.json"])), (1, 0));
}

/// What this repository shows is not complained of in it.
#[test]
fn the_samples_are_silent() {
    let mut command = Command::cargo_bin("trackgen").expect("the program");
    let output = command.current_dir(root()).args(["validate", "envs/prod.json", "envs/mysql.json"]).assert().success();
    assert!(output.get_output().stderr.is_empty());
}
