//! A compose file as services, with anchors and merge keys followed.

use super::{super::member, service::Service};
use crate::{
    input::{self, Document, Report, document::Format},
    value::{Code, Issue, Pointer},
};
use serde_json::{Map, Value};

/// The services of one compose file.
#[derive(Debug)]
pub struct Stack {
    /// The file, as it was named.
    pub path: String,
    pub(super) services: Vec<Service>,
}

impl Stack {
    /// Reads a compose file.
    ///
    /// # Errors
    /// A report with the place of what is no compose file.
    pub fn read(path: &str, text: &[u8]) -> Result<Self, Report> {
        let text = input::decode(text).map_err(|(lossy, why)| Report::unreadable(path, &lossy, Format::Yaml, why))?;
        // Compose reads JSON as the YAML that it is.
        let (document, mut issues) =
            Document::parse(text, Format::Yaml).map_err(|why| Report::unreadable(path, text, Format::Yaml, why))?;
        for issue in &mut issues {
            issue.message = format!("`{}` is given twice", issue.pointer.last().unwrap_or_default());
        }
        let services = services(&document.value).map_err(|issue| issues.push(*issue)).unwrap_or_default();
        let report = Report::of(path, &document, issues);
        if report.has_errors() { Err(report) } else { Ok(Self { path: path.to_owned(), services }) }
    }

    /// The files whose variables the services get, each once.
    #[must_use]
    pub fn env_files(&self) -> Vec<&str> {
        let mut files: Vec<&str> =
            self.services.iter().flat_map(|service| &service.env_files).map(String::as_str).collect();
        files.sort_unstable();
        files.dedup();
        files
    }

    /// Adds the variables of an `env_file`: their names, from text of which nothing else is kept.
    pub fn add_env_file(&mut self, path: &str, text: &str) {
        let names = || {
            let lines = text.lines().map(str::trim_start).filter(|line| !line.starts_with('#'));
            lines.filter_map(|line| line.trim_start_matches("export ").split_once('=')).map(|(name, _)| name.trim())
        };
        let in_env = path.trim_start_matches("./") == ".env";
        for service in self.services.iter_mut().filter(|service| service.env_files.iter().any(|file| file == path)) {
            for name in names() {
                service.variables.entry(name.to_owned()).or_insert_with(|| in_env.then(|| name.to_owned()));
            }
        }
    }
}

fn services(root: &Value) -> Result<Vec<Service>, Box<Issue>> {
    let refuse = |code, at: &Pointer, message: &str| Box::new(Issue::new(code, at.clone(), message));
    if !root.is_object() {
        return Err(refuse(Code::WrongType, &Pointer::root(), "a compose file is a map with `services`"));
    }
    let at = Pointer::root().child("services");
    let Some(found) = root.get("services") else {
        return Err(refuse(Code::MissingKey, &Pointer::root(), "`services` is missing: this is no compose file"));
    };
    let Value::Object(found) = merged(found) else {
        return Err(refuse(Code::WrongType, &at, "`services` is a map from names to services"));
    };
    let mut services = Vec::new();
    for (name, value) in &found {
        if !value.is_object() {
            return Err(refuse(Code::WrongType, &at.child(name), "a service is a map"));
        }
        services.push(Service::new(name, value));
    }
    Ok(services)
}

/// The value with its merge keys followed: what is written beside `<<` wins, then the first of several.
fn merged(value: &Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.iter().map(merged).collect()),
        Value::Object(members) => {
            let mut all: Map<String, Value> = members
                .iter()
                .filter(|(key, _)| *key != "<<")
                .map(|(key, value)| (key.clone(), merged(value)))
                .collect();
            let base = member(value, "<<");
            for base in base.as_array().map_or(std::slice::from_ref(base), Vec::as_slice) {
                if let Value::Object(more) = merged(base) {
                    more.into_iter().for_each(|(key, value)| {
                        all.entry(key).or_insert(value);
                    });
                }
            }
            Value::Object(all)
        }
        other => other.clone(),
    }
}
