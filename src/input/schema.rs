//! The public contract, `schema/environment.schema.json`, compiled into the program at build time.

use super::{Document, hint};
use crate::value::{Code, Issue, Pointer, holds_credentials, is_secret_key};
use jsonschema::{ValidationError, error::ValidationErrorKind as Kind};
use serde_json::Value;

#[jsonschema::validator(path = "schema/environment.schema.json")]
struct EnvironmentSchema;

/// Everything in which a document differs from the schema.
pub fn check(document: &Document) -> Vec<Issue> {
    let mut issues: Vec<Issue> = Vec::new();
    for error in EnvironmentSchema::iter_errors(&document.value) {
        for issue in explain(&error).into_iter().map(|issue| outside(document, issue)) {
            // A `required` reached by two branches of the schema is one fault.
            if !issues.contains(&issue) {
                issues.push(issue);
            }
        }
    }
    issues
}

/// A path in place of the name of the tracker's file: the pattern alone could only say that it is badly written.
fn outside(document: &Document, issue: Issue) -> Issue {
    let database = document.value.pointer("/tracker/core/database");
    let member = |key: &str| database.and_then(|database| database.get(key)?.as_str()).unwrap_or_default();
    let name = member("database_name");
    let is_path = member("driver") == "sqlite3" && (name.contains('/') || name == "..");
    if issue.code != Code::BadFormat || issue.pointer.as_str() != "/tracker/core/database/database_name" || !is_path {
        return issue;
    }
    let message = "the tracker's container keeps its database in one directory, and this is a path";
    Issue::new(Code::SqliteOutside, issue.pointer, message).help(
        "write the name of a file in `storage/tracker/lib/database` of the deploy directory, such as `tracker.db`",
    )
}

fn explain(error: &ValidationError) -> Vec<Issue> {
    let at = Pointer::from_encoded(error.instance_path().as_str());
    let value = shown(&at, error.instance());
    let issue = |code, message: String| vec![Issue::new(code, at.clone(), message)];
    match error.kind() {
        Kind::AdditionalProperties { unexpected } => {
            unexpected.iter().map(|key| hint::unknown(&at, key, error)).collect()
        }
        Kind::Required { property } => vec![hint::missing(&at, property.as_str().unwrap_or_default(), error)],
        Kind::Type { .. } => {
            let allowed = hint::allowed_types(error);
            issue(Code::WrongType, format!("expected {allowed}, found {}", kind_of(error.instance())))
        }
        Kind::Enum { options } => issue(Code::NotAllowed, format!("{value} is not one of {}", listed(options))),
        Kind::Constant { expected_value } => issue(Code::NotAllowed, format!("{value} is not {expected_value}")),
        Kind::Minimum { limit } => issue(Code::OutOfRange, format!("{value} is less than the minimum of {limit}")),
        Kind::ExclusiveMinimum { limit } => issue(Code::OutOfRange, format!("{value} is not greater than {limit}")),
        Kind::Maximum { limit } => issue(Code::OutOfRange, format!("{value} is greater than the maximum of {limit}")),
        Kind::MinLength { limit } => issue(Code::OutOfRange, format!("shorter than {limit} character(s)")),
        Kind::MaxLength { limit } => issue(Code::OutOfRange, format!("longer than {limit} characters")),
        Kind::MinItems { limit } => issue(Code::OutOfRange, format!("fewer than {limit} items")),
        Kind::MaxItems { limit } => issue(Code::OutOfRange, format!("more than {limit} items")),
        Kind::Pattern { .. } => issue(Code::BadFormat, format!("{value} is not written as this key asks")),
        other => issue(Code::BadFormat, format!("breaks the schema's rule `{}`", other.keyword())),
    }
    .into_iter()
    .map(|issue| hint::describe(issue, error))
    .collect()
}

/// The value as a message may quote it.
fn shown(at: &Pointer, value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.to_string();
    let compound = value.is_array() || value.is_object();
    if compound || holds_credentials(&text) || at.steps().any(|step| is_secret_key(&step)) {
        "the value".to_owned()
    } else if text.chars().count() > LONGEST {
        format!("{}…", text.chars().take(LONGEST).collect::<String>())
    } else {
        text
    }
}

fn listed(options: &Value) -> String {
    let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
    options.iter().map(|option| format!("`{}`", option.as_str().unwrap_or_default())).collect::<Vec<_>>().join(", ")
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
