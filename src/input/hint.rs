//! What the schema says to a person: its titles and descriptions, and the key that was probably meant.
//! The schema is parsed here only when there is something to explain.

use crate::value::{Code, Issue, Pointer};
use jsonschema::ValidationError;
use serde_json::Value;
use std::sync::LazyLock;

static SCHEMA: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../schema/environment.schema.json")).unwrap_or_default());

/// An unknown key of a closed object.
pub fn unknown(at: &Pointer, key: &str, error: &ValidationError) -> Issue {
    let closed = error.schema_path().as_str().rsplit_once('/').and_then(|(holder, _)| resolve(holder));
    let known = closed.map(|closed| keys_of(&[closed])).unwrap_or_default();
    let issue = Issue::new(Code::UnknownKey, at.child(key), format!("`{key}` is not a key of {}", name_of(at)));
    suggest(issue.at_key(), &known, key)
}

/// An unknown key of an object that is the deployer's and may grow.
pub fn unfamiliar(at: Pointer) -> Issue {
    let key = at.last().unwrap_or_default();
    let parent = at.parent();
    let message =
        format!("`{key}` is not a key of {} that this version knows; it has no effect here", name_of(&parent));
    suggest(Issue::new(Code::UnfamiliarKey, at, message).at_key(), &known_keys(&parent), &key)
}

/// A key that the schema requires.
pub fn missing(at: &Pointer, key: &str, error: &ValidationError) -> Issue {
    let holder = error.schema_path().as_str().rsplit_once('/').and_then(|(holder, _)| resolve(holder));
    let described = |schema: &&'static Value| {
        let property = schema.get("properties")?.get(key)?;
        property.get("description").or_else(|| target(property)?.get("description"))?.as_str()
    };
    let description = holder.iter().chain(&schemas_at(at)).find_map(described);
    let issue = Issue::new(Code::MissingKey, at.clone(), format!("`{key}` is missing")).label(format!("needs `{key}`"));
    issue.help(format!("add `\"{key}\"`: {}", description.unwrap_or("`trackgen schema` says what it is")))
}

/// The keys of a document that cannot be typed which the schema does not know: one of them may be what is missing.
pub fn unfamiliar_keys(document: &Value) -> Vec<Issue> {
    let mut issues = Vec::new();
    let mut open = vec![(Pointer::root(), document)];
    while let Some((at, value)) = open.pop() {
        let known = known_keys(&at);
        match value {
            Value::Array(items) => open.extend(items.iter().enumerate().map(|(index, item)| (at.child(index), item))),
            Value::Object(members) if !known.is_empty() => {
                let (familiar, others): (Vec<_>, Vec<_>) = members.iter().partition(|(key, _)| known.contains(key));
                open.extend(familiar.into_iter().map(|(key, member)| (at.child(key), member)));
                issues.extend(others.into_iter().map(|(key, _)| unfamiliar(at.child(key))));
            }
            _ => {}
        }
    }
    issues
}

fn name_of(at: &Pointer) -> String {
    at.last().map_or_else(|| "an environment".to_owned(), |_| format!("`{}`", at.steps().collect::<Vec<_>>().join(".")))
}

fn suggest(issue: Issue, known: &[String], key: &str) -> Issue {
    let nearest = known
        .iter()
        .map(|name| (strsim::damerau_levenshtein(key, name), name))
        .filter(|(edits, name)| *edits <= 1 + name.len() / 4)
        .min();
    match nearest {
        Some((_, name)) => issue.label("unknown key").help(format!("did you mean `{name}`?")),
        None if known.is_empty() => {
            issue.label("unknown key").help("remove it, or look for its place in `trackgen schema`")
        }
        None => issue.label("unknown key").help(format!("the keys are {}", backticked(known))),
    }
}

fn backticked(words: &[String]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Says what the key is for, in the schema's own words.
pub fn describe(issue: Issue, error: &ValidationError) -> Issue {
    if issue.help.is_some() {
        return issue;
    }
    let description = field_at(error.schema_path().as_str(), "description");
    issue.help(description.unwrap_or("`trackgen schema` says what belongs here"))
}

/// `a string or null`: the types that the schema allows where the error is.
pub fn allowed_types(error: &ValidationError) -> String {
    let with_article = |name: &Value| match name.as_str() {
        Some("null") => "null".to_owned(),
        Some(name @ ("array" | "object" | "integer")) => format!("an {name}"),
        Some(name) => format!("a {name}"),
        None => String::new(),
    };
    match resolve(error.schema_path().as_str()) {
        Some(Value::Array(names)) => names.iter().map(with_article).collect::<Vec<_>>().join(" or "),
        Some(name) => with_article(name),
        None => "another type".to_owned(),
    }
}

/// A member of the schema object that holds the violated keyword.
fn field_at(keyword_path: &str, field: &str) -> Option<&'static str> {
    let (holder, _) = keyword_path.rsplit_once('/')?;
    resolve(holder)?.get(field)?.as_str()
}

/// Follows a schema path, through each `$ref` on the way.
fn resolve(path: &str) -> Option<&'static Value> {
    let mut here: &Value = &SCHEMA;
    for step in Pointer::from_encoded(path).steps() {
        here = match step.as_str() {
            "$ref" => target(here)?,
            _ => child(here, &step).or_else(|| child(target(here)?, &step))?,
        };
    }
    Some(here)
}

fn child<'a>(value: &'a Value, step: &str) -> Option<&'a Value> {
    value.get(step).or_else(|| value.get(step.parse::<usize>().ok()?))
}

fn target(holder: &Value) -> Option<&'static Value> {
    SCHEMA.pointer(holder.get("$ref")?.as_str()?.strip_prefix('#')?)
}

/// The keys that the schema knows at a place of the document.
fn known_keys(at: &Pointer) -> Vec<String> {
    keys_of(&schemas_at(at))
}

/// What the schema says of a place of the document, in every branch that could apply.
fn schemas_at(at: &Pointer) -> Vec<&'static Value> {
    let mut here: Vec<&'static Value> = branches(&SCHEMA);
    for step in at.steps() {
        here = here
            .iter()
            .filter_map(|schema| schema.get("properties")?.get(&step))
            .chain(here.iter().filter(|_| step.parse::<usize>().is_ok()).filter_map(|schema| schema.get("items")))
            .flat_map(branches)
            .collect();
    }
    here
}

fn keys_of(schemas: &[&Value]) -> Vec<String> {
    let mut keys: Vec<String> = schemas
        .iter()
        .filter_map(|schema| schema.get("properties")?.as_object())
        .flat_map(|properties| properties.keys().cloned())
        .collect();
    keys.sort();
    keys.dedup();
    keys
}

/// A schema with everything that it refers to or includes.
fn branches(schema: &'static Value) -> Vec<&'static Value> {
    let mut all = vec![schema];
    if let Some(target) = target(schema) {
        all.extend(branches(target));
    }
    for branch in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        all.extend(["then", "else"].iter().filter_map(|arm| branch.get(arm)).flat_map(branches));
    }
    all
}
