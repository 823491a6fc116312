//! `trackgen plan`: the decisions, for people or for machines.

use super::{
    Outcome, Said,
    args::Format,
    for_each,
    source::{self, Source},
};
use std::fmt::Write;
use trackgen::plan::Plan;

pub fn run(path: &str, format: Format) -> Outcome {
    for_each(&source::read_all(&[path.to_owned()]), |source| one(source, format))
}

fn one(source: &Source, format: Format) -> Said {
    match trackgen::compile(&source.name, &source.text) {
        Err(report) => Said { out: String::new(), err: report.render(true), outcome: Outcome::Invalid },
        Ok(compiled) => {
            let out = match (&compiled.plan, format) {
                (Some(plan), Format::Human) => human(plan),
                (plan, Format::Json) => serde_json::to_string_pretty(plan).unwrap_or_default() + "\n",
                (None, Format::Human) => {
                    format!("{}: has no `backup` section: nothing would be rendered\n", compiled.name)
                }
            };
            Said { out, err: compiled.warnings.render(true), outcome: Outcome::Fine }
        }
    }
}

fn human(plan: &Plan) -> String {
    let mut text = format!("Backups of {}\n", plan.name);
    let width = plan.decisions.iter().map(|decision| decision.topic.len()).max().unwrap_or(0);
    for decision in &plan.decisions {
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\n  {:width$}  {}\n  {:width$}  because {}\n",
            decision.topic, decision.is, "", decision.because
        );
    }
    let _ = write!(
        text,
        "\n  {:width$}  {} files on the host, read them with `trackgen render`\n",
        "installs",
        plan.files.len()
    );
    text
}
