//! What is told about the program itself: the first page, completions, manual pages, and the summary for a person.

use crate::fixtures::{files, name, root};
use assert_cmd::Command;
use rexpect::session::spawn_command;
use std::fs;
use tempfile::TempDir;

fn run(arguments: &[&str], code: i32) -> (String, String) {
    let mut command = Command::cargo_bin("trackgen").expect("the program");
    let output = command.current_dir(root()).args(arguments).assert().code(code).get_output().clone();
    (String::from_utf8(output.stdout).expect("text"), String::from_utf8(output.stderr).expect("text"))
}

/// The commands, as `--help` lists them.
fn commands() -> Vec<String> {
    let (help, _) = run(&["--help"], 0);
    let list = help.lines().skip_while(|line| *line != "Commands:").skip(1).take_while(|line| !line.is_empty());
    let words = list.filter_map(|line| line.split_whitespace().next().map(str::to_owned));
    words.filter(|word| word != "help").collect()
}

#[test]
fn without_arguments_a_short_page_says_how_to_begin() {
    let (stdout, stderr) = run(&[], 2);
    assert!(stdout.is_empty() && stderr.lines().count() < 12, "{stderr}");
    for command in ["trackgen init", "trackgen plan", "trackgen render", "trackgen --help"] {
        assert!(stderr.contains(command), "{stderr}");
    }
}

#[test]
fn bash_completes_commands_flags_and_values() {
    let (script, _) = run(&["completions", "bash"], 0);
    let complete = |words: &[&str]| {
        let (last, before) = (words[words.len() - 1], words[words.len() - 2]);
        let ask = format!(
            "{script}\nCOMP_WORDS=({}) COMP_CWORD={}\n_trackgen trackgen '{last}' '{before}'\necho \"${{COMPREPLY[@]}}\"",
            words.join(" "),
            words.len() - 1
        );
        let output = Command::new("bash").args(["--norc", "-c", &ask]).assert().success().get_output().clone();
        String::from_utf8(output.stdout).expect("text").trim().to_owned()
    };
    assert_eq!(complete(&["trackgen", "rend"]), "render");
    assert_eq!(complete(&["trackgen", "init", "--sched"]), "--schedule --scheduler");
    assert_eq!(complete(&["trackgen", "init", "--database", "my"]), "mysql");
    for shell in ["zsh", "fish"] {
        let (script, _) = run(&["completions", shell], 0);
        assert!(commands().iter().all(|command| script.contains(command.as_str())), "{shell}");
    }
}

#[test]
fn each_command_has_a_page_without_a_warning() {
    let directory = TempDir::new().expect("a directory");
    run(&["man", "--out", &directory.path().display().to_string()], 0);
    let pages = files(directory.path());
    let mut expected: Vec<String> = commands().iter().map(|command| format!("trackgen-{command}.1")).collect();
    expected.push("trackgen.1".to_owned());
    expected.sort();
    assert_eq!(pages.iter().map(|page| name(page)).collect::<Vec<_>>(), expected);
    for page in pages {
        let groff = Command::new("groff").args(["-man", "-ww", "-z"]).arg(&page).assert().success();
        let warnings = String::from_utf8_lossy(&groff.get_output().stderr).into_owned();
        assert!(warnings.is_empty(), "{warnings}");
    }
    let (main, _) = run(&["man"], 0);
    assert_eq!(main, fs::read_to_string(directory.path().join("trackgen.1")).expect("the page"));
    assert!(main.contains("trackgen\\-render(1)") && main.contains("Exit codes"), "{main}");
    assert!(!main.contains("trackgen\\-help(1)"), "there is no such page");
    run(&["man", "--out", "Cargo.toml"], 2);
}

/// One line for a person; a pipe gets what it got.
#[test]
fn several_environments_are_summed_up_on_a_terminal() {
    let directory = TempDir::new().expect("a directory");
    let environments = ["envs/prod.json", "envs/mysql.json", "tests/invalid/schedule-never--february.json"];
    let render = |more: &[&str], last: &str| {
        let mut command = std::process::Command::new(assert_cmd::cargo::cargo_bin("trackgen"));
        command.current_dir(directory.path()).arg("render").args(more);
        command.args(environments.map(|path| root().join(path)));
        let piped = Command::from(std::process::Command::new(command.get_program()))
            .current_dir(directory.path())
            .args(command.get_args())
            .output()
            .expect("it runs");
        assert!(!String::from_utf8_lossy(&piped.stderr).contains("3 environments"), "in a pipe");
        spawn_command(command, Some(20_000)).expect("a terminal").exp_string(last).expect("a summary");
    };
    render(&[], "rendered 3 environments: 0 changed, 2 unchanged, 1 not rendered");
    fs::write(directory.path().join("generated/prod/host/paths"), "edited\n").expect("edited");
    render(&["--check"], "checked 3 environments: 1 differ, 1 as rendered, 1 not checked");
    fs::remove_dir_all(directory.path().join("generated/mysql")).expect("removed");
    render(&["--check"], "checked 3 environments: 2 differ, 0 as rendered, 1 not checked");
}
