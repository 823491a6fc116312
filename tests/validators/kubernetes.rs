//! The CronJob, by the schemas of the API and by what the container needs.

use std::path::Path;

use serde_yaml::Value;

use crate::rendered::clusters;
use crate::tool::{ROOT, Verdict, ask, read, require, run, tool};

const CRON_JOB: &str = "kubernetes/cronjob.yaml";

/// The first with a stable `timeZone`, and a new one.
const VERSIONS: [&str; 2] = ["1.27", "1.37"];

pub fn check(tree: &Path) -> Verdict {
    let file = tree.join(CRON_JOB);
    for version in VERSIONS {
        ask("kubernetes-validate", ["--strict", "-k", version, &file.to_string_lossy()]).accepted()?;
    }
    run(tool("yamllint").arg("--strict").arg("--config-file").arg(Path::new(ROOT).join(".yamllint")).arg(&file))
        .silent()?;
    let text = read(&file);
    let (settings, job) = text.split_once("---\n").ok_or("two documents")?;
    let [settings, job]: [Value; 2] =
        [settings, job].map(|document| serde_yaml::from_str(document).expect("YAML, as the validator has said"));
    hardened(&job["spec"]["jobTemplate"]["spec"]["template"]["spec"])?;
    require(job["spec"]["concurrencyPolicy"] == "Forbid", "two runs at once")?;
    for file in ["backup.conf", "databases"] {
        let content = settings["data"][file].as_str().unwrap_or_default();
        require(content.lines().count() > 2, format!("{file} is not among the settings"))?;
    }
    Ok(())
}

/// What the restricted profile of the pod security standards asks for, and more.
fn hardened(pod: &Value) -> Verdict {
    let security = &pod["securityContext"];
    require(security["runAsNonRoot"] == true && security["runAsUser"] == 1000, "root")?;
    require(security["seccompProfile"]["type"] == "RuntimeDefault", "no seccomp profile")?;
    require(pod["automountServiceAccountToken"] == false, "a token of the API")?;
    let container = &pod["containers"][0]["securityContext"];
    require(container["allowPrivilegeEscalation"] == false, "a way to more rights")?;
    require(container["readOnlyRootFilesystem"] == true, "a writable root")?;
    require(container["capabilities"]["drop"][0] == "ALL", "capabilities")
}

#[test]
fn the_api_takes_every_cron_job() {
    let trees: Vec<_> = clusters().map(|rendered| &rendered.tree).collect();
    assert!(!trees.is_empty(), "no sample is for a cluster");
    for tree in trees {
        check(tree).unwrap_or_else(|objection| panic!("{}: {objection}", tree.display()));
        // Nothing in it would schedule on a host.
        for of_a_host in ["host", "ansible", "cloud-init", "restore", "README.md"] {
            assert!(!tree.join(of_a_host).exists(), "{} has {of_a_host}", tree.display());
        }
    }
}
