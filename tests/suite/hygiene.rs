//! Bytes that every artifact keeps to, whatever the environment.

use crate::fixtures::{environments, name, root};
use assert_cmd::Command;
use std::{
    collections::BTreeSet,
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};
use trackgen::{Compiled, output::artifact::MANIFEST};

pub fn compiled(path: &Path) -> Compiled {
    let text = fs::read(path).expect("the environment is there");
    trackgen::compile(&name(path), &text).unwrap_or_else(|report| panic!("{}:\n{report}", path.display()))
}

fn each_artifact(check: impl Fn(&str, &str)) {
    for path in environments() {
        for (artifact, content) in compiled(&path).artifacts.iter() {
            check(&format!("{artifact} of {}", path.display()), &content.body);
        }
    }
}

#[test]
fn text_ends_with_one_newline_and_has_no_trailing_space_or_tab() {
    each_artifact(|what, text| {
        assert!(text.ends_with('\n') && !text.ends_with("\n\n"), "{what}: the end");
        for (index, line) in text.lines().enumerate() {
            assert!(!line.ends_with([' ', '\t', '\r']), "{what}:{}: ends with white space", index + 1);
        }
    });
}

#[test]
fn no_template_syntax_is_left_in_a_rendered_file() {
    for path in environments() {
        for (artifact, content) in compiled(&path).artifacts.iter() {
            let is_template = root().join("templates").join(format!("{artifact}.j2")).is_file();
            assert!(!is_template || !content.body.contains("{%"), "{artifact} of {}", path.display());
        }
    }
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    for path in environments() {
        assert_eq!(compiled(&path).artifacts, compiled(&path).artifacts, "{}", path.display());
    }
}

/// A file that is neither in the catalog nor behind a template would be forgotten; the compiler finds the other way round.
#[test]
fn every_template_is_rendered() {
    // No environment has the files of every scheduler.
    let rendered: BTreeSet<String> = environments()
        .iter()
        .flat_map(|path| compiled(path).artifacts.iter().map(|(path, _)| path.to_owned()).collect::<Vec<_>>())
        .collect();
    let templates = root().join("templates");
    let mut found: BTreeSet<String> = below(&templates)
        .iter()
        .map(|path| path.strip_prefix(&templates).expect("below").to_string_lossy().trim_end_matches(".j2").to_owned())
        .collect();
    found.insert(MANIFEST.to_owned());
    // The README.md of a fleet.
    found.remove("fleet/README.md");
    assert_eq!(found, rendered);
}

#[test]
fn every_file_of_the_host_is_installed_and_nothing_else() {
    for environment in ["prod.json", "systemd.json"] {
        check_installed(&compiled(&root().join("envs").join(environment)));
    }
}

fn check_installed(compiled: &Compiled) {
    let plan = compiled.plan.as_ref().expect("a plan");
    let body = |source| compiled.artifacts.get(source).expect("it is rendered").body.to_string();
    let manifest = body("host/manifest");
    let installed: BTreeSet<&str> = plan.files.iter().map(|file| file.source).collect();
    // What restores a lost host is used from the tree.
    let host = |path: &&str| {
        (path.starts_with("host/") || path.starts_with("image/") || path.starts_with("restore/"))
            && !["restore/recover.sh", "restore/installation"].contains(path)
    };
    let rendered: BTreeSet<&str> = compiled.artifacts.iter().map(|(path, _)| path).filter(host).collect();
    assert_eq!(rendered, installed);
    for file in &plan.files {
        let mode = compiled.artifacts.get(file.source).expect("it is rendered").mode();
        assert_eq!(file.mode, format!("{mode:04o}"), "{}", file.source);
        let listed = manifest.lines().find(|line| line.ends_with(&format!(" {}", file.target)));
        let sum = Command::new("sha256sum").write_stdin(body(file.source)).output().expect("sha256sum runs").stdout;
        let line = format!("{} {} {}", file.mode, String::from_utf8_lossy(&sum[..64]), file.target);
        assert_eq!(listed, (file.source != "host/manifest").then_some(line.as_str()), "{}", file.source);
    }
}

