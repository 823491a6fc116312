//! Environment files as they come in: a path or stdin.

#![allow(clippy::disallowed_methods, reason = "one of the two rooms that touch files")]

use super::{args::Policy, git};
use serde::Deserialize;
use std::{
    collections::{BTreeMap, HashMap},
    fs,
    io::{self, Read},
    path::PathBuf,
};
use trackgen::{
    Compiled,
    input::{Report, backup::Backup, document::Format},
    output::Shape,
    value::{Code, Issue, Pointer},
};

/// One environment file, read.
pub struct Source {
    /// The path as it was given; the findings are headed by it.
    pub name: String,
    /// Absent for stdin.
    pub path: Option<PathBuf>,
    pub text: Vec<u8>,
    /// What its neighbours in a fleet, or the place where it lies, make known of it.
    pub found: Vec<Issue>,
}

impl Source {
    /// Compiles it. A warning that is left is an error where warnings are denied.
    pub fn compile(&self, shape: Shape, policy: &Policy) -> Result<Compiled, Report> {
        let mut compiled = trackgen::compile_as(&self.name, &self.text, shape, self.found.clone());
        match &mut compiled {
            Ok(Compiled { warnings: report, .. }) | Err(report) => report.allow(&policy.allow),
        }
        match compiled {
            Ok(Compiled { warnings, .. }) if policy.deny_warnings && !warnings.findings.is_empty() => Err(warnings),
            other => other,
        }
    }
}

pub type Sources = Vec<Result<Source, String>>;

/// Reads them all, and asks git about those with secrets.
pub fn read_all(paths: &[String]) -> Sources {
    let mut sources = paths.iter().map(|path| read(path)).collect();
    git::watch(&mut sources);
    sources
}

/// Refuses a second environment of one name: both would be written to one place.
pub fn refuse_namesakes(sources: &mut Sources, outlines: &[Option<Outline>]) {
    let mut names: HashMap<&str, String> = HashMap::new();
    for (source, outline) in sources.iter_mut().zip(outlines) {
        let (Ok(Source { name: path, .. }), Some(outline)) = (&source, outline) else { continue };
        let name = outline.environment.name.as_str();
        if let Some(first) = names.get(name) {
            *source = Err(format!("{path}: is named `{name}`, as {first} is: both would be written to one place"));
        } else {
            names.insert(name, path.clone());
        }
    }
}

/// One file, or stdin.
pub fn read(path: &str) -> Result<Source, String> {
    if path != "-" {
        return match fs::read(path) {
            Ok(text) => Ok(Source { name: path.to_owned(), path: Some(PathBuf::from(path)), text, found: Vec::new() }),
            Err(error) => Err(format!("{path}: {error}")),
        };
    }
    let mut text = Vec::new();
    io::stdin().read_to_end(&mut text).map_err(|error| format!("stdin: {error}"))?;
    let is_json = text.trim_ascii_start().starts_with(b"{");
    let name = if is_json { "<stdin>" } else { "<stdin>.yml" };
    Ok(Source { name: name.to_owned(), path: None, text, found: Vec::new() })
}

/// Tells hosts that share a machine and begin in the same minute of each other: all instances of LXD are on one.
pub fn acquaint(sources: &mut Sources, outlines: &[Option<Outline>]) {
    let mut starts: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, (source, outline)) in sources.iter().zip(outlines).enumerate() {
        let (Ok(_), Some(outline)) = (source, outline) else { continue };
        if outline.provider.provider == "lxd"
            && let Some(start) = outline.start()
        {
            starts.entry(start).or_default().push(index);
        }
    }
    for (schedule, indices) in starts.iter().filter(|(_, indices)| indices.len() > 1) {
        for index in indices {
            let Some(Ok(source)) = sources.get_mut(*index) else { continue };
            let others = indices.len() - 1;
            let hosts = if others == 1 { "host" } else { "hosts" };
            let message = format!("{others} other {hosts} of this LXD machine begin in the same minute (`{schedule}`)");
            let issue = Issue::new(Code::ScheduleNeighbour, Pointer::from_encoded("/backup"), message).at_key();
            source
                .found
                .push(issue.help("their copies share one disk: set `spread_minutes`, such as 30, in each of them"));
        }
    }
}

/// As much of an environment as its neighbours ask about.
#[derive(Deserialize)]
pub struct Outline {
    environment: Named,
    #[serde(default)]
    provider: Provided,
    backup: Option<Asked>,
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Default, Deserialize)]
struct Provided {
    #[serde(default)]
    provider: String,
}

#[derive(Deserialize)]
struct Asked {
    enabled: Option<bool>,
    schedule: Option<String>,
    spread_minutes: Option<u32>,
}

impl Outline {
    /// The schedule on which its backups begin.
    fn start(&self) -> Option<String> {
        let asked = self.backup.as_ref().filter(|asked| asked.enabled != Some(false))?;
        let usual = Backup::default();
        let schedule = asked.schedule.as_deref().unwrap_or(&usual.schedule).parse().ok()?;
        let spread = asked.spread_minutes.unwrap_or(usual.spread_minutes);
        Some(trackgen::plan::spread(schedule, &self.environment.name, spread).ok()?.as_cron().to_owned())
    }
}

/// One for each source.
pub fn outlines(sources: &Sources) -> Vec<Option<Outline>> {
    sources.iter().map(|source| source.as_ref().ok().and_then(|source| outline(&source.name, &source.text))).collect()
}

/// None if the file is not far enough in order; what is wrong with it is said later.
fn outline(path: &str, text: &[u8]) -> Option<Outline> {
    match Format::of(path) {
        Format::Json => serde_json::from_slice(text).ok(),
        Format::Yaml => serde_yaml::from_slice(text).ok(),
    }
}
