//! The stacks that an override may be put beside, and what compose makes of the two.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::host::Inventory;
use crate::rendered::{Rendered, documents, yaml};
use crate::tool::{ROOT, read, require, run, tool};

const DRIVER: &str = "TORRUST_TRACKER_CONFIG_OVERRIDE_CORE__DATABASE__DRIVER=";

/// Stacks in the deployer's shape: ours, and its own when they are beside this project.
pub fn stacks() -> Vec<PathBuf> {
    ["tests/compose", "../shared/deployer/compose"]
        .iter()
        .flat_map(|directory| documents(&Path::new(ROOT).join(directory)))
        .collect()
}

/// Whether a stack can be that of an environment: the same engine, in the stack or outside it.
pub fn fits(rendered: &Rendered, stack: &Path) -> bool {
    let engine = Inventory::of(&rendered.tree).engine().to_owned();
    let driver =
        read(&stack.with_extension("env")).lines().find_map(|line| line.strip_prefix(DRIVER).map(str::to_owned));
    let in_the_stack = yaml(stack)["services"].get(engine.as_str()).is_some();
    let database = &rendered.environment()["tracker"]["core"]["database"];
    // The deployer runs a MySQL of its own even when the tracker uses another one.
    let fits = engine != "postgresql" || in_the_stack == (database["host"].as_str() == Some(engine.as_str()));
    driver.as_deref() == Some(&format!("'{engine}'")) && fits
}

/// A deploy directory as the host has it, named as there: the name is that of the project.
pub struct Project(TempDir);

impl Project {
    pub fn new(stack: &Path, text: &str) -> Self {
        let project = Self(tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a directory"));
        fs::create_dir(project.directory()).expect("a deploy directory");
        fs::copy(stack, project.directory().join("docker-compose.yml")).expect("a stack");
        fs::copy(stack.with_extension("env"), project.directory().join(".env")).expect("its variables");
        fs::write(project.directory().join("docker-compose.override.yml"), text).expect("the override");
        project
    }

    fn directory(&self) -> PathBuf {
        self.0.path().join("torrust")
    }

    /// What compose makes of the files; a warning is an objection.
    pub fn config(&self, compose: &str, arguments: &[&str]) -> Result<Value, String> {
        let said = run(tool(compose).args(arguments).current_dir(self.directory()));
        said.accepted()?;
        require(said.stderr.is_empty(), &*said.stderr)?;
        // Relative paths come out below the test's directory instead of the host's.
        let text = said.stdout.replace(&*self.directory().to_string_lossy(), "{deploy_dir}");
        serde_json::from_str(&text).map_err(|error| format!("{error}: {text}"))
    }
}
