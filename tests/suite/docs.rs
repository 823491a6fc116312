//! The guide does what it says: commands are run, outputs are compared, links lead somewhere. Blocks for a host are run by the
//! end-to-end cases of `tests/e2e/cases/docs.sh`, and no block is run by nobody.

use crate::fixtures::{files, name, root};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};
use tempfile::TempDir;

const PAGES_OF_HOSTS: &str = "tests/e2e/cases/docs.sh";

/// A fenced block: ```` ```sh host ```` has the language `sh` and the mark `host`.
struct Block {
    line: usize,
    language: String,
    mark: String,
    body: String,
    /// The `text` that follows with nothing between.
    output: Option<String>,
}

fn pages() -> Vec<PathBuf> {
    let mut pages = files(&root().join("docs"));
    // The examples of findings are run by `findings`.
    pages.retain(|page| name(page).ends_with(".md") && name(page) != "findings.md");
    pages.extend(["README.md", "CONTRIBUTING.md"].map(|page| root().join(page)));
    pages
}

fn blocks(page: &Path) -> Vec<Block> {
    let text = fs::read_to_string(page).expect("the page");
    let mut blocks: Vec<Block> = Vec::new();
    let (mut open, mut prose) = (false, true);
    for (index, line) in text.lines().enumerate() {
        // In a list they are indented.
        match line.trim_start().strip_prefix("```") {
            Some(_) if open => (open, prose) = (false, false),
            Some(info) => {
                let (language, mark) = info.split_once(' ').unwrap_or((info, ""));
                let output = language == "text" && !prose && blocks.last().is_some_and(|last| last.language == "sh");
                let (language, mark) = (if output { "output" } else { language }.to_owned(), mark.to_owned());
                blocks.push(Block { line: index + 1, language, mark, body: String::new(), output: None });
                open = true;
            }
            None if open => blocks.last_mut().expect("it is open").body.extend([line, "\n"]),
            None => prose |= !line.trim().is_empty(),
        }
    }
    assert!(!open, "{}: a block does not end", page.display());
    let mut joined: Vec<Block> = Vec::new();
    for block in blocks {
        match joined.last_mut() {
            Some(last) if block.language == "output" => last.output = Some(block.body),
            _ => joined.push(block),
        }
    }
    joined
}

#[test]
fn every_command_of_the_guide_is_run_by_somebody() {
    let hosts = fs::read_to_string(root().join(PAGES_OF_HOSTS)).expect("the cases");
    for page in pages() {
        let relative = page.strip_prefix(root()).expect("below").display().to_string();
        for Block { line, language, mark, .. } in blocks(&page) {
            let at = format!("{relative}:{line}");
            match language.as_str() {
                "sh" => {
                    let here = mark.is_empty() || mark.starts_with("exit=");
                    let elsewhere = ["host", "control"].contains(&mark.as_str());
                    let reason = mark.strip_prefix("not-run: ").map_or(0, |why| why.split(' ').count());
                    assert!(here || elsewhere || reason >= 3, "{at}: nobody runs this, and nothing says why: {mark:?}");
                    let followed = hosts.contains(&format!("follow_page {relative}\n"));
                    assert!(!elsewhere || followed, "{at}: {PAGES_OF_HOSTS} does not follow this page");
                }
                "text" | "yaml" | "json" => assert!(mark.is_empty(), "{at}: {mark}"),
                _ => {
                    panic!("{at}: commands are `sh`, and what is no command is `text`, `yaml` or `json`: {language:?}")
                }
            }
        }
    }
}

/// Whether the lines are as shown; `…` stands for any others.
fn is_as_shown(shown: &[&str], found: &[&str]) -> bool {
    match shown.split_first() {
        None => found.is_empty(),
        Some((&"…", rest)) => (0..=found.len()).any(|skipped| is_as_shown(rest, &found[skipped..])),
        Some((first, rest)) => found
            .split_first()
            .is_some_and(|(line, others)| first.trim_end() == line.trim_end() && is_as_shown(rest, others)),
    }
}

/// A directory as the guide assumes it: sample environments, and the compose file of a stack.
fn scratch() -> TempDir {
    let scratch = TempDir::new().expect("a directory");
    fs::create_dir(scratch.path().join("envs")).expect("a directory");
    for environment in files(&root().join("envs")) {
        fs::copy(&environment, scratch.path().join("envs").join(name(&environment))).expect("copied");
    }
    let compose = root().join("tests/compose/sqlite-backup.yml");
    fs::copy(compose, scratch.path().join("docker-compose.yml")).expect("copied");
    scratch
}

fn run(page: &Path) {
    let scratch = scratch();
    let program = assert_cmd::cargo::cargo_bin("trackgen");
    let path = format!("{}:{}", program.parent().expect("its directory").display(), env::var("PATH").expect("PATH"));
    for block in blocks(page) {
        let expected = block.mark.strip_prefix("exit=").map_or(0, |code| code.parse().expect("an exit code"));
        if block.language != "sh" || !(block.mark.is_empty() || block.mark.starts_with("exit=")) {
            continue;
        }
        let mut bash = Command::new("bash");
        bash.args(["-euo", "pipefail", "-c", &format!("exec 2>&1\n{}", block.body)]);
        bash.current_dir(scratch.path()).env("PATH", &path).env("HOME", scratch.path());
        let output = bash.output().expect("bash runs");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let at = format!("{}:{}", page.display(), block.line);
        assert_eq!(output.status.code(), Some(expected), "{at}:\n{said}");
        if let Some(shown) = &block.output {
            let (shown, found): (Vec<&str>, Vec<&str>) =
                (shown.trim_end().lines().collect(), said.trim_end().lines().collect());
            assert!(is_as_shown(&shown, &found), "{at}: what it says is\n{said}");
        }
    }
}

#[test]
fn what_the_guide_says_of_trackgen_is_what_happens() {
    for page in pages() {
        run(&page);
    }
}

/// The anchor that a heading gets.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let slug = |heading: &str| -> String {
        let kept = heading.to_lowercase();
        kept.chars()
            .filter(|c| c.is_alphanumeric() || " -_".contains(*c))
            .map(|c| if c == ' ' { '-' } else { c })
            .collect()
    };
    headings.map(slug).collect()
}

#[test]
fn links_within_the_repository_lead_somewhere() {
    for page in pages() {
        let text = fs::read_to_string(&page).expect("the page");
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("https://") {
                continue;
            }
            let (path, anchor) = link.split_once('#').unwrap_or((link, ""));
            let target = if path.is_empty() { page.clone() } else { page.parent().expect("a directory").join(path) };
            assert!(target.exists(), "{}: {link}", page.display());
            let found =
                anchor.is_empty() || anchors(&fs::read_to_string(&target).expect("a page")).iter().any(|a| a == anchor);
            assert!(found, "{}: no heading for {link}", page.display());
        }
    }
}

#[test]
fn the_index_names_every_page() {
    let index = fs::read_to_string(root().join("docs/README.md")).expect("the index");
    for page in files(&root().join("docs")) {
        let page = name(&page);
        assert!(page == "README.md" || !page.ends_with(".md") || index.contains(&format!("({page})")), "{page}");
    }
}
