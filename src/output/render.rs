//! Templates: strict, without a clock, and every value written in the language of its file.

use super::{
    Inventory, Shape,
    artifact::{Artifact, ArtifactSet},
    catalog::{Body, CATALOG},
    host_manifest, user_data,
};
use crate::plan::Plan;
use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, context, escape_formatter,
    syntax::SyntaxConfig,
    value::{Serde, Value},
};
use std::{borrow::Cow, sync::LazyLock};

static ENGINE: LazyLock<Result<Environment<'static>, Error>> = LazyLock::new(engine);

const CRON_JOB: &str = "kubernetes/cronjob.yaml";
const INVENTORY: &str = "ansible/inventory.yml";
const RUNBOOK: &str = "README.md";
const FLEET_RUNBOOK: &str = "fleet/README.md";

/// Names of the languages that have no quoting of their own here.
const PROSE: &str = "prose";
const WORDS: &str = "words";

/// Renders what belongs to one environment: the whole catalog, or what a fleet's hosts do not share.
pub fn environment(plan: &Plan, shape: Shape) -> Result<ArtifactSet, Error> {
    let engine = engine_or_error()?;
    let plan_value = Value::from(Serde(plan));
    let mut set = ArtifactSet::default();
    for entry in CATALOG.iter().filter(|entry| plan.scheduler.wants(entry.path)) {
        let body = match entry.body {
            Body::Static(_) if shape == Shape::Member => continue,
            Body::Static(text) => Cow::Borrowed(text),
            Body::Template(_) => {
                let template = engine.get_template(entry.path)?;
                Cow::Owned(match entry.path {
                    INVENTORY if shape == Shape::Member => continue,
                    INVENTORY => template.render(Value::from(Serde(Inventory::of(plan))))?,
                    CRON_JOB => template.render(cron_job(engine, &plan_value)?)?,
                    host_manifest::PATH => template.render(host_manifest::values(plan, plan_value.clone(), &set))?,
                    super::USER_DATA => template.render(user_data::values(plan, plan_value.clone(), &set)?)?,
                    RUNBOOK => template.render(context! { plan => plan_value.clone(), ..way(plan, shape) })?,
                    _ => template.render(context! { plan => plan_value.clone() })?,
                })
            }
        };
        set.insert(entry.path, Artifact { executable: entry.executable, body });
    }
    Ok(set.sealed())
}

/// Renders what the hosts of a fleet share.
pub fn project(inventory: &Inventory) -> Result<ArtifactSet, Error> {
    let engine = engine_or_error()?;
    let values = Value::from(Serde(inventory));
    let mut set = ArtifactSet::default();
    for entry in CATALOG {
        let executable = entry.executable;
        match entry.body {
            Body::Static(text) => set.insert(entry.path, Artifact { executable, body: Cow::Borrowed(text) }),
            Body::Template(_) if entry.path == INVENTORY => {
                let body = engine.get_template(INVENTORY)?.render(values.clone())?;
                set.insert(INVENTORY, Artifact { executable, body: Cow::Owned(body) });
            }
            Body::Template(_) => (),
        }
    }
    let body = engine.get_template(FLEET_RUNBOOK)?.render(values)?;
    set.insert(RUNBOOK, Artifact { executable: false, body: Cow::Owned(body) });
    Ok(set.sealed())
}

/// From where a runbook stands to the directory with `ansible/` and `restore/`, and what singles its host out there.
fn way(plan: &Plan, shape: Shape) -> Value {
    match shape {
        Shape::Alone => context! { up => "", limit => "", host => "" },
        Shape::Member => {
            let name = &plan.name;
            context! { up => "../../", limit => format!(" --limit {name}"), host => format!(" --host {name}") }
        }
    }
}

fn engine_or_error() -> Result<&'static Environment<'static>, Error> {
    ENGINE.as_ref().map_err(|error| Error::new(ErrorKind::InvalidOperation, error.to_string()))
}

/// The settings, which a host would have as files.
fn cron_job(engine: &Environment, plan_value: &Value) -> Result<Value, Error> {
    let file = |name: &str| -> Result<Value, Error> {
        let template = engine.get_template(&format!("host/{name}"))?;
        Ok(context! { name, content => template.render(context! { plan => plan_value.clone() })? })
    };
    Ok(context! { files => [file("backup.conf")?, file("databases")?], plan => plan_value.clone() })
}

fn engine() -> Result<Environment<'static>, Error> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine
        .set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?);
    engine.set_auto_escape_callback(|name| match name.rsplit_once('.') {
        Some((_, "yml" | "yaml" | "json")) => AutoEscape::Json,
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
    engine.add_template(FLEET_RUNBOOK, include_str!("../../templates/fleet/README.md.j2"))?;
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
