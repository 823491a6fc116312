//! `docs/findings.md`: what each finding means. The program and the repository have one text.

use trackgen::value::Code;

const TEXT: &str = include_str!("../../docs/findings.md");

/// The section of one code.
#[derive(Clone, Copy, Debug)]
pub struct Section {
    /// The rule, in one line.
    pub summary: &'static str,
    /// Everything after it, in Markdown.
    pub body: &'static str,
}

impl Section {
    /// The section; a test holds that every code has one.
    pub fn of(code: Code) -> Self {
        let section = TEXT.split("\n## ").find_map(|section| section.strip_prefix(code.word())?.strip_prefix("\n\n"));
        let (head, body) = section.and_then(|section| section.split_once("\n\n")).unwrap_or_default();
        let summary = head.split_once("**: ").map_or(head, |(_, summary)| summary);
        Self { summary, body: body.trim_end() }
    }

    /// The paragraphs before the first example.
    pub fn reason(self) -> &'static str {
        self.body.split("\n\nBad:").next().unwrap_or_default()
    }
}

/// The code that was probably meant.
pub fn nearest(word: &str) -> Option<Code> {
    let near = |code: &&Code| strsim::damerau_levenshtein(word, code.word()) <= 1 + code.word().len() / 4;
    let codes = Code::ALL.iter().filter(near);
    codes.min_by_key(|code| strsim::damerau_levenshtein(word, code.word())).copied()
}
