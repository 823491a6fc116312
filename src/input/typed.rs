//! From a tree to an [`Environment`], noting what nobody asked for.

use super::{Document, Environment, hint};
use crate::value::{Code, Issue, Pointer};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Types a document that the schema accepts, and warns of keys that nobody knows.
///
/// # Errors
/// The numbers that JSON Schema takes for integers and the deployer does not: `7.0`.
pub fn environment(document: &Document) -> Result<(Environment, Vec<Issue>), Vec<Issue>> {
    let mut unknown = Vec::new();
    let typed: Result<Environment, _> = read_noting_unknown(&document.value, &mut unknown);
    let Ok(environment) = typed else {
        let issues = not_integers(&document.value);
        let other = || {
            Issue::new(Code::WrongType, Pointer::root(), "this is not an environment of the deployer")
                .help("begin with one of `envs/`, or with what `trackgen schema` describes")
        };
        return Err(if issues.is_empty() { vec![other()] } else { issues });
    };
    let unfamiliar = unknown.into_iter().map(hint::unfamiliar).collect();
    Ok((environment, unfamiliar))
}

fn read_noting_unknown<T: DeserializeOwned>(value: &Value, unknown: &mut Vec<Pointer>) -> serde_json::Result<T> {
    serde_ignored::deserialize(value, |path| unknown.push(pointer_of(&path)))
}

fn pointer_of(path: &serde_ignored::Path) -> Pointer {
    use serde_ignored::Path;
    match path {
        Path::Root => Pointer::root(),
        Path::Seq { parent, index } => pointer_of(parent).child(index),
        Path::Map { parent, key } => pointer_of(parent).child(key),
        Path::Some { parent } | Path::NewtypeStruct { parent } | Path::NewtypeVariant { parent } => pointer_of(parent),
    }
}

/// Every whole number that is written as a fraction.
fn not_integers(value: &Value) -> Vec<Issue> {
    let mut issues = Vec::new();
    let mut open = vec![(Pointer::root(), value)];
    while let Some((at, value)) = open.pop() {
        match value {
            Value::Number(number) if number.is_f64() => {
                let message = format!("{number} is written as a fraction; the deployer takes whole numbers only");
                issues
                    .push(Issue::new(Code::NotAnInteger, at, message).help("write it without a point or an exponent"));
            }
            Value::Array(items) => open.extend(items.iter().enumerate().map(|(i, item)| (at.child(i), item))),
            Value::Object(members) => open.extend(members.iter().map(|(key, member)| (at.child(key), member))),
            _ => {}
        }
    }
    issues
}
