//! What does a compose file tell of a stack? Names, images, mounts and labels; never the value of a variable.

mod another;
mod image;
mod labels;
mod paths;
mod read;
mod service;
mod take;

pub use read::Stack;

use serde::Serialize;

/// The server that has the tracker's database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Server {
    pub driver: String,
    pub host: String,
    pub version: Option<String>,
}

/// A database besides the tracker's: a file, or one of a server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Database {
    pub name: String,
    pub driver: String,
    pub path: Option<String>,
    pub dsn_variable: Option<String>,
    pub server_version: Option<String>,
}

/// What was taken from a compose file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Found {
    /// The file; absent when there was none.
    pub path: Option<String>,
    pub server: Option<Server>,
    pub databases: Vec<Database>,
    pub paths: Vec<String>,
    /// What it was, and where it stands.
    pub took: Vec<String>,
    /// What a person has to look at.
    pub unknown: Vec<String>,
    /// What other backup tools are told.
    pub hints: Vec<String>,
}

impl Found {
    /// The lines are comments, and must not end before their end.
    fn printable(mut self) -> Self {
        let breaks = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        for line in self.took.iter_mut().chain(&mut self.unknown).chain(&mut self.hints) {
            *line = line.replace(breaks, " ");
        }
        self
    }
}
