//! Places in JSON: a `&RawValue` lies inside the text, so its address is its place.

use super::unreadable;
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
    let message = message.split(" at line ").next().unwrap_or_default().to_owned();
    let help = match message.as_str() {
        "trailing comma" => Some("JSON has no comma after the last member: remove it"),
        "recursion limit exceeded" => Some("an environment is a few levels deep"),
        _ if complaint.is_eof() => Some("the file ends before its last bracket is closed"),
        _ => None,
    };
    unreadable(text, at, message, help)
}

fn floor_char(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
