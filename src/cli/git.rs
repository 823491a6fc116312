//! Literal secrets in files that git would take. Git itself says which: what is ignored, and in how many ways, is its to know.

#![allow(clippy::disallowed_methods, reason = "asks where files lie")]

use super::{
    Outcome, Said,
    source::{Source, Sources},
    terminal,
};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    ffi::OsString,
    fs,
    io::Write,
    os::unix::ffi::{OsStrExt, OsStringExt},
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};
use trackgen::{
    input,
    value::{Code, Issue, Pointer},
};

/// Adds a warning to each environment that holds a secret and is not ignored. One process for each repository.
pub fn watch(sources: &mut Sources) {
    let mut repositories: BTreeMap<PathBuf, Vec<(usize, PathBuf, Issue)>> = BTreeMap::new();
    let mut known = HashMap::new();
    for (index, source) in sources.iter().enumerate() {
        let Ok(source) = source else { continue };
        if let Some((repository, file)) = place(source, &mut known)
            && let Some(issue) = issue(&input::secrets(&source.name, &source.text))
        {
            repositories.entry(repository).or_default().push((index, file, issue));
        }
    }
    for (repository, files) in repositories {
        let ignored = match ignored(&repository, files.iter().map(|(_, file, _)| file)) {
            Answer::Ignored(ignored) => ignored,
            Answer::None => continue,
            Answer::Refused(why) => {
                let place = repository.display();
                let err = format!(
                    "{place}: git would not tell what it ignores ({why}), so nobody looked for secrets in it\n"
                );
                terminal::say(&Said { out: String::new(), err, outcome: Outcome::Fine });
                continue;
            }
        };
        for (index, file, issue) in files {
            if let Some(Ok(source)) = sources.get_mut(index).filter(|_| !ignored.contains(&file)) {
                source.found.push(issue);
            }
        }
    }
}

/// The work tree in which a file lies, and the file's own place; `known` remembers directories.
fn place(source: &Source, known: &mut HashMap<PathBuf, Option<PathBuf>>) -> Option<(PathBuf, PathBuf)> {
    let file = fs::canonicalize(source.path.as_ref()?).ok()?;
    let directory = file.parent()?;
    let is_root = |directory: &&Path| directory.join(".git").exists();
    let found = || directory.ancestors().find(is_root).map(Path::to_owned);
    let repository = known.entry(directory.to_owned()).or_insert_with(found).clone()?;
    Some((repository, file))
}

/// What git says of a repository.
enum Answer {
    /// The files that it would pass over.
    Ignored(BTreeSet<PathBuf>),
    /// It does not want to speak of it, and why: most often it belongs to somebody else, as in a container of CI.
    Refused(String),
    /// There is no git, or no repository.
    None,
}

fn ignored<'a>(repository: &Path, files: impl Iterator<Item = &'a PathBuf>) -> Answer {
    let mut git = Command::new("git");
    // A hook's variables name another index, or another repository.
    for variable in ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX"] {
        git.env_remove(variable);
    }
    git.env("LC_ALL", "C");
    git.args(["-c", "core.fsmonitor=false", "check-ignore", "--stdin", "-z"]).current_dir(repository);
    let Ok(child) = git.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn() else {
        return Answer::None;
    };
    let asked: Vec<u8> = files.flat_map(|file| [file.as_os_str().as_bytes(), b"\0"].concat()).collect();
    let Some(answer) = answer(child, asked) else { return Answer::None };
    // 1: none of them is ignored.
    if matches!(answer.status.code(), Some(0 | 1)) {
        let paths = answer.stdout.split(|byte| *byte == 0).filter(|path| !path.is_empty());
        return Answer::Ignored(paths.map(|path| PathBuf::from(OsString::from_vec(path.to_vec()))).collect());
    }
    let said = String::from_utf8_lossy(&answer.stderr);
    // A `.git` of something else.
    if said.contains("not a git repository") {
        return Answer::None;
    }
    let why: String = said.lines().next().unwrap_or_default().chars().filter(|letter| !letter.is_control()).collect();
    Answer::Refused(if why.is_empty() { answer.status.to_string() } else { why })
}

fn answer(mut child: Child, asked: Vec<u8>) -> Option<Output> {
    let mut stdin = child.stdin.take()?;
    // Git answers while it is asked: both pipes could be full. One that refuses does not listen.
    let asking = std::thread::spawn(move || stdin.write_all(&asked));
    let answer = child.wait_with_output().ok()?;
    let _ = asking.join();
    Some(answer)
}

fn issue(secrets: &[Pointer]) -> Option<Issue> {
    let (first, others) = secrets.split_first()?;
    let more = match others.len() {
        0 => String::new(),
        more => format!(" ({more} more in this file)"),
    };
    let message = format!("a secret in a file that git does not ignore{more}");
    let help = "write a placeholder such as `<ADMIN_TOKEN>`, or ignore the file; change a secret that was pushed";
    Some(Issue::new(Code::SecretInGit, first.clone(), message).help(help))
}
