//! The override beside every stack that it may meet, merged by the newest compose and by the one that hosts have.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::host::Inventory;
use crate::rendered::{environments, stem};
use crate::stack::{Project, fits, stacks};
use crate::tool::{Verdict, read, require};

const VERSIONS: [&str; 2] = ["docker-compose", "docker-compose-2.26"];
const OVERRIDE: &str = "host/docker-compose.override.yml";

/// An override, and what the rest of its tree says that it does.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Override {
    text: String,
    engine: String,
    image: String,
    mounts: BTreeSet<Mount>,
}

/// Source, target, and whether it is read-only.
type Mount = (String, String, bool);

impl Override {
    fn of(tree: &Path) -> Self {
        let inventory = Inventory::of(tree);
        Self {
            text: read(&tree.join(OVERRIDE)),
            engine: inventory.engine().to_owned(),
            image: inventory.text("image").to_owned(),
            mounts: mounts(tree, &inventory),
        }
    }

    fn merge(&self, stack: &Path, compose: &str) -> Verdict {
        const JSON: [&str; 5] = ["--profile", "backup", "config", "--format", "json"];
        let project = Project::new(stack, &self.text);
        let base = project.config(compose, &[&["-f", "docker-compose.yml"], &JSON[..]].concat())?;
        let named = [&["-f", "docker-compose.yml", "-f", "docker-compose.override.yml"], &JSON[..]].concat();
        let merged = project.config(compose, &named)?;
        require(project.config(compose, &JSON)? == merged, "without -f the files merge to something else")?;
        // As `compose run backup` does, which needs no profile.
        let alone = project.config(compose, &["config", "--format", "json", "backup"])?;
        require(alone["services"].get("backup").is_some(), "`compose run backup` does not find its service")?;
        neighbours(&base, &merged)?;
        tracker(&base, &merged)?;
        self.backup(&base, &merged["services"]["backup"])
    }

    fn backup(&self, base: &Value, service: &Value) -> Verdict {
        for (key, wanted) in [
            ("image", json!(self.image)),
            ("profiles", json!(["backup"])),
            ("user", json!("1000:1000")),
            ("read_only", json!(true)),
            ("init", json!(true)),
            ("cap_drop", json!(["ALL"])),
            ("cap_add", Value::Null),
            ("privileged", Value::Null),
            ("ports", Value::Null),
            ("restart", json!("no")),
            ("environment", Value::Null),
            ("env_file", Value::Null),
        ] {
            require(service[key] == wanted, format!("backup's {key} is {}, not {wanted}", service[key]))?;
        }
        let options = service["security_opt"].as_array().cloned().unwrap_or_default();
        let privileges =
            options.iter().any(|option| option.as_str().is_some_and(|text| text.starts_with("no-new-privileges")));
        require(privileges, "backup may gain privileges")?;
        require(service["logging"]["options"].get("max-size").is_some(), "backup's log has no limit")?;
        network(base, service, &self.engine)?;
        let mounted = mounted(service);
        require(mounted == self.mounts, format!("backup mounts {mounted:#?}, not {:#?}", self.mounts))
    }
}

pub fn check(tree: &Path, stack: &Path) -> Verdict {
    VERSIONS.iter().try_for_each(|compose| Override::of(tree).merge(stack, compose))
}

/// Every other service and every network is as it was.
fn neighbours(base: &Value, merged: &Value) -> Verdict {
    let without = |config: &Value| {
        let mut services = config["services"].as_object().cloned().unwrap_or_default();
        services.retain(|name, _| name != "tracker" && name != "backup");
        services
    };
    require(without(base) == without(merged), "another service changes")?;
    require(base["volumes"] == merged["volumes"], "the volumes change")?;
    for (name, network) in base["networks"].as_object().into_iter().flatten() {
        require(merged["networks"][name] == *network, format!("the network {name} changes"))?;
    }
    Ok(())
}

