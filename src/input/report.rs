//! Findings with their places: all at once, in file order, each with its line and a caret.

use super::document::{Document, Format, Unreadable};
use super::mask;
use crate::value::{Code, Issue, Part, Pointer, Severity, is_secret_key};
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet, renderer::DecorStyle};
use std::{fmt, ops::Range};

/// One finding, located.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub issue: Issue,
    /// From 1.
    pub line: usize,
    /// From 1, in characters.
    pub column: usize,
    /// The column after the last character, in the same line.
    pub end_column: usize,
    /// The source line with every value covered that is not complained of.
    shown: String,
    caret: Range<usize>,
}

/// What was found in one file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    pub path: String,
    pub findings: Vec<Finding>,
}

impl Report {
    /// Locates issues in their document.
    #[must_use]
    pub fn of(path: &str, document: &Document, issues: Vec<Issue>) -> Self {
        let mut findings: Vec<Finding> = issues
            .into_iter()
            .map(|issue| {
                let bytes = place(document, &issue);
                let reveal = !issue.pointer.steps().any(|step| is_secret_key(&step)) || issue.part != Part::Value;
                Finding::new(document.text, document.format, &bytes, reveal, issue)
            })
            .collect();
        findings.sort_by_key(|finding| (finding.line, finding.column, finding.issue.code));
        findings.dedup();
        Self { path: path.to_owned(), findings }
    }

    /// The report on a text that is no document at all.
    #[must_use]
    pub fn unreadable(path: &str, text: &str, format: Format, why: Unreadable) -> Self {
        let issue = Issue::new(why.code, Pointer::root(), why.message).help(why.help);
        Self { path: path.to_owned(), findings: vec![Finding::new(text, format, &why.bytes, false, issue)] }
    }

    #[must_use]
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.issue.code.severity() == Severity::Error)
    }

    /// Drops the findings of these codes.
    pub fn allow(&mut self, codes: &[Code]) {
        self.findings.retain(|finding| !codes.contains(&finding.issue.code));
    }

    #[must_use]
    pub fn codes(&self) -> Vec<Code> {
        self.findings.iter().map(|finding| finding.issue.code).collect()
    }

    /// The findings as a person reads them; `styled` adds the colours of a terminal.
    #[must_use]
    pub fn render(&self, styled: bool) -> String {
        let renderer = if styled { Renderer::styled() } else { Renderer::plain() };
        let renderer = renderer.decor_style(DecorStyle::Ascii);
        self.findings.iter().map(|finding| renderer.render(&[finding.group(&self.path)]) + "\n\n").collect()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

/// The bytes that an issue is about; a part of a string only where the string is written without escapes.
fn place(document: &Document, issue: &Issue) -> Range<usize> {
    let bytes = document.locate(&issue.pointer, issue.part);
    let Some(within) = &issue.within else {
        return bytes;
    };
    let token = &document.text[bytes.clone()];
    let quote = usize::from(token.starts_with(['"', '\'']));
    let narrowed = bytes.start + quote + within.start..bytes.start + quote + within.end;
    let fits = !token.contains('\\') && narrowed.end <= bytes.end && document.text.get(narrowed.clone()).is_some();
    if fits { narrowed } else { bytes }
}

impl Finding {
    fn new(text: &str, format: Format, bytes: &Range<usize>, reveal: bool, issue: Issue) -> Self {
        let start = text[..bytes.start].rfind('\n').map_or(0, |newline| newline + 1);
        let line = text[start..].lines().next().unwrap_or_default();
        let column = text[start..bytes.start].chars().count() + 1;
        let within = bytes.start - start..bytes.end.max(bytes.start) - start;
        let (shown, caret) = mask::cover(line, format, &within, reveal);
        let meant = line.get(within.start.min(line.len())..within.end.min(line.len())).unwrap_or_default();
        let end_column = column + meant.chars().count();
        Self { issue, line: text[..start].matches('\n').count() + 1, column, end_column, shown, caret }
    }

    fn group<'a>(&'a self, path: &'a str) -> annotate_snippets::Group<'a> {
        let level = match self.issue.code.severity() {
            Severity::Error => Level::ERROR,
            Severity::Warning => Level::WARNING,
        };
        let mut annotation = AnnotationKind::Primary.span(self.caret.clone());
        if let Some(label) = &self.issue.label {
            annotation = annotation.label(label);
        }
        let snippet = Snippet::source(&self.shown).line_start(self.line).path(path).annotation(annotation);
        let group = level.primary_title(&self.issue.message).id(self.issue.code.word()).element(snippet);
        match &self.issue.help {
            Some(help) => group.element(Level::HELP.message(help)),
            None => group,
        }
    }
}
