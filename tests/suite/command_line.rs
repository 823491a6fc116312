//! The program as it is called: streams and exit codes.

use crate::fixtures::root;
use assert_cmd::Command;
use std::fs;
use tempfile::TempDir;

fn trackgen() -> Command {
    let mut command = Command::cargo_bin("trackgen").expect("the program");
    command.current_dir(root()).env_remove("NO_COLOR");
    command
}

fn streams(command: &mut Command, code: i32) -> (String, String) {
    let output = command.assert().code(code).get_output().clone();
    (String::from_utf8(output.stdout).expect("text"), String::from_utf8(output.stderr).expect("text"))
}

#[test]
fn render_writes_and_check_agrees() {
    let out = TempDir::new().expect("a directory");
    let tree = out.path().join("tree");
    let (stdout, _) = streams(trackgen().args(["render", "envs/prod.json", "--out"]).arg(&tree), 0);
    assert!(stdout.contains("written"), "{stdout}");
    streams(trackgen().args(["render", "--check", "envs/prod.json", "--out"]).arg(&tree), 0);
    fs::write(tree.join("host/paths"), "edited\n").expect("edited");
    let (stdout, _) = streams(trackgen().args(["render", "--check", "envs/prod.json", "--out"]).arg(&tree), 3);
    assert!(stdout.contains("-edited\n"), "{stdout}");
    assert_eq!(fs::read_to_string(tree.join("host/paths")).expect("kept"), "edited\n", "--check writes nothing");
}

#[test]
fn a_copy_in_another_directory_renders_the_same_bytes() {
    let (here, there) = (TempDir::new().expect("a directory"), TempDir::new().expect("a directory"));
    fs::copy(root().join("envs/prod.json"), there.path().join("prod.json")).expect("copied");
    streams(trackgen().args(["render", "envs/prod.json", "--out"]).arg(here.path().join("tree")), 0);
    streams(trackgen().current_dir(there.path()).args(["render", "prod.json"]), 0);
    let left = here.path().join("tree");
    let right = there.path().join("generated/prod");
    let diff = Command::new("diff").args(["-r"]).args([left, right]).assert().success();
    assert!(diff.get_output().stdout.is_empty());
}

#[test]
fn one_bad_file_does_not_stop_the_others() {
    let out = TempDir::new().expect("a directory");
    let bad = "tests/invalid/schedule-never--february.json";
    let files = ["envs/prod.json", bad, "envs/mysql.json"];
    let (_, stderr) = streams(trackgen().arg("render").args(files).arg("--out").arg(out.path()), 1);
    assert!(stderr.contains("error[schedule-never]"), "{stderr}");
    assert!(stderr.contains("/ansible is left as it is, because not every host could be rendered"), "{stderr}");
    let hosts = out.path().join("hosts");
    assert!(hosts.join("prod/MANIFEST").exists() && hosts.join("mysql/MANIFEST").exists());
    assert!(!out.path().join("ansible").exists());
}

#[test]
fn exit_codes_tell_what_kind_of_trouble_it_was() {
    let out = TempDir::new().expect("a directory");
    fs::write(out.path().join("file"), "in the way").expect("written");
    streams(trackgen().args(["validate", "envs/prod.json"]), 0);
    streams(trackgen().args(["validate", "tests/invalid/encoding--nul.json"]), 1);
    let (_, stderr) = streams(trackgen().args(["validate", "envs/nowhere.json"]), 2);
    assert!(stderr.contains("envs/nowhere.json: No such file"), "{stderr}");
    streams(trackgen().args(["render", "envs/prod.json", "--out"]).arg(out.path().join("file")), 2);
    streams(trackgen().args(["render", "--chek", "envs/prod.json"]), 2);
    streams(trackgen().args(["render", "--check", "envs/prod.json", "--out"]).arg(out.path().join("none")), 3);
}

#[test]
fn two_environments_of_one_name_are_not_written_to_one_place() {
    let out = TempDir::new().expect("a directory");
    let copy = out.path().join("copy.json");
    fs::copy(root().join("envs/prod.json"), &copy).expect("copied");
    let (_, stderr) = streams(trackgen().args(["render", "envs/prod.json"]).arg(&copy).arg("--out").arg(out.path()), 2);
    assert!(stderr.contains("is named `prod`"), "{stderr}");
}

