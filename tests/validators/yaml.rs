//! yamllint over every YAML file.

use std::path::Path;

use crate::rendered::{every_environment, walk};
use crate::tool::{ROOT, Verdict, run, tool};

pub fn check(tree: &Path) -> Verdict {
    let files = walk(tree).into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "yml"));
    run(tool("yamllint").arg("--strict").arg("--config-file").arg(Path::new(ROOT).join(".yamllint")).args(files))
        .silent()
}

#[test]
fn yamllint_has_no_finding() {
    every_environment(&["ansible", "cloud-init", "host/docker-compose.override.yml"], check);
}
