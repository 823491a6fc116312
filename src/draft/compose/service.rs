//! One service of a compose file, in short and long syntax alike.

use super::super::member;
use serde_json::Value;
use std::collections::BTreeMap;

#[derive(Debug)]
pub struct Service {
    pub name: String,
    pub image: String,
    /// Names, and the variable of `.env` that a value consists of, where it is nothing else.
    pub variables: BTreeMap<String, Option<String>>,
    pub binds: Vec<Bind>,
    /// Names of volumes.
    pub volumes: Vec<String>,
    pub labels: Vec<String>,
    pub depends_on: Vec<String>,
    pub networks: Vec<String>,
    pub env_files: Vec<String>,
}

/// What a container sees of the host.
#[derive(Clone, Debug)]
pub struct Bind {
    /// A path, relative to the compose file without a leading `./` or absolute; or the name of a volume.
    pub source: String,
    pub target: String,
    pub read_only: bool,
}

impl Bind {
    /// In Compose the name of a volume has no slash.
    fn is_path(&self) -> bool {
        self.source.starts_with(['.', '/', '~']) || self.source.contains('/')
    }
}

impl Service {
    pub fn new(name: &str, value: &Value) -> Self {
        let mut labels = names(member(value, "labels"));
        labels.extend(names(member(member(value, "deploy"), "labels")));
        let mounts: Vec<Bind> = list(member(value, "volumes")).iter().filter_map(mount).collect();
        Self {
            name: name.to_owned(),
            image: interpolate(member(value, "image").as_str().unwrap_or_default()),
            variables: variables(member(value, "environment")),
            binds: mounts.iter().filter(|mount| mount.is_path()).cloned().collect(),
            volumes: mounts.iter().filter(|mount| !mount.is_path()).map(|mount| mount.source.clone()).collect(),
            labels,
            depends_on: names(member(value, "depends_on")),
            networks: names(member(value, "networks")),
            env_files: env_files(member(value, "env_file")),
        }
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// The keys of a map, or of a list of `key=value`.
fn names(value: &Value) -> Vec<String> {
    match value {
        Value::Object(members) => members.keys().cloned().collect(),
        _ => list(value).iter().filter_map(Value::as_str).map(|item| before(item, '=').to_owned()).collect(),
    }
}

fn before(text: &str, separator: char) -> &str {
    text.split(separator).next().unwrap_or(text)
}

fn variables(value: &Value) -> BTreeMap<String, Option<String>> {
    // Without a value it is handed through from `.env`.
    let entry =
        |name: &str, value: Option<&str>| (name.to_owned(), value.map_or_else(|| Some(name.to_owned()), reference));
    if let Value::Object(members) = value {
        let text = |value: &Value| (!value.is_null()).then(|| value.as_str().unwrap_or_default().to_owned());
        return members.iter().map(|(name, value)| entry(name, text(value).as_deref())).collect();
    }
    let items = list(value).iter().filter_map(Value::as_str);
    items.map(|item| entry(before(item, '='), item.split_once('=').map(|(_, value)| value))).collect()
}

/// The variable that a value is, as in `${NAME}`, `$NAME` or `${NAME:?it is needed}`.
fn reference(value: &str) -> Option<String> {
    let braced = value.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
    let name = braced.or_else(|| value.strip_prefix('$'))?;
    let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
    let is_whole = end == name.len() || (braced.is_some() && name[end..].starts_with([':', '?', '-', '+']));
    (end > 0 && is_whole).then(|| name[..end].to_owned())
}

/// The text with each `${NAME:-default}` replaced by its default; other variables stay as they are written.
fn interpolate(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((head, tail)) = rest.split_once("${") {
        let Some((inside, after)) = tail.split_once('}') else { break };
        out.push_str(head);
        match inside.split_once(":-").or_else(|| inside.split_once('-')) {
            Some((_, default)) => out.push_str(default),
            // Without braces, so that its colons do not pass for separators.
            None => out.extend(["$(", before(inside, ':'), ")"]),
        }
        rest = after;
    }
    out + rest
}

fn mount(value: &Value) -> Option<Bind> {
    let long = |key| member(value, key).as_str().map(interpolate);
    let (source, target, read_only) = if value.is_object() {
        (long("source")?, long("target")?, member(value, "read_only") == true)
    } else {
        let text = interpolate(value.as_str()?);
        let mut parts = text.splitn(3, ':').map(str::to_owned);
        let (source, target) = (parts.next()?, parts.next()?);
        (source, target, parts.next().is_some_and(|options| options.split(',').any(|option| option == "ro")))
    };
    let source = source.strip_prefix("./").filter(|rest| !rest.is_empty()).unwrap_or(&source).to_owned();
    let is_root = source == "/";
    let source = if is_root { source } else { source.trim_end_matches('/').to_owned() };
    Some(Bind { source, target, read_only })
}

fn env_files(value: &Value) -> Vec<String> {
    let path = |item: &Value| item.as_str().or_else(|| member(item, "path").as_str()).map(str::to_owned);
    match value {
        Value::String(path) => vec![path.clone()],
        _ => list(value).iter().filter_map(path).collect(),
    }
}
