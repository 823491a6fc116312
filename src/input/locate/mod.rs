//! Places in the text: from a JSON pointer, or from a parser's complaint, to bytes.

pub mod json;
pub mod yaml;

mod brackets;

use super::document::{Document, Format, Unreadable};
use crate::value::{Code, Part, Pointer};
use std::ops::Range;

/// The bytes of a key or a value; `None` when the pointer leads nowhere.
pub fn find(document: &Document, pointer: &Pointer, part: Part) -> Option<Range<usize>> {
    let steps: Vec<String> = pointer.steps().collect();
    let bytes = match document.format {
        Format::Json => json::find(document.text, &steps, part),
        Format::Yaml => yaml::find(document.text, &steps, part),
    }?;
    // An object or an array is meant by its bracket.
    let is_compound = document.text[bytes.clone()].starts_with(['{', '[']);
    Some(if is_compound { bytes.start..bytes.start + 1 } else { bytes })
}

fn unreadable(text: &str, at: usize, message: String, help: &str) -> Unreadable {
    let end = text[at..].chars().next().filter(|c| *c != '\n').map_or(at, |c| at + c.len_utf8());
    Unreadable { code: Code::Syntax, message, bytes: at..end, help: help.to_owned() }
}
