//! One finding, before anything knows in which line it stands.

use super::{Code, Pointer, Severity};
use std::ops::Range;

/// Which half of a member the caret goes under.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Key,
    /// The second member of that name.
    RepeatedKey,
    Value,
}

/// A finding about one place of the document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issue {
    pub code: Code,
    pub pointer: Pointer,
    pub part: Part,
    /// Bytes of the string value that are meant, where it is not all of it.
    pub within: Option<Range<usize>>,
    /// What is wrong, in one sentence. Never quotes a secret.
    pub message: String,
    /// What stands at the caret.
    pub label: Option<String>,
    /// What to do next.
    pub help: Option<String>,
}

impl Issue {
    #[must_use]
    pub fn new(code: Code, pointer: Pointer, message: impl Into<String>) -> Self {
        Self { code, pointer, part: Part::Value, within: None, message: message.into(), label: None, help: None }
    }

    #[must_use]
    pub fn is_error(&self) -> bool {
        self.code.severity() == Severity::Error
    }

    #[must_use]
    pub fn at_key(mut self) -> Self {
        self.part = Part::Key;
        self
    }

    #[must_use]
    pub fn at_repeated_key(mut self) -> Self {
        self.part = Part::RepeatedKey;
        self
    }

    #[must_use]
    pub fn within(mut self, bytes: Range<usize>) -> Self {
        self.within = Some(bytes);
        self
    }

    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
