//! Places in YAML: a walk that stops at its target with an error, because the parser's errors carry the place of what
//! they met.

use super::unreadable;
use crate::{input::document::Unreadable, value::Part};
use serde::de::{self, DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use std::{fmt, ops::Range};

/// The walk.
struct Stop<'a> {
    steps: &'a [String],
    part: Part,
}

pub fn find(text: &str, steps: &[String], part: Part) -> Option<Range<usize>> {
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

/// What the parser complains of.
pub fn error(text: &str, complaint: &serde_yaml::Error) -> Unreadable {
    let message = complaint.to_string();
    let begun = |what: &str| {
        let (line, column) = message.split_once(what)?.1.split_once(" column ")?;
        Some(offset(text, line.parse().ok()?, column.parse().ok()?))
    };
    let met = complaint.location().map(|at| offset(text, at.line(), at.column()));
    let opening =
        begun("while scanning a quoted scalar at line ").or_else(|| begun("while scanning a simple key at line "));
    let misplaced = met.filter(|_| message.starts_with("did not find expected key")).map(|met| stranger(text, met));
    // The one complaint without a place is about a second document.
    let at = opening.or(misplaced).or(met).unwrap_or_else(|| second_document(text));
    let message = message.split(" at line ").next().unwrap_or_default().to_owned();
    let help = help(&message);
    unreadable(text, at.min(text.len()), message, help)
}

/// A key that stands in no column of the keys above it, or the first of those above, which stand in a column of their own: that
/// which has fewer neighbours, or an odd number of spaces.
fn stranger(text: &str, met: usize) -> usize {
    let start = text[..met].rfind('\n').map_or(0, |newline| newline + 1);
    let indent = |line: &str| line.len() - line.trim_start_matches([' ', '-']).len();
    let own = indent(&text[start..]);
    let deeper: usize =
        text[..start].split_inclusive('\n').rev().take_while(|line| indent(line) > own).map(str::len).sum();
    let first = start - deeper;
    let block = || text[first..].lines().take_while(|line| indent(line) >= own);
    let rank = |column: usize| (block().filter(|line| indent(line) == column).count(), column.is_multiple_of(2));
    let above = indent(&text[first..]);
    if deeper > 0 && rank(above) <= rank(own) { first + above } else { met }
}

/// The line `---` behind some content; without it a document ends where a key has no colon.
fn second_document(text: &str) -> usize {
    let mut content = None;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        match content {
            Some(_) if line.starts_with("---") => return start,
            None if !line.trim().is_empty() && !line.starts_with(['#', '%', '-']) => content = Some(start),
            _ => {}
        }
        start += line.len();
    }
    content.unwrap_or(0)
}

fn help(message: &str) -> &'static str {
    const HELP: [(&str, &str); 7] = [
        ("mapping values are not allowed", "give each key a line of its own, indented as its neighbours are"),
        (
            "cannot start any token",
            "indent with spaces, never with tabs; quote a value that begins with `@` or a backtick",
        ),
        ("alphabetic or numeric", "quote a value that begins with `*` or `&`, such as a schedule"),
        ("end of stream", "close the quote or the bracket that begins here"),
        (
            "more than one document",
            "one file is one environment: remove `---` and what follows, or give the key its colon",
        ),
        ("repetition limit", "write the values out: aliases of aliases are too many to follow"),
        ("recursion limit", "an environment is a few levels deep"),
    ];
    let known = HELP.iter().find(|(said, _)| message.contains(said));
    known.map_or("all before this could be read: look here, and at the end of the line before", |(_, help)| *help)
}