/// Ansible has no limit, but a host that is made by cloud-init should not have to wait for it.
#[test]
fn every_sample_fits_into_short_user_data() {
    for path in environments() {
        for scheduler in ["cron", "systemd"] {
            let text = fs::read_to_string(&path).expect("the environment is there");
            let mut environment: serde_json::Value = serde_yaml::from_str(&text).expect("JSON or YAML");
            environment["provider"] = serde_json::json!({ "provider": "hetzner", "api_token": "x", "server_type": "x", "location": "x", "image": "x" });
            let backup = environment["backup"].take();
            environment["backup"] = if backup.is_null() { serde_json::json!({}) } else { backup };
            environment["backup"]["scheduler"] = scheduler.into();
            environment["backup"].as_object_mut().expect("a section").remove("timezone");
            let report = trackgen::compile("short.json", environment.to_string().as_bytes()).err();
            assert!(report.is_none(), "{} with {scheduler}: {}", path.display(), report.expect("just seen"));
        }
    }
}

/// Never two schedulers on a host: what one has, the other must find gone.
#[test]
fn a_scheduler_installs_its_own_files_and_names_those_of_the_other() {
    let of = |environment: &str| compiled(&root().join("envs").join(environment)).plan.expect("a plan");
    let schedule = |environment: &str| -> Vec<String> {
        let files = of(environment).files.into_iter().filter(|file| file.kind == "schedule");
        files.map(|file| file.target.to_string()).collect()
    };
    let absent =
        |environment: &str| -> Vec<String> { of(environment).absent.iter().map(ToString::to_string).collect() };
    let timers = ["/etc/systemd/system/tracker-backup.timer", "/etc/systemd/system/tracker-drill.timer"];
    assert_eq!(schedule("prod.json"), ["/etc/cron.d/tracker-backup"]);
    assert_eq!(schedule("systemd.json"), timers);
    assert_eq!(absent("systemd.json"), ["/etc/cron.d/tracker-backup"]);
    assert!(timers.iter().all(|timer| absent("prod.json").iter().any(|target| target == timer)));
    let text = fs::read_to_string(root().join("envs/systemd.json")).expect("the environment is there");
    let disabled = text.replace("\"scheduler\"", "\"enabled\": false, \"scheduler\"");
    let plan = trackgen::compile("disabled.json", disabled.as_bytes()).expect("valid").plan.expect("a plan");
    assert!(plan.files.iter().all(|file| file.kind != "schedule"), "a timer although nothing is to be scheduled");
    assert!(timers.iter().all(|timer| plan.absent.iter().any(|target| target.as_str() == *timer)));
}

/// A script names what it needs at its top (`: "${NAME:?}"`); the settings file gives it, or another script sets it.
#[test]
fn scripts_ask_for_nothing_that_nobody_gives() {
    let compiled = compiled(&root().join("envs/prod.json"));
    let scripts = || compiled.artifacts.iter().filter(|(path, file)| path.ends_with(".sh") || file.executable);
    let settings = &compiled.artifacts.get("host/backup.conf").expect("settings").body;
    let mut asked_for = 0;
    for (path, artifact) in scripts() {
        for line in artifact.body.lines().filter(|line| line.trim_start().starts_with(": \"${")) {
            for name in line.split("${").skip(1).filter_map(|rest| rest.split_once([':', '?']).map(|(name, _)| name)) {
                let is_set = scripts().any(|(_, script)| {
                    [format!("{name}="), format!("{name}:=")].iter().any(|set| script.body.contains(set))
                });
                assert!(is_set || settings.contains(&format!("\n{name}='")), "{path} asks for {name}");
                asked_for += 1;
            }
        }
    }
    assert!(asked_for > 10, "the contracts were not found");
}

