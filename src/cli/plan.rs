//! `trackgen plan`: the decisions and what follows from them, for people or for machines.

use super::{
    Outcome, Said,
    args::Format,
    for_each,
    source::{self, Source},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use trackgen::{forecast::Forecast, plan::Plan, report::text::Text};

/// One document for both.
#[derive(Serialize)]
struct Whole<'a> {
    #[serde(flatten)]
    plan: &'a Plan,
    forecast: &'a Forecast,
}

pub fn run(path: &str, format: Format, from: Option<DateTime<Utc>>) -> Outcome {
    let from = from.unwrap_or_else(now);
    for_each(&source::read_all(&[path.to_owned()]), |source| one(source, format, from))
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

fn one(source: &Source, format: Format, from: DateTime<Utc>) -> Said {
    match trackgen::compile(&source.name, &source.text) {
        Err(report) => Said { out: String::new(), err: report.render(true), outcome: Outcome::Invalid },
        Ok(compiled) => {
            let out = match &compiled.plan {
                Some(plan) => show(plan, format, &Forecast::new(plan, from)),
                None if format == Format::Json => "null\n".to_owned(),
                None => format!("{}: has no `backup` section: nothing would be rendered\n", compiled.name),
            };
            Said { out, err: compiled.warnings.render(true), outcome: Outcome::Fine }
        }
    }
}

fn show(plan: &Plan, format: Format, forecast: &Forecast) -> String {
    match format {
        Format::Human => Text { plan, forecast }.to_string(),
        Format::Json => serde_json::to_string_pretty(&Whole { plan, forecast }).unwrap_or_default() + "\n",
    }
}
