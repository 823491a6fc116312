//! What does a first environment file say? From a few answers, and from what a compose file tells: text, written nowhere.

mod answers;
pub mod compose;

pub use answers::Answers;
pub use compose::Found;

use crate::{
    input::{Report, document::Format},
    value::{Issue, Pointer},
};
use minijinja::{
    AutoEscape, Environment, UndefinedBehavior, context,
    syntax::SyntaxConfig,
    value::{Serde, Value},
};

/// A draft, and the words of caution that come with it.
#[derive(Clone, Debug)]
pub struct Draft {
    pub text: String,
    pub warnings: Report,
}

/// Why there is no draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The value of the draft that is refused.
    pub at: Pointer,
    pub message: String,
}

impl From<&Issue> for Refused {
    fn from(issue: &Issue) -> Self {
        let help = issue.help.as_ref().map_or_else(String::new, |help| format!(" ({help})"));
        Self { at: issue.pointer.clone(), message: format!("{}{help}", issue.message) }
    }
}

/// Writes an environment file. What was taken from a compose file and does not fit is left out, and said.
///
/// # Errors
/// Every answer that an environment may not have.
pub fn draft(path: &str, answers: &Answers, mut found: Found) -> Result<(Draft, Found), Vec<Refused>> {
    loop {
        let text = text(path, answers, &found).map_err(|message| vec![Refused { at: Pointer::root(), message }])?;
        let report = match crate::compile(path, text.as_bytes()) {
            Ok(compiled) => return Ok((Draft { text, warnings: compiled.warnings }, found)),
            Err(report) => report,
        };
        let errors = report.findings.iter().map(|finding| &finding.issue).filter(|issue| issue.is_error());
        let refused: Vec<Refused> = errors.map(Refused::from).collect();
        if !found.drop_first(&refused) {
            return Err(refused);
        }
    }
}

fn text(path: &str, answers: &Answers, found: &Found) -> Result<String, String> {
    let yaml = yaml(answers, found).map_err(|error| error.to_string())?;
    match Format::of(path) {
        Format::Yaml => Ok(yaml),
        Format::Json => {
            // Its mapping keeps the order of the text.
            let value: serde_yaml::Value = serde_yaml::from_str(&yaml).map_err(|error| error.to_string())?;
            serde_json::to_string_pretty(&value).map(|json| json + "\n").map_err(|error| error.to_string())
        }
    }
}

fn yaml(answers: &Answers, found: &Found) -> Result<String, minijinja::Error> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine
        .set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?);
    // A string of JSON is one of YAML.
    engine.set_auto_escape_callback(|_| AutoEscape::Json);
    let template = engine.template_from_str(include_str!("environment.yml.j2"))?;
    template.render(context! { answers => Value::from(Serde(answers)), found => Value::from(Serde(found)) })
}

impl Found {
    /// Leaves out the first path or database that is refused, and tells why.
    fn drop_first(&mut self, refused: &[Refused]) -> bool {
        for Refused { at, message } in refused {
            let steps: Vec<String> = at.steps().collect();
            let [section, key, index, ..] = steps.as_slice() else { continue };
            let Ok(index) = index.parse::<usize>() else { continue };
            let what = match (section.as_str(), key.as_str()) {
                ("backup", "paths") if index < self.paths.len() => self.paths.remove(index),
                ("backup", "databases") if index < self.databases.len() => {
                    let database = self.databases.remove(index);
                    database.path.unwrap_or(database.name)
                }
                _ => continue,
            };
            self.took.retain(|line| !line.starts_with(&format!("`{what}`")));
            self.unknown.push(format!("left out `{what}`: {message}"));
            return true;
        }
        false
    }
}

/// A member of an object, whatever it is.
fn member<'a>(value: &'a serde_json::Value, key: &str) -> &'a serde_json::Value {
    value.get(key).unwrap_or(&serde_json::Value::Null)
}