/// A program that reads the findings must not take half of them for all.
#[test]
fn what_cannot_be_written_is_a_failure() {
    let program = assert_cmd::cargo::cargo_bin("trackgen");
    let run = |arguments: &[&str], redirect: &str| {
        let mut shell = Command::new("sh");
        shell.current_dir(root()).args(["-c", &format!("\"$0\" \"$@\" {redirect}")]).arg(&program).args(arguments);
        shell.output().expect("a shell")
    };
    for arguments in [
        &["validate", "envs/prod.json", "--format", "json"][..],
        &["validate", "envs/prod.json"],
        &["plan", "envs/prod.json"],
        &["diff", "envs/prod.json", "envs/large.json"],
        &["explain"],
        &["schema"],
        &["man"],
        &["completions", "bash"],
    ] {
        let output = run(arguments, ">/dev/full");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {stderr}");
        assert!(stderr.contains("error: stdout: No space left"), "{arguments:?}: {stderr}");
    }
    let output = run(&["validate", "tests/warnings/same-disk.json"], "2>/dev/full");
    assert_eq!(output.status.code(), Some(2));
    let output = run(&["schema"], "| head -c 1");
    assert!(output.status.success() && output.stderr.is_empty());
}

#[test]
fn an_environment_without_backup_says_so_and_is_fine() {
    let out = TempDir::new().expect("a directory");
    let tree = out.path().join("tree");
    let (stdout, stderr) = streams(trackgen().args(["render", "envs/no-backup.json", "--out"]).arg(&tree), 0);
    assert!(stdout.is_empty() && stderr.contains("nothing to render"), "{stdout}{stderr}");
    assert!(!tree.exists() && !stderr.contains("uninstall.yml"), "{stderr}");
    streams(trackgen().args(["render", "envs/prod.json", "--out"]).arg(&tree), 0);
    let (_, stderr) = streams(trackgen().args(["render", "envs/no-backup.json", "--out"]).arg(&tree), 0);
    assert!(stderr.contains("uninstall.yml"), "what is installed would be forgotten: {stderr}");
}

#[test]
fn stdin_is_read_as_json_or_yaml() {
    for file in ["envs/prod.json", "envs/index.yml"] {
        let text = fs::read(root().join(file)).expect("the environment");
        streams(trackgen().args(["validate", "-"]).write_stdin(text), 0);
    }
    let (_, stderr) = streams(trackgen().args(["validate", "-"]).write_stdin("environment: [\n"), 1);
    assert!(stderr.contains("<stdin>.yml:"), "{stderr}");
}

#[test]
fn colours_are_for_terminals_and_findings_go_to_stderr() {
    let (stdout, stderr) = streams(trackgen().args(["validate", "tests/invalid/schedule-never--february.json"]), 1);
    assert!(stdout.is_empty());
    assert!(stderr.starts_with("error[schedule-never]") && !stderr.contains('\u{1b}'), "{stderr}");
    let (_, stderr) = streams(
        trackgen().env("CLICOLOR_FORCE", "1").args(["validate", "tests/invalid/schedule-never--february.json"]),
        1,
    );
    assert!(stderr.contains('\u{1b}'));
}

#[test]
fn the_plan_gives_each_decision_its_reason() {
    let (human, _) = streams(trackgen().args(["plan", "envs/prod.json"]), 0);
    let (json, _) = streams(trackgen().args(["plan", "envs/prod.json", "--format", "json"]), 0);
    let plan: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let decisions = plan["decisions"].as_array().expect("decisions");
    assert!(decisions.len() >= 8);
    let human = human.split_whitespace().collect::<Vec<_>>().join(" ");
    for decision in decisions {
        for part in ["topic", "is", "because"] {
            let text = decision[part].as_str().expect("text");
            assert!(!text.is_empty() && human.contains(text), "{part} of {decision}");
        }
    }
}

#[test]
fn the_page_is_whole_and_replaces_nothing_but_a_page() {
    let directory = TempDir::new().expect("a directory");
    let file = directory.path().join("plan.html");
    let plan = |from: &str, code: i32| {
        streams(trackgen().args(["plan", "envs/large.json", "--from", from, "--html"]).arg(&file), code)
    };
    plan("2026-11-21", 0);
    let first = fs::read_to_string(&file).expect("a page");
    assert!(first.starts_with("<!doctype html>") && first.ends_with("</html>\n"));
    let unescaped = first.replace("&#x2f;", "/");
    for seen in [
        "/opt/torrust/storage/tracker/lib/database/tracker.db</code> for the host",
        "/var/lib/torrust/tracker/database/tracker.db</code> for the tracker",
        "/data/storage/tracker/lib/database/tracker.db</code> for the backup container",
    ] {
        assert!(unescaped.contains(seen), "{seen}");
    }
    plan("2026-11-21", 0);
    assert_eq!(fs::read_to_string(&file).expect("a page"), first, "the same day gives the same bytes");
    plan("2027-01-01", 0);
    assert_ne!(fs::read_to_string(&file).expect("a page"), first);
    fs::write(&file, "<html>mine</html>").expect("written");
    let (_, stderr) = plan("2026-11-21", 2);
    assert!(stderr.contains("was not written by trackgen"), "{stderr}");
    assert_eq!(fs::read_to_string(&file).expect("kept"), "<html>mine</html>");
}

