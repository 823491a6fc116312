//! Places in the text: from a JSON pointer, or from a parser's complaint, to bytes.

use super::document::{Document, Format, Unreadable};
use crate::value::{Code, Part, Pointer};
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::{fmt, ops::Range};

/// The bytes of a key or a value; `None` when the pointer leads nowhere.
pub fn find(document: &Document, pointer: &Pointer, part: Part) -> Option<Range<usize>> {
    let steps: Vec<String> = pointer.steps().collect();
    let bytes = match document.format {
        Format::Json => find_json(document.text, &steps, part),
        Format::Yaml => find_yaml(document.text, &steps, part),
    }?;
    Some(first_line(document.text, bytes))
}

/// A value of several lines is shown by its first character.
fn first_line(text: &str, bytes: Range<usize>) -> Range<usize> {
    if text.get(bytes.clone()).is_some_and(|value| value.contains('\n')) { bytes.start..bytes.start + 1 } else { bytes }
}

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

fn find_json(text: &str, steps: &[String], part: Part) -> Option<Range<usize>> {
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

/// Walks a YAML document and stops at the target with an error: the parser's errors carry the place of what they met.
struct Stop<'a> {
    steps: &'a [String],
    part: Part,
}

fn find_yaml(text: &str, steps: &[String], part: Part) -> Option<Range<usize>> {
    let stopped = Stop { steps, part }.deserialize(serde_yaml::Deserializer::from_str(text)).err()?;
    let at = stopped.location()?;
    let start = offset(text, at.line(), at.column());
    Some(start..start + yaml_token(&text[start..]))
}

impl<'de> DeserializeSeed<'de> for Stop<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Stop<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the place that is looked for")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let Some((step, rest)) = self.steps.split_first() else {
            return Err(de::Error::custom("found"));
        };
        let mut occurrences_before = usize::from(rest.is_empty() && self.part == Part::RepeatedKey);
        let stop_at_key = rest.is_empty() && self.part != Part::Value;
        while let Some(hit) = members.next_key_seed(KeyStop { step, stop: stop_at_key && occurrences_before == 0 })? {
            if !hit {
                members.next_value::<IgnoredAny>()?;
            } else if stop_at_key {
                occurrences_before -= 1;
                members.next_value::<IgnoredAny>()?;
            } else {
                return members.next_value_seed(Stop { steps: rest, part: self.part });
            }
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let Some((step, rest)) = self.steps.split_first() else {
            return Err(de::Error::custom("found"));
        };
        let Ok(index) = step.parse::<usize>() else {
            return Ok(());
        };
        for _ in 0..index {
            items.next_element::<IgnoredAny>()?;
        }
        items.next_element_seed(Stop { steps: rest, part: self.part }).map(|_| ())
    }
    // A scalar is not expected here: the parser's own complaint about it stops the walk at its place.
}

/// Tells whether a key is the one looked for; stops at it when asked to.
struct KeyStop<'a> {
    step: &'a str,
    stop: bool,
}

impl<'de> DeserializeSeed<'de> for KeyStop<'_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeyStop<'_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<bool, E> {
        let hit = key == self.step;
        if hit && self.stop { Err(E::custom("found")) } else { Ok(hit) }
    }
}

/// The length of the scalar that begins here: to its closing quote, or to the end of what is plain.
fn yaml_token(rest: &str) -> usize {
    let line = rest.lines().next().unwrap_or_default();
    let quoted = |quote| line[1..].find(quote).map(|end| end + 2);
    let plain = || {
        let ends = [": ", " #", ", ", "]", "}"].iter().filter_map(|end| line.find(end)).min();
        line[..ends.unwrap_or(line.len())].trim_end().trim_end_matches([':', ',']).len()
    };
    match line.chars().next() {
        Some(quote @ ('"' | '\'')) => quoted(quote).unwrap_or_else(|| line.trim_end().len()),
        Some('{' | '[') | None => line.len().min(1),
        Some(_) => plain(),
    }
}

/// The byte of a line (from 1) and a column (from 1, in characters).
fn offset(text: &str, line: usize, column: usize) -> usize {
    let start = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum::<usize>();
    let rest = &text[start..];
    start + rest.char_indices().nth(column.saturating_sub(1)).map_or(rest.len(), |(at, _)| at)
}

pub fn json_error(text: &str, error: &serde_json::Error) -> Unreadable {
    // serde_json counts columns in bytes, and names the last byte it read.
    let line_start = text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum::<usize>();
    // Column 0 is the line feed before; at the end of the file the last thing that was written is meant.
    let met = (line_start + error.column()).saturating_sub(1);
    let at = floor_char(text, if error.is_eof() { met.min(text.trim_end().len()) } else { met });
    let message = error.to_string();
    let message = message.split(" at line ").next().unwrap_or_default().to_owned();
    let help = match message.as_str() {
        "trailing comma" => Some("JSON has no comma after the last member: remove it"),
        "recursion limit exceeded" => Some("an environment is a few levels deep"),
        _ if error.is_eof() => Some("the file ends before its last bracket is closed"),
        _ => None,
    };
    unreadable(text, at, message, help)
}

pub fn yaml_error(text: &str, error: &serde_yaml::Error) -> Unreadable {
    let message = error.to_string();
    let opening = message.split_once("while scanning a quoted scalar at line ").and_then(|(_, place)| {
        let (line, column) = place.split_once(" column ")?;
        Some(offset(text, line.parse().ok()?, column.parse().ok()?))
    });
    let at = opening.or_else(|| error.location().map(|at| offset(text, at.line(), at.column())));
    // The one complaint without a place is about a second document.
    let at = at.unwrap_or_else(|| text.find("\n---").map_or(0, |before| before + 1));
    let message = message.split(" at line ").next().unwrap_or_default().to_owned();
    unreadable(text, at.min(text.len()), message, None)
}

fn unreadable(text: &str, at: usize, message: String, help: Option<&str>) -> Unreadable {
    let end = text[at..].chars().next().filter(|c| *c != '\n').map_or(at, |c| at + c.len_utf8());
    Unreadable { code: Code::Syntax, message, bytes: at..end, help: help.map(str::to_owned) }
}

fn floor_char(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}