/// The tracker ends by SIGINT and is given time; nothing else about it changes.
fn tracker(base: &Value, merged: &Value) -> Verdict {
    let before = &base["services"]["tracker"];
    let mut after = merged["services"]["tracker"].clone();
    let service = after.as_object_mut().ok_or("no tracker")?;
    require(service.remove("stop_signal") == Some(json!("SIGINT")), "the tracker does not stop by SIGINT")?;
    require(service.remove("stop_grace_period").is_some(), "the tracker has no grace period")?;
    require(*before == after, format!("the tracker changes from {before} to {after}"))
}

/// None for SQLite; for a server the one that it is on, or would be on if it were in the stack.
fn network(base: &Value, service: &Value, engine: &str) -> Verdict {
    let names =
        |service: &Value| service["networks"].as_object().map(|networks| networks.keys().cloned().collect::<Vec<_>>());
    let networks = names(service).unwrap_or_default();
    if engine == "sqlite3" {
        return require(
            service["network_mode"] == json!("none") && networks.is_empty(),
            format!("backup has a network: {service}"),
        );
    }
    let wanted = names(&base["services"][engine]).unwrap_or_else(|| vec!["database_network".to_owned()]);
    require(networks == wanted, format!("backup is on {networks:?}, its server on {wanted:?}"))?;
    require(service["network_mode"].is_null(), "backup has a network mode")
}

fn mounted(service: &Value) -> BTreeSet<Mount> {
    let volumes = service["volumes"].as_array().into_iter().flatten();
    volumes
        .map(|volume| {
            let field = |name: &str| volume[name].as_str().unwrap_or_default().to_owned();
            (field("source"), field("target"), volume["read_only"] == json!(true))
        })
        .collect()
}

/// The settings, what holds each database, and the backups; not the base's whole `./storage`.
fn mounts(tree: &Path, inventory: &Inventory) -> BTreeSet<Mount> {
    let mut wanted = BTreeSet::from([
        ("/etc/tracker-backup".into(), "/etc/tracker-backup".into(), true),
        (inventory.text("directory").into(), "/backups".into(), false),
    ]);
    for line in read(&tree.join("host/databases")).lines().filter(|line| !line.starts_with('#')) {
        let parent = |path: &str| path.rsplit_once('/').map(|(directory, _)| directory.to_owned()).unwrap_or_default();
        match line.split(' ').collect::<Vec<_>>()[..] {
            [_, "sqlite3", _, host, inside] => wanted.insert((parent(host), parent(inside), false)),
            _ => wanted.insert((
                format!("{}/.env", inventory.text("deploy_dir")),
                "/run/tracker-backup/stack.env".into(),
                true,
            )),
        };
    }
    wanted
}

/// Every environment's override beside every stack that fits; those that say the same are merged once.
fn merges_with_every_stack(compose: &str) {
    let mut distinct: BTreeMap<(Override, PathBuf), Vec<&str>> = BTreeMap::new();
    for rendered in environments() {
        let fitting: Vec<PathBuf> = stacks().into_iter().filter(|stack| fits(rendered, stack)).collect();
        assert!(!fitting.is_empty(), "{}: no stack in tests/compose fits", rendered.file.display());
        let ours = Override::of(&rendered.tree);
        for stack in fitting {
            distinct.entry((ours.clone(), stack)).or_default().push(stem(&rendered.file));
        }
    }
    let objections: Vec<String> = distinct
        .iter()
        .filter_map(|((ours, stack), names)| {
            let objection = ours.merge(stack, compose).err()?;
            Some(format!("{}: {OVERRIDE} beside {}:\n{objection}", names.join(", "), stack.display()))
        })
        .collect();
    assert!(objections.is_empty(), "{}", objections.join("\n"));
}

#[test]
fn the_newest_compose_merges_the_override_with_every_stack() {
    merges_with_every_stack(VERSIONS[0]);
}

#[test]
fn the_compose_of_the_hosts_merges_the_override_with_every_stack() {
    merges_with_every_stack(VERSIONS[1]);
}