#[test]
fn a_page_goes_where_it_is_told_and_makes_no_way() {
    let directory = TempDir::new().expect("a directory");
    let page = |file: &std::path::Path, code: i32| {
        streams(trackgen().args(["plan", "envs/large.json", "--from", "2026-11-21", "--html"]).arg(file), code)
    };
    let file = directory.path().join("plan.html");
    page(&file, 0);
    assert_eq!(page("-".as_ref(), 0).0, fs::read_to_string(&file).expect("a page"));
    assert!(!root().join("-").exists());
    let (_, stderr) = page(&directory.path().join("none/below/plan.html"), 2);
    assert!(stderr.contains("none/below: "), "{stderr}");
    assert!(!directory.path().join("none").exists());
}

/// `validate`, `render` and `plan` judge warnings alike.
#[test]
fn a_plan_can_deny_warnings_and_allow_some() {
    let plan = |flags: &[&str], code: i32| {
        streams(trackgen().args(["plan", "tests/warnings/same-disk.json"]).args(flags), code)
    };
    assert!(plan(&[], 0).1.contains("warning[same-disk]"));
    let (stdout, stderr) = plan(&["--deny-warnings"], 1);
    assert!(stdout.is_empty() && stderr.contains("--deny-warnings was given"), "{stderr}");
    let (_, stderr) = plan(&["--deny-warnings", "--allow", "same-disk"], 0);
    assert!(stderr.is_empty(), "{stderr}");
}

#[test]
fn a_plan_fits_a_terminal() {
    for name in ["large", "mysql", "kubernetes", "systemd", "disabled"] {
        let (stdout, _) = streams(trackgen().args(["plan", &format!("envs/{name}.json"), "--from", "2026-11-21"]), 0);
        for line in stdout.lines() {
            let has_long_word = line.split_whitespace().any(|word| word.chars().count() > 60);
            assert!(line.chars().count() <= 80 || has_long_word, "{name}: {line}");
        }
    }
}

#[test]
fn what_a_file_says_is_text_in_the_page() {
    let text = fs::read_to_string(root().join("envs/large.json")).expect("a sample");
    let text = text.replacen("\"tracker\": {", "\"<script>alert(1)</script>\": 1, \"tracker\": {", 1);
    let directory = TempDir::new().expect("a directory");
    let file = directory.path().join("plan.html");
    let (_, stderr) = streams(trackgen().args(["plan", "-", "--html"]).arg(&file).write_stdin(text), 0);
    assert!(stderr.contains("unfamiliar-key") && stderr.contains("<script>"), "{stderr}");
    let page = fs::read_to_string(&file).expect("a page");
    assert!(page.contains("&lt;script&gt;") && !page.contains("<script"));
}

#[test]
fn a_day_that_is_none_is_a_usage_error() {
    for day in
        ["2026-02-30", "26-1-1", "2026-1-01", "2026-11-21 ", "+262142-12-31", "-0001-01-01", "1969-12-31", "9001-01-01"]
    {
        let (_, stderr) = streams(trackgen().args(["plan", "envs/large.json", &format!("--from={day}")]), 2);
        assert!(stderr.contains("a day is written as 2026-11-21"), "{day}: {stderr}");
    }
    for day in ["1970-01-01", "9000-12-31"] {
        streams(trackgen().args(["plan", "envs/systemd.json", "--from", day]), 0);
    }
}

#[test]
fn the_schema_is_the_one_of_the_repository() {
    let (stdout, _) = streams(trackgen().arg("schema"), 0);
    assert_eq!(stdout, fs::read_to_string(root().join("schema/environment.schema.json")).expect("the schema"));
}

#[test]
fn help_shows_examples_and_exit_codes() {
    let (stdout, _) = streams(trackgen().arg("--help"), 0);
    assert!(stdout.contains("trackgen render envs/prod.json") && stdout.contains("Exit codes:"), "{stdout}");
    let (stdout, _) = streams(trackgen().arg("--version"), 0);
    assert_eq!(stdout, format!("trackgen {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn a_reader_that_hangs_up_is_no_error() {
    let program = assert_cmd::cargo::cargo_bin("trackgen");
    let script = format!("set -o pipefail; '{}' schema | true", program.display());
    Command::new("bash").args(["-c", &script]).assert().success();
}
