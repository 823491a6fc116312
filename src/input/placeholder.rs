//! Values that are still to be filled in, secrets among them: their text is looked at and never quoted.

use super::Document;
use crate::value::{Code, Issue, Part, Pointer, is_secret_key};
use serde_json::Value;

/// A warning for each placeholder of the document.
pub fn check(document: &Document) -> Vec<Issue> {
    let mut issues = Vec::new();
    let mut open = vec![(Pointer::root(), &document.value)];
    while let Some((at, value)) = open.pop() {
        match value {
            Value::String(text) if is_placeholder(text) => {
                let issue = Issue::new(Code::Placeholder, at, "this is a placeholder that is still to be filled in");
                issues.push(issue.help("fill it in before the environment is deployed"));
            }
            Value::Array(items) => open.extend(items.iter().enumerate().map(|(index, item)| (at.child(index), item))),
            Value::Object(members) => open.extend(members.iter().map(|(key, member)| (at.child(key), member))),
            _ => {}
        }
    }
    issues
}

/// Every secret that is written out, in the order of the file.
pub fn secrets(document: &Document) -> Vec<Pointer> {
    let mut secrets = Vec::new();
    let mut open = vec![(Pointer::root(), &document.value, false)];
    while let Some((at, value, secret)) = open.pop() {
        match value {
            Value::String(text) if secret && !text.is_empty() && !is_placeholder(text) && !is_fake(text) => {
                secrets.push(at);
            }
            Value::Array(items) => {
                open.extend(items.iter().enumerate().map(|(index, item)| (at.child(index), item, secret)));
            }
            Value::Object(members) => {
                open.extend(members.iter().map(|(key, member)| (at.child(key), member, secret || is_secret_key(key))));
            }
            _ => {}
        }
    }
    secrets.sort_by_cached_key(|at| document.locate(at, Part::Value).start);
    secrets
}

/// Samples and tests say so of their secrets.
fn is_fake(text: &str) -> bool {
    text.starts_with("fake-")
}

/// `<LIKE_THIS>` or `REPLACE_WITH_THIS`.
#[must_use]
pub fn is_placeholder(text: &str) -> bool {
    let bracketed = text.strip_prefix('<').and_then(|rest| rest.strip_suffix('>'));
    let name = bracketed.or_else(|| text.strip_prefix("REPLACE_WITH_"));
    name.is_some_and(|name| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
    })
}
