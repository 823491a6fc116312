//! Lines that fit a terminal.

use std::fmt::{Formatter, Result};

/// Columns.
pub const WIDTH: usize = 80;

/// The words of a paragraph in lines of so many columns; a longer word, such as a path, stays whole.
#[must_use]
pub fn lines(paragraph: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in paragraph.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => line.extend([" ", word]),
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Writes a text behind its label, and what does not fit below itself. One that fits keeps its spaces.
///
/// # Errors
/// Those of the formatter.
pub fn hang(f: &mut Formatter, label: &str, text: &str) -> Result {
    below(f, label, label.chars().count(), text)
}

/// The same, where what does not fit begins in a column.
///
/// # Errors
/// Those of the formatter.
pub fn below(f: &mut Formatter, label: &str, column: usize, text: &str) -> Result {
    if label.chars().count() + text.chars().count() <= WIDTH {
        return writeln!(f, "{label}{text}");
    }
    let mut label = label.to_owned();
    for line in lines(text, WIDTH.saturating_sub(column)) {
        writeln!(f, "{label}{line}")?;
        label = " ".repeat(column);
    }
    Ok(())
}
