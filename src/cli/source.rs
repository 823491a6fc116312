//! Environment files as they come in: a path or stdin.

#![allow(clippy::disallowed_methods, reason = "one of the two rooms that touch files")]

use serde::Deserialize;
use std::{
    collections::HashMap,
    fs,
    io::{self, Read},
};

/// One environment file, read.
pub struct Source {
    /// The path as it was given; the findings are headed by it.
    pub name: String,
    pub text: Vec<u8>,
}

pub type Sources = Vec<Result<Source, String>>;

pub fn read_all(paths: &[String]) -> Sources {
    paths.iter().map(|path| read(path)).collect()
}

/// Refuses a second environment of one name: both would be written to one place.
pub fn refuse_namesakes(sources: &mut Sources) {
    let mut names: HashMap<String, String> = HashMap::new();
    for source in sources {
        let Ok(Source { name: path, text }) = &source else { continue };
        let Some(name) = environment_name(path, text) else { continue };
        if let Some(first) = names.get(&name) {
            *source = Err(format!("{path}: is named `{name}`, as {first} is: both would be written to one place"));
        } else {
            names.insert(name, path.clone());
        }
    }
}

fn read(path: &str) -> Result<Source, String> {
    if path != "-" {
        return match fs::read(path) {
            Ok(text) => Ok(Source { name: path.to_owned(), text }),
            Err(error) => Err(format!("{path}: {error}")),
        };
    }
    let mut text = Vec::new();
    io::stdin().read_to_end(&mut text).map_err(|error| format!("stdin: {error}"))?;
    let is_json = text.trim_ascii_start().starts_with(b"{");
    Ok(Source { name: if is_json { "<stdin>" } else { "<stdin>.yml" }.to_owned(), text })
}

/// The name alone, if the file is far enough in order to have one.
fn environment_name(path: &str, text: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Named {
        environment: Identity,
    }
    #[derive(Deserialize)]
    struct Identity {
        name: String,
    }
    let named: Named = match trackgen::input::document::Format::of(path) {
        trackgen::input::document::Format::Json => serde_json::from_slice(text).ok()?,
        trackgen::input::document::Format::Yaml => serde_yaml::from_slice(text).ok()?,
    };
    Some(named.environment.name)
}