/// Where `list && exit` fails to list, a script goes on to what comes after it.
#[test]
fn no_script_ends_behind_an_and() {
    for (path, artifact) in compiled(&root().join("envs/prod.json")).artifacts.iter() {
        assert!(!artifact.body.contains("&& exit"), "{path}");
    }
}

/// `src/plan/clients.rs` says which servers the clients of this Debian can read.
#[test]
fn the_image_is_of_the_debian_whose_clients_are_known() {
    let dockerfile = fs::read_to_string(root().join("templates/image/Dockerfile")).expect("the Dockerfile");
    assert!(
        dockerfile.contains("BASE_IMAGE=debian:trixie-"),
        "another Debian: see the versions in src/plan/clients.rs"
    );
}

/// cloud-init gets the scripts packed: unpacked they are, byte for byte and mode for mode, what Ansible installs.
#[test]
fn the_packed_scripts_are_the_scripts() {
    check_packed("minimal.json", true);
}

/// Where user data is short, restores are left out.
#[test]
fn short_user_data_holds_all_but_restores() {
    check_packed("prod.json", false);
}

fn check_packed(environment: &str, with_restores: bool) {
    let compiled = compiled(&root().join("envs").join(environment));
    let user_data: serde_json::Value =
        serde_yaml::from_str(&compiled.artifacts.get("cloud-init/user-data.yml").expect("user data").body)
            .expect("YAML");
    let files = user_data["write_files"].as_array().expect("files");
    let content = |file: &serde_json::Value| file["content"].as_str().expect("content").to_owned();
    let path = |file: &serde_json::Value| file["path"].as_str().expect("a path").to_owned();
    let (packed, plain): (Vec<_>, Vec<_>) = files.iter().partition(|file| path(file).starts_with("/run/"));
    let host = tempfile::TempDir::new().expect("a directory");
    let here = |word: &str| word.replace("/run/", &format!("{}/", host.path().display()));
    for archive in packed {
        fs::write(here(&path(archive)), content(archive)).expect("a file");
    }
    // What cloud-init would run, with this directory for the host's root.
    for command in &user_data["runcmd"].as_array().expect("commands")[..2] {
        let words = command.as_array().expect("words").iter().map(|word| word.as_str().expect("a word"));
        let words: Vec<String> = words.map(|word| if word == "/" { here("/run/") } else { here(word) }).collect();
        Command::new(&words[0]).args(&words[1..]).assert().success();
    }
    let installed_files = compiled.plan.expect("a plan").files;
    let (restores, others): (Vec<_>, Vec<_>) = installed_files.iter().partition(|file| file.is_deferrable());
    let is_there = |target: &str| {
        host.path().join(target.trim_start_matches('/')).exists()
            || plain.iter().any(|written| written["path"] == target)
    };
    assert!(restores.iter().all(|file| is_there(file.target.as_str()) == with_restores));
    for file in others.into_iter().chain(if with_restores { restores } else { Vec::new() }) {
        let rendered = &compiled.artifacts.get(file.source).expect("it is rendered").body;
        let written = plain.iter().find(|written| written["path"] == file.target.as_str());
        let installed =
            written.map(|written| (content(written), written["permissions"].as_str().expect("a mode").to_owned()));
        let installed = installed.unwrap_or_else(|| {
            let path = host.path().join(file.target.as_str().trim_start_matches('/'));
            let mode = fs::metadata(&path).expect("unpacked").permissions().mode() & 0o7777;
            (fs::read_to_string(&path).expect("a text"), format!("{mode:04o}"))
        });
        assert_eq!((installed.0.as_str(), installed.1.as_str()), (rendered.as_ref(), file.mode), "{}", file.source);
    }
}

pub fn below(directory: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(directory).expect("the directory is there").map(|entry| entry.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { below(&path) } else { vec![path] }).collect()
}
