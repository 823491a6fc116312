//! Templates: strict, without a clock, and every value written in the language of its file.

use super::{
    artifact::{Artifact, ArtifactSet},
    catalog::{Body, CATALOG},
    pack::{Packed, pack},
};
use crate::plan::{HostFile, Plan};
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, context, escape_formatter,
    syntax::SyntaxConfig,
    value::{Serde, Value},
};
use std::{borrow::Cow, sync::LazyLock};

/// What is the same on every host, as cloud-init unpacks it: an archive below the root.
const CODE: &str = include_str!(concat!(env!("OUT_DIR"), "/code.tar.xz.b64"));
/// The same without what brings a backup back.
const BACKUP_CODE: &str = include_str!(concat!(env!("OUT_DIR"), "/backup-code.tar.xz.b64"));

static ENGINE: LazyLock<Result<Environment<'static>, Error>> = LazyLock::new(engine);

/// Names of the languages that have no quoting of their own here.
const PROSE: &str = "prose";
const WORDS: &str = "words";

/// Renders the whole catalog.
pub fn all(plan: &Plan) -> Result<ArtifactSet, Error> {
    let engine = ENGINE.as_ref().map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))?;
    let plan_value = Value::from(Serde(plan));
    let mut set = ArtifactSet::default();
    for entry in CATALOG {
        let body = match entry.body {
            Body::Static(text) => Cow::Borrowed(text),
            Body::Template(_) => {
                let template = engine.get_template(entry.path)?;
                Cow::Owned(match entry.path {
                    super::USER_DATA => template.render(user_data(plan, plan_value.clone(), &set)?)?,
                    _ => template.render(context! { plan => plan_value.clone() })?,
                })
            }
        };
        set.insert(entry.path, Artifact { executable: entry.executable, body });
    }
    Ok(set.sealed())
}

/// What the host gets from cloud-init: values readable, code packed; where user data is short values are packed too, and what
/// brings a backup back is left out.
fn user_data(plan: &Plan, plan_value: Value, rendered: &ArtifactSet) -> Result<Value, Error> {
    let is_value = |file: &&HostFile| CATALOG.iter().any(|entry| entry.path == file.source && entry.is_rendered());
    let content = |file: &HostFile| rendered.get(file.source).map_or("", |artifact| artifact.body.as_ref());
    let values = plan.files.iter().filter(is_value);
    if plan.provider.user_data_limit.is_none() {
        let files: Value = values
            .map(|file| context! { target => file.target.as_str(), mode => file.mode, content => content(file) })
            .collect();
        return Ok(context! { plan => plan_value, files, values => (), code => CODE });
    }
    let values = values.filter(|file| !file.is_for_restore());
    let packed = pack(values.map(|file| Packed {
        target: file.target.as_str(),
        mode: file.mode,
        content: content(file).as_bytes(),
    }));
    let values = packed.map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))?;
    Ok(context! { plan => plan_value, files => Vec::<Value>::new(), values, code => BACKUP_CODE })
}

fn engine() -> Result<Environment<'static>, Error> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine
        .set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?);
    engine.set_auto_escape_callback(|name| match name.rsplit_once('.') {
        Some((_, "yml" | "json")) => AutoEscape::Json,
        Some((_, "md")) => AutoEscape::Custom(PROSE.into()),
        // Statements of the operator, one on each line, which no shell reads.
        None if name.ends_with("/queries") => AutoEscape::Custom(PROSE.into()),
        _ => AutoEscape::Custom(WORDS.into()),
    });
    engine.set_formatter(|out, state, value| match state.auto_escape() {
        AutoEscape::Custom(language) => match value.as_str().filter(|text| !is_safe(text, language)) {
            Some(_) => Err(Error::new(
                ErrorKind::BadEscape,
                "a value has a character that this file's language gives a meaning",
            )),
            None => out.write_str(&value.to_string()).map_err(Error::from),
        },
        _ => escape_formatter(out, state, value),
    });
    for entry in CATALOG {
        if let Body::Template(source) = entry.body {
            engine.add_template(entry.path, source)?;
        }
    }
    Ok(engine)
}

/// Whether a value means itself: in prose everything printable does, elsewhere only what no shell or cron reads.
fn is_safe(text: &str, language: &str) -> bool {
    match language {
        PROSE => !text.chars().any(|c| c.is_control() && c != '\n'),
        _ => text.bytes().all(|b| b.is_ascii_alphanumeric() || b" ._/@:+,*-".contains(&b)),
    }
}
