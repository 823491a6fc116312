//! Is the text well-formed, and is it the deployer's format? Here, and only here, lines and columns are known.

pub mod backup;
pub mod environment;
pub mod estimates;
pub mod report;
pub mod verify;

mod deployer;
pub mod document;
mod hint;
mod locate;
mod mask;
mod placeholder;
mod schema;
mod typed;
mod words;

pub use document::Document;
pub use environment::Environment;
pub use report::Report;

use crate::value::{Code, Issue, Pointer};
use document::{Format, Unreadable};

/// Reads an environment out of a document: by the schema, then by what the deployer enforces beside it. The environment is
/// there whenever it can be typed, so that later stages find what is theirs to find; with an error it is not to be used.
#[must_use]
pub fn read(document: &Document) -> (Option<Environment>, Vec<Issue>) {
    let mut issues = schema::check(document);
    issues.extend(placeholder::check(document));
    let (environment, unfamiliar) = match typed::environment(document) {
        Ok((environment, unfamiliar)) => (Some(environment), unfamiliar),
        Err(untyped) => {
            if issues.is_empty() {
                issues = untyped;
            }
            (None, hint::unfamiliar_keys(&document.value))
        }
    };
    // A closed object has refused its unknown keys already.
    let refused: Vec<_> = issues.iter().map(|issue| issue.pointer.clone()).collect();
    issues.extend(unfamiliar.into_iter().filter(|issue| !refused.contains(&issue.pointer)));
    issues.extend(environment.iter().flat_map(deployer::check));
    (environment, issues)
}

/// Where a text holds a secret and no placeholder; nothing if it cannot be read.
#[must_use]
pub fn secrets(path: &str, text: &[u8]) -> Vec<Pointer> {
    let document = decode(text).ok().and_then(|text| Document::parse(text, Format::of(path)).ok());
    document.map(|(document, _)| placeholder::secrets(&document)).unwrap_or_default()
}

/// The text of a file, or its readable part and where that ends.
///
/// # Errors
/// The text with its bad bytes replaced, and the place of the first of them.
pub fn decode(bytes: &[u8]) -> Result<&str, (String, Unreadable)> {
    std::str::from_utf8(bytes).map_err(|error| {
        let at = error.valid_up_to();
        let why = Unreadable {
            code: Code::Encoding,
            message: "the file is not UTF-8".to_owned(),
            bytes: at..at + '\u{fffd}'.len_utf8(),
            help: "save it as UTF-8".to_owned(),
        };
        (String::from_utf8_lossy(bytes).into_owned(), why)
    })
}
