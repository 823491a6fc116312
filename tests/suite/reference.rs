//! `docs/configuration.md` is the schema, written for reading: `INSTA_UPDATE=always` writes it anew.

use crate::fixtures::root;
use serde_json::Value;
use std::{env, fmt::Write, fs};

const PAGE: &str = "docs/configuration.md";
const HEAD: &str = "\
# Configuration

Every key of an environment file, from [its schema](../schema/environment.schema.json), of which this page is made. JSON and YAML
are read alike. With `\"$schema\": \"../schema/environment.schema.json\"` an editor completes and explains the same. A key without a
default is absent unless it is *required*.

What trackgen decides beyond single keys, `trackgen plan FILE` says with its reasons.
";

struct Schema(Value);

impl Schema {
    /// A schema with what it refers to: its own words win.
    fn resolved(&self, schema: &Value) -> Value {
        let mut all = schema.as_object().cloned().unwrap_or_default();
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let target = self.resolved(self.0.pointer(&target[1..]).expect("it is there"));
            for (key, value) in target.as_object().expect("an object") {
                all.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
        Value::Object(all)
    }

    /// The objects that a value can be: itself, and each branch with its title.
    fn branches(&self, schema: &Value) -> Vec<(String, Value)> {
        let mut found = vec![(String::new(), schema.clone())];
        for branch in schema["allOf"].as_array().into_iter().flatten().filter_map(|branch| branch.get("then")) {
            let branch = self.resolved(branch);
            found.push((branch["title"].as_str().unwrap_or_default().to_owned(), branch));
        }
        found
    }

    fn section(&self, at: &str, schema: &Value, page: &mut String) {
        let mut inner = Vec::new();
        let mut rows = String::new();
        for (branch, schema) in self.branches(schema) {
            let Some(properties) = schema["properties"].as_object() else { continue };
            let required: Vec<&str> =
                schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            for (key, value) in properties.iter().filter(|(_, value)| value.is_object() && value.get("const").is_none())
            {
                let value = self.resolved(value);
                let items = self.resolved(&value["items"]);
                let when = if branch.is_empty() { String::new() } else { format!("{branch}. ") };
                let words = value["description"].as_str().or(items["description"].as_str()).unwrap_or_default();
                if words.is_empty() && !branch.is_empty() {
                    continue; // narrows what is explained above
                }
                let kind = kind(&value, &items, required.contains(&key.as_str()));
                writeln!(rows, "| `{key}` | {} | {} |", cell(&kind), cell(&format!("{when}{words}")))
                    .expect("a string");
                let here = format!("{at}{}{key}", if at.is_empty() { "" } else { "." });
                if value.get("properties").is_some() {
                    inner.push((here, value));
                } else if items.get("properties").is_some() {
                    inner.push((format!("{here}[]"), items));
                }
            }
        }
        if !at.is_empty() {
            writeln!(page, "\n## `{at}`\n").expect("a string");
            let words = schema["description"].as_str().or(schema["title"].as_str()).unwrap_or_default();
            writeln!(page, "{words}\n\n| key | value | meaning |\n| --- | --- | --- |\n{}", rows.trim_end())
                .expect("a string");
        }
        // What this program is about comes first.
        inner.sort_by_key(|(at, _)| !at.starts_with("backup"));
        for (at, schema) in &inner {
            self.section(at, schema, page);
        }
    }
}

fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn kind(value: &Value, items: &Value, required: bool) -> String {
    let names = match &value["type"] {
        Value::Array(names) => names.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" or "),
        name => name.as_str().unwrap_or("string").to_owned(),
    };
    let one_of = |value: &Value| -> Option<String> {
        let words = value["enum"].as_array()?.iter().filter_map(Value::as_str);
        Some(words.map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", "))
    };
    let names = if names == "array" {
        format!("list of {}", items["type"].as_str().map_or("string or object".to_owned(), |name| format!("{name}s")))
    } else {
        names
    };
    let mut parts = vec![one_of(value).unwrap_or(names)];
    match (value.get("minimum"), value.get("maximum")) {
        (Some(least), Some(most)) => parts.push(format!("{least} to {most}")),
        (Some(least), None) => parts.push(format!("from {least}")),
        _ => {}
    }
    if required {
        parts.push("*required*".to_owned());
    } else if let Some(default) = value.get("default").filter(|default| !default.is_null()) {
        parts.push(format!("default `{default}`"));
    }
    parts.join("; ")
}

fn schema() -> Value {
    let text = fs::read_to_string(root().join("schema/environment.schema.json")).expect("the schema");
    serde_json::from_str(&text).expect("JSON")
}

fn page() -> String {
    let schema = Schema(schema());
    let mut page = HEAD.to_owned();
    schema.section("", &schema.0, &mut page);
    page
}

#[test]
fn the_reference_is_the_schema() {
    let page = page();
    let path = root().join(PAGE);
    if env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") {
        fs::write(&path, &page).expect("written");
    }
    let committed = fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == page,
        "{PAGE} is not the schema any more: INSTA_UPDATE=always cargo test --test suite reference"
    );
}

/// A key that the reference forgot would be one that nobody finds.
#[test]
fn the_reference_has_every_key_of_the_schema() {
    fn keys(value: &Value, found: &mut Vec<String>) {
        for (key, inner) in value.as_object().into_iter().flatten() {
            if key == "properties" {
                found.extend(inner.as_object().expect("keys").keys().cloned());
            }
            keys(inner, found);
        }
        value.as_array().into_iter().flatten().for_each(|inner| keys(inner, found));
    }
    let mut found = Vec::new();
    keys(&schema(), &mut found);
    let page = page();
    for key in found {
        let is_there = page.contains(&format!("| `{key}` |")) || page.contains(&format!("## `{key}`"));
        assert!(is_there || key == "$schema", "{key}");
    }
}
