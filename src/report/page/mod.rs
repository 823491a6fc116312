//! `trackgen plan --html`: one page that needs nothing else, neither network nor script.

mod pictures;

use super::{installed, kept_in, removed, replaced, secrets};
use crate::{
    forecast::Forecast,
    input::Report,
    plan::{
        DatabasePlan, Plan,
        estimate::{Estimate, in_words},
    },
};
use minijinja::{
    Environment, Error, HtmlEscape, UndefinedBehavior, context,
    syntax::SyntaxConfig,
    value::{Serde, Value},
};

/// Its first line, by which an earlier report is known from any other file.
pub const MARK: &str = "<!doctype html><!-- trackgen plan -->\n";

const PARTS: [(&str, &str); 7] = [
    ("page.html", include_str!("../../../report/page.html.j2")),
    ("style.css", include_str!("../../../report/style.css")),
    ("calendar.html", include_str!("../../../report/calendar.html.j2")),
    ("night.html", include_str!("../../../report/night.html.j2")),
    ("copies.html", include_str!("../../../report/copies.html.j2")),
    ("flow.html", include_str!("../../../report/flow.html.j2")),
    ("host.html", include_str!("../../../report/host.html.j2")),
];

/// The page of one environment.
///
/// # Errors
/// A template that does not fit its values, which no environment can bring about.
pub fn page(plan: &Plan, forecast: &Forecast, warnings: &Report) -> Result<String, Error> {
    let body = engine()?.get_template("page.html")?.render(context! {
        plan => Value::from(Serde(plan)),
        forecast => Value::from(Serde(forecast)),
        two_clocks => forecast.has_two_clocks(),
        findings => findings(warnings),
        night => plan.estimate.as_ref().map(night),
        recovery => plan.estimate.iter().flat_map(|estimate| &estimate.recovery).map(|case| context! {
            case => case.case, formula => &case.formula, takes => in_words(case.seconds),
        }).collect::<Vec<_>>(),
        months => pictures::calendar(forecast),
        lives => pictures::lives(forecast),
        disk => pictures::disk(plan, forecast),
        directories => Value::from(Serde(installed(plan))),
        kept_in => kept_in(plan),
        removed => Value::from(Serde(removed(plan))),
        replaced => replaced(plan),
        paths => Value::from(Serde(plan.databases.iter().map(DatabasePlan::paths).collect::<Vec<_>>())),
        secrets => secrets(plan),
    })?;
    Ok(format!("{MARK}{body}"))
}

fn engine() -> Result<Environment<'static>, Error> {
    let mut engine = Environment::new();
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine
        .set_syntax(SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build()?);
    engine.add_filter("prose", prose);
    engine.add_filter("plain", |number: f64| number.to_string());
    for (name, source) in PARTS {
        engine.add_template(name, source)?;
    }
    Ok(engine)
}

/// Text in which backquotes set code apart.
fn prose(text: &str) -> Value {
    let part = |(index, part): (usize, &str)| {
        let part = HtmlEscape(part);
        if index % 2 == 1 { format!("<code>{part}</code>") } else { part.to_string() }
    };
    let html: Vec<String> = text.split('`').enumerate().map(part).collect();
    Value::from_safe_string(html.concat())
}

fn findings(report: &Report) -> Vec<Value> {
    let one = |finding: &crate::input::report::Finding| {
        context! {
            code => finding.issue.code.word(), line => finding.line, message => &finding.issue.message, help => &finding.issue.help,
        }
    };
    report.findings.iter().map(one).collect()
}

/// The steps with their place on a line that is as long as the run, in percent.
fn night(estimate: &Estimate) -> Value {
    let all = estimate.run_seconds().max(f64::MIN_POSITIVE);
    let percent = |seconds: f64| (seconds / all * 1000.0).round() / 10.0;
    let steps: Vec<Value> = estimate
        .night
        .iter()
        .map(|step| {
            context! {
                name => step.name, tracker => step.tracker, formula => &step.formula, takes => in_words(step.seconds),
                left => percent(step.starts_after_seconds), width => percent(step.seconds),
            }
        })
        .collect();
    context! { steps, takes => in_words(estimate.run_seconds()), weekly => in_words(estimate.longest_run_seconds()), held => in_words(estimate.held_seconds), is_held => estimate.held_seconds > 0.0 }
}
