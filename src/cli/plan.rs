//! `trackgen plan`: the decisions and what follows from them, for people or for machines.

use super::{
    Outcome, Said,
    args::{Format, Policy},
    for_each,
    source::{self, Source},
};
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use std::path::Path;
use trackgen::{
    Compiled,
    forecast::{Forecast, Since},
    input::Report,
    output::{Shape, disk},
    plan::Plan,
    report::{page, text::Text},
};

/// One document for both.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    plan: &'a Plan,
    forecast: &'a Forecast,
}

/// How a plan is shown.
#[derive(Clone, Copy)]
pub struct Form<'a> {
    pub format: Format,
    /// A page instead, in this file.
    pub html: Option<&'a Path>,
}

pub fn run(path: &str, form: Form, from: Option<NaiveDate>, policy: &Policy) -> Outcome {
    let from = from.map_or_else(|| Since::Now(now()), Since::Day);
    for_each(&source::read_all(&[path.to_owned()]), |source| one(source, form, from, policy))
}

/// What comes next is a question about now; what is rendered never depends on it.
#[allow(clippy::disallowed_methods, reason = "the only clock: `--from` takes its place")]
fn now() -> DateTime<Utc> {
    std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .ok()
        .and_then(|since| DateTime::from_timestamp(i64::try_from(since.as_secs()).ok()?, 0))
        .unwrap_or_default()
}

fn one(source: &Source, form: Form, from: Since, policy: &Policy) -> Said {
    match source.compile(Shape::Alone, policy) {
        Err(report) => Said::refused(&report),
        Ok(Compiled { name, plan, warnings, .. }) => {
            let err = warnings.render(true);
            let shown = match plan {
                Some(plan) => show(&plan, &Forecast::new(&plan, from), &warnings, form),
                None if form.format == Format::Json => Ok("null\n".to_owned()),
                None => Ok(format!("{name}: has no `backup` section: nothing would be rendered\n")),
            };
            match shown {
                Ok(out) => Said { out, err, outcome: Outcome::Fine },
                Err(why) => {
                    Said { out: String::new(), err: err + &format!("error: {why}\n"), outcome: Outcome::Failed }
                }
            }
        }
    }
}

fn show(plan: &Plan, forecast: &Forecast, warnings: &Report, form: Form) -> Result<String, String> {
    match (form.html, form.format) {
        (Some(file), _) => {
            let page = page::page(plan, forecast, warnings).map_err(|why| why.to_string())?;
            if file == Path::new("-") {
                return Ok(page);
            }
            disk::replace(file, &page, page::MARK).map_err(|why| why.to_string())?;
            Ok(format!("{}: written\n", file.display()))
        }
        (None, Format::Human) => Ok(Text { plan, forecast }.to_string()),
        (None, Format::Json) => serde_json::to_string_pretty(&Whole { plan, forecast })
            .map(|json| json + "\n")
            .map_err(|why| why.to_string()),
    }
}
