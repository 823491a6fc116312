//! `trackgen validate`: what there is to say of each environment, and in which form.

use super::{
    Outcome, Said,
    args::{FindingsFormat, Policy},
    findings, in_parallel, sarif,
    source::{self, Source},
    terminal,
};
use trackgen::{input::Report, output::Shape, value::Severity};

/// What was found out about one environment.
pub enum Verdict {
    Valid {
        warnings: Report,
        asks_for_backup: bool,
    },
    /// With an error, or with a warning where warnings are denied.
    Refused(Report),
    /// The path, and why it could not be read.
    Unread(String, String),
}

impl Verdict {
    fn of(source: &Source, policy: &Policy) -> Self {
        match source.compile(Shape::Alone, policy) {
            Ok(compiled) => Self::Valid { asks_for_backup: compiled.plan.is_some(), warnings: compiled.warnings },
            Err(report) => Self::Refused(report),
        }
    }

    pub fn report(&self) -> Option<&Report> {
        match self {
            Self::Valid { warnings: report, .. } | Self::Refused(report) => Some(report),
            Self::Unread(..) => None,
        }
    }

    fn outcome(&self) -> Outcome {
        match self {
            Self::Valid { .. } => Outcome::Fine,
            Self::Refused(_) => Outcome::Invalid,
            Self::Unread(..) => Outcome::Failed,
        }
    }

    fn said(&self) -> Said {
        match self {
            Self::Valid { warnings, asks_for_backup } => {
                let state = if *asks_for_backup { "valid" } else { "valid, and asks for no backup" };
                let out = format!("{}: {state}\n", warnings.path);
                Said { out, err: warnings.render(true), outcome: Outcome::Fine }
            }
            Self::Refused(report) => Said::refused(report),
            Self::Unread(_, why) => Said::failed(why),
        }
    }
}

pub fn run(paths: &[String], format: FindingsFormat, policy: &Policy) -> Outcome {
    let sources = source::read_all(paths);
    let judged = in_parallel(&sources, |source| match source {
        Ok(source) => Ok(Verdict::of(source, policy)),
        Err(why) => Err(why.clone()),
    });
    let judged = judged.into_iter().zip(paths);
    let verdicts: Vec<Verdict> =
        judged.map(|(verdict, path)| verdict.unwrap_or_else(|why| Verdict::Unread(path.clone(), why))).collect();
    match format {
        FindingsFormat::Human => verdicts.iter().for_each(|verdict| terminal::say(&verdict.said())),
        FindingsFormat::Json => terminal::print(&findings::json(&verdicts)),
        FindingsFormat::Sarif => terminal::print(&sarif::log(&verdicts)),
        FindingsFormat::Github => terminal::print(&findings::workflow_commands(&verdicts)),
    }
    if matches!(format, FindingsFormat::Human) {
        terminal::remark(&summary(&verdicts));
    } else {
        complain(&verdicts);
    }
    verdicts.iter().map(Verdict::outcome).min().unwrap_or(Outcome::Fine)
}

/// What no program would look for in a list of findings.
fn complain(verdicts: &[Verdict]) {
    let unread = verdicts.iter().filter(|verdict| matches!(verdict, Verdict::Unread(..)));
    unread.for_each(|verdict| terminal::say(&verdict.said()));
}

/// One line for several environments, and where to read on.
fn summary(verdicts: &[Verdict]) -> String {
    let count = |outcome| verdicts.iter().filter(|verdict| verdict.outcome() == outcome).count();
    let findings = || verdicts.iter().filter_map(Verdict::report).flat_map(|report| &report.findings);
    let warnings = findings().filter(|finding| finding.issue.code.severity() == Severity::Warning).count();
    let (refused, unread) = (count(Outcome::Invalid), count(Outcome::Failed));
    let mut parts = Vec::new();
    if verdicts.len() > 1 {
        parts.push(format!("{} environments: {} valid", verdicts.len(), count(Outcome::Fine)));
        let others = [(refused, "refused"), (unread, "not read"), (warnings, "warnings")];
        let others = others.iter().filter(|(number, _)| *number > 0);
        parts.extend(others.map(|(number, what)| match (number, *what) {
            (1, "warnings") => "1 warning".to_owned(),
            _ => format!("{number} {what}"),
        }));
    }
    if findings().next().is_some() {
        parts.push("`trackgen explain CODE` says more".to_owned());
    }
    if parts.is_empty() { String::new() } else { parts.join(", ") + "\n" }
}
