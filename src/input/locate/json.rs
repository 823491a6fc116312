//! Places in JSON: a `&RawValue` lies inside the text, so its address is its place.

use super::{
    brackets::{self, Fault},
    unreadable,
};
use crate::{input::document::Unreadable, value::Part};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::{fmt, ops::Range};

/// The keys and values of one JSON object or array, as slices of the text itself.
struct Members<'t>(Vec<(Option<&'t RawValue>, &'t RawValue)>);

impl<'de> de::Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object or an array")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
                    members.push((Some(key), value));
                }
                Ok(Members(members))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(item) = items.next_element::<&RawValue>()? {
                    members.push((None, item));
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_any(Collect)
    }
}

pub fn find(text: &str, steps: &[String], part: Part) -> Option<Range<usize>> {
    let mut found: &RawValue = serde_json::from_str(text).ok()?;
    for (depth, step) in steps.iter().enumerate() {
        let Members(members) = serde_json::from_str(found.get()).ok()?;
        let target = depth + 1 == steps.len();
        let mut named = members.iter().enumerate().filter(|(index, (key, _))| match key {
            Some(key) => serde_json::from_str::<String>(key.get()).is_ok_and(|key| key == *step),
            None => step.parse() == Ok(*index),
        });
        let occurrence = usize::from(target && part == Part::RepeatedKey);
        let (_, (key, value)) = named.nth(occurrence)?;
        found = if target && part != Part::Value { (*key)? } else { value };
    }
    let start = found.get().as_ptr() as usize - text.as_ptr() as usize;
    Some(start..start + found.get().len())
}

/// What the parser complains of.
pub fn error(text: &str, complaint: &serde_json::Error) -> Unreadable {
    // serde_json counts columns in bytes, and names the last byte it read.
    let line_start = text.split_inclusive('\n').take(complaint.line().saturating_sub(1)).map(str::len).sum::<usize>();
    // Column 0 is the line feed before; at the end of the file the last thing that was written is meant.
    let met = (line_start + complaint.column()).saturating_sub(1);
    let at = floor_char(text, if complaint.is_eof() { met.min(text.trim_end().len()) } else { met });
    let message = complaint.to_string();
    let message = message.split(" at line ").next().unwrap_or_default();
    if text.trim().is_empty() {
        return unreadable(text, at, "the file is empty".to_owned(), "write an environment, such as one of `envs/`");
    }
    if let Some(fault) = bracket(text, complaint, message, at) {
        return fault;
    }
    let (message, help) = explained(message);
    unreadable(text, at, message, help)
}

/// What a bracket has to do with it, when the parser has read on past the fault.
fn bracket(text: &str, complaint: &serde_json::Error, message: &str, met: usize) -> Option<Unreadable> {
    let structural =
        ["expected `,` or", "expected `:`", "key must be a string"].iter().any(|said| message.starts_with(said));
    let late = (complaint.is_eof() && !message.ends_with("string"))
        || message == "trailing characters"
        || (structural && text[met..].starts_with(['{', '[', '}', ']', ':']));
    let fault = brackets::fault(text).filter(|fault| late && fault.at() <= met)?;
    let named = |at: usize| format!("`{}` of line {}", &text[at..=at], text[..at].matches('\n').count() + 1);
    let (message, help) = match fault {
        Fault::Unclosed { opened, before } if before == text.trim_end().len() => {
            (format!("the file ends, and {} is still open", named(opened)), "close it, or restore what was cut off")
        }
        Fault::Unclosed { opened, .. } => {
            (format!("by the indentation, {} is not closed before this", named(opened)), "close it on the line before")
        }
        Fault::Doubled { opened } => {
            (format!("{} is opened twice and closed once", named(opened)), "remove one of the two brackets")
        }
        Fault::Unopened { .. } => ("this key opens no bracket, and one is closed below".to_owned(), "add `[` or `{`"),
        Fault::Extra { .. } => (
            "by the indentation, a bracket too many is closed here or just before".to_owned(),
            "remove it, or add the one that it should close",
        ),
    };
    Some(unreadable(text, fault.at(), message, help))
}

/// The parser's words in those of a person, and what to do.
fn explained(message: &str) -> (String, &'static str) {
    let (said, help) = match message {
        "trailing comma" => (message, "JSON has no comma after the last member: remove it"),
        "recursion limit exceeded" => ("nested too deep", "an environment is a few levels deep"),
        "key must be a string" => {
            ("a key stands in double quotes", "quote it; JSON has no comments and no comma before a bracket")
        }
        "expected value" => {
            ("no value of JSON begins here", "write a string in double quotes, a number, true, false, null, `[` or `{`")
        }
        "trailing characters" => {
            ("there is more after the end of the environment", "remove it: one file is one environment")
        }
        "expected `:`" => {
            ("a key is followed by `:` and its value", "add them; a text that is no key ends with a quote")
        }
        "invalid number" | "number out of range" => {
            (message, "write digits only, without a leading zero; what is no number stands in double quotes")
        }
        _ if message.starts_with("expected `,` or") => (message, "a comma is missing before this, or a bracket"),
        _ if message.starts_with("control character") => {
            ("a string does not end on its line", "close it with `\"`; a line break in a string is written `\\n`")
        }
        _ if message.starts_with("EOF") => {
            ("the file ends within a string", "close it with `\"`, or restore what was cut off")
        }
        _ => (message, "in a string `\\` begins an escape: `\\\\`, `\\\"`, `\\n`, or `\\u` with four digits"),
    };
    (said.to_owned(), help)
}

fn floor_char(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
