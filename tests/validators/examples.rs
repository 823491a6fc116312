//! The examples for an operator's repository: a workflow of GitHub, and hooks of pre-commit. Each is read by the programs that judge
//! such files, and then does its work in a repository of the test's own.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::rendered::yaml;
use crate::tool::{ROOT, Said, Verdict, ask, read, require, run, tool};

const WORKFLOW: &str = "examples/github/trackgen.yml";
const HOOKS: &str = ".pre-commit-hooks.yaml";

/// What pre-commit is told in the README, with the hooks taken from a repository of the test's own, and trackgen from the path: to
/// build it as an operator's pre-commit does takes minutes.
const CONFIGURATION: &str = "repos:
  - repo: HOOKS
    rev: main
    hooks:
      - { id: trackgen-validate, language: system }
      - { id: trackgen-check, language: system }
";

fn ours(path: &str) -> PathBuf {
    Path::new(ROOT).join(path)
}

/// An operator's repository: two environments, and what was rendered from them.
struct Repository(TempDir);

impl Repository {
    fn new() -> Self {
        let repository = Self::empty();
        fs::create_dir(repository.path("envs")).expect("a directory");
        for name in ["prod.json", "index.yml"] {
            fs::copy(ours("envs").join(name), repository.path("envs").join(name)).expect("a copy");
        }
        repository.shell("trackgen render envs/*").accepted().expect("it renders");
        repository.commit();
        repository
    }

    fn empty() -> Self {
        let repository = Self(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory"));
        repository.shell("git init --quiet --initial-branch main").accepted().expect("a repository");
        repository
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn edit(&self, path: &str, from: &str, to: &str) {
        let before = read(&self.path(path));
        let after = before.replacen(from, to, 1);
        assert_ne!(before, after, "{path} has no {from}");
        fs::write(self.path(path), after).expect("an edit");
    }

    fn commit(&self) {
        let commit = "git add --all && git -c user.name=t -c user.email=t@example.org commit --quiet --message t";
        self.shell(commit).accepted().expect("a commit");
    }

    /// As a step of a workflow runs, with trackgen on the path.
    fn shell(&self, script: &str) -> Said {
        let trackgen = Path::new(env!("CARGO_BIN_EXE_trackgen")).parent().expect("a directory");
        let mut command = tool("bash");
        let path = command.get_envs().find(|(name, _)| *name == "PATH").and_then(|(_, value)| value);
        let path = format!("{}:{}", trackgen.display(), path.expect("a search path").to_string_lossy());
        command.env("PATH", path).env("PRE_COMMIT_HOME", self.path(".git/pre-commit"));
        run(command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", script]).current_dir(self.0.path()))
    }
}

/// GitHub's schema, and what is known to be unsafe in a workflow.
fn workflow(file: &Path) -> Verdict {
    let file = file.as_os_str();
    ask("check-jsonschema", ["--builtin-schema".as_ref(), "vendor.github-workflows".as_ref(), file]).accepted()?;
    ask("zizmor", ["--offline".as_ref(), "--no-progress".as_ref(), "--persona=pedantic".as_ref(), file]).accepted()
}

/// The commands of its steps, but for the installation.
fn steps() -> Vec<String> {
    let workflow = yaml(&ours(WORKFLOW));
    let steps = workflow["jobs"]["check"]["steps"].as_sequence().expect("steps").clone();
    let commands: Vec<String> = steps.iter().filter_map(|step| step["run"].as_str().map(str::to_owned)).collect();
    let (installation, checks) = commands.split_first().expect("steps that run");
    assert!(installation.starts_with("cargo install "), "{installation}");
    assert_eq!(checks.len(), 2, "{checks:?}");
    checks.to_vec()
}

/// Which of the steps, or of the hooks, object.
fn objecting(said: &[Said]) -> Vec<bool> {
    said.iter().map(|said| !said.success).collect()
}

/// Three states of a repository, each with which of validation and comparison has to object.
fn in_every_state(judge: impl Fn(&Repository) -> Vec<bool>) {
    let repository = Repository::new();
    assert_eq!(judge(&repository), [false, false], "as it was rendered");
    repository.edit("generated/prod/host/backup.conf", "RETENTION_DAYS='14'", "RETENTION_DAYS='1'");
    repository.commit();
    assert_eq!(judge(&repository), [false, true], "an edit of what was rendered");
    repository.shell("trackgen render envs/*").accepted().expect("it renders");
    repository.edit("envs/prod.json", "\"retention_days\": 14", "\"retention_days\": 0");
    repository.commit();
    assert_eq!(judge(&repository), [true, true], "an invalid environment");
}

#[test]
fn github_would_take_the_workflow() {
    workflow(&ours(WORKFLOW)).expect("no objection");
}

#[test]
fn faults_in_a_workflow_are_found() {
    for (from, to) in [("runs-on:", "run-on:"), ("@11bd71901bbe5b1630ceea73d27597364c9af683", "@main")] {
        let copy = tempfile::Builder::new().suffix(".yml").tempfile_in(env!("CARGO_TARGET_TMPDIR")).expect("a file");
        fs::write(copy.path(), read(&ours(WORKFLOW)).replacen(from, to, 1)).expect("a fault");
        workflow(copy.path()).expect_err(to);
    }
}

#[test]
fn the_workflow_objects_to_what_it_should() {
    in_every_state(|repository| objecting(&steps().iter().map(|step| repository.shell(step)).collect::<Vec<_>>()));
}

#[test]
fn the_hooks_object_to_what_they_should() {
    ask("pre-commit", ["validate-manifest".as_ref(), ours(HOOKS).as_os_str()]).accepted().expect("a manifest");
    let hooks = Repository::empty();
    fs::copy(ours(HOOKS), hooks.path(HOOKS)).expect("a copy");
    hooks.commit();
    in_every_state(|repository| {
        let configuration = CONFIGURATION.replace("HOOKS", &hooks.0.path().to_string_lossy());
        fs::write(repository.path(".pre-commit-config.yaml"), configuration).expect("a configuration");
        repository.shell("git add .pre-commit-config.yaml").accepted().expect("git");
        let said = ["trackgen-validate", "trackgen-check"]
            .map(|hook| repository.shell(&format!("pre-commit run --all-files --color never {hook}")));
        for said in &said {
            require(!said.everything().contains("Skipped"), said.everything()).expect("the hook ran");
        }
        objecting(&said)
    });
}

/// The README's configuration names the hooks that there are.
#[test]
fn the_readme_names_every_hook() {
    let readme = read(&ours("README.md"));
    let hooks = yaml(&ours(HOOKS));
    for hook in hooks.as_sequence().expect("hooks") {
        let line = format!("- id: {}\n", hook["id"].as_str().expect("an id"));
        assert!(readme.contains(&line), "README.md has no {line}");
    }
}
