//! trackgen: one Torrust Tracker Deployer environment file in, a complete backup system out.
//!
//! ```text
//! text ── Document ──► Environment ── decide ──► Plan ── render ──► ArtifactSet ──► disk
//!         input/                      plan/              output/
//! ```
//!
//! [`compile`] is all of it but the disk: a pure function of the text, without clock, environment, file or network.

pub mod draft;
pub mod forecast;
pub mod input;
pub mod output;
pub mod plan;
pub mod report;
pub mod value;

use input::{Document, Report, document::Format};
use output::{ArtifactSet, Shape, USER_DATA};
use plan::Plan;
use value::{Code, Issue, Pointer};

/// What one environment file becomes.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// The environment's name: letters, digits and dashes.
    pub name: String,
    /// Absent when the environment asks for no backup.
    pub plan: Option<Plan>,
    /// Empty when the environment asks for no backup.
    pub artifacts: ArtifactSet,
    /// What was accepted with a word of caution.
    pub warnings: Report,
}

/// Reads, decides and renders. `path` tells the format (`.yml` and `.yaml` are YAML, all else JSON) and heads the findings.
///
/// # Errors
/// A report with at least one error, each finding located, all at once and in file order.
pub fn compile(path: &str, text: &[u8]) -> Result<Compiled, Report> {
    compile_as(path, text, Shape::Alone, Vec::new())
}

/// The same, alone or for a fleet; `found` is what its neighbours have made known of it.
///
/// # Errors
/// As [`compile`].
pub fn compile_as(path: &str, text: &[u8], shape: Shape, found: Vec<Issue>) -> Result<Compiled, Report> {
    let format = Format::of(path);
    let text = input::decode(text).map_err(|(lossy, why)| Report::unreadable(path, &lossy, format, why))?;
    let (document, mut issues) =
        Document::parse(text, format).map_err(|why| Report::unreadable(path, text, format, why))?;
    issues.extend(found);
    let outcome = decide(&document, shape, &mut issues);
    let report = Report::of(path, &document, issues);
    match outcome {
        Some((name, plan, artifacts)) if !report.has_errors() => {
            Ok(Compiled { name, plan, artifacts, warnings: report })
        }
        _ => Err(report),
    }
}

/// The pipeline behind the text; what is found on the way is added to `issues`.
fn decide(document: &Document, shape: Shape, issues: &mut Vec<Issue>) -> Option<(String, Option<Plan>, ArtifactSet)> {
    let (environment, found) = input::read(document);
    issues.extend(found);
    let environment = environment?;
    let (plan, found) = plan::decide(&environment);
    // What the schema has refused at a place is not explained a second time.
    let refused: Vec<Pointer> =
        issues.iter().filter(|issue| issue.is_error()).map(|issue| issue.pointer.clone()).collect();
    issues.extend(found.into_iter().filter(|issue| !refused.contains(&issue.pointer)));
    if issues.iter().any(Issue::is_error) {
        return None;
    }
    let artifacts = plan.as_ref().map_or_else(|| Ok(ArtifactSet::default()), |plan| render(plan, shape));
    let artifacts = artifacts.map_err(|issue| issues.push(*issue)).ok()?;
    Some((environment.environment.name, plan, artifacts))
}

fn render(plan: &Plan, shape: Shape) -> Result<ArtifactSet, Box<Issue>> {
    let unrenderable = |why: String| {
        let message = format!("this environment cannot be rendered: {why}");
        let issue = Issue::new(Code::BadFormat, Pointer::root(), message);
        Box::new(issue.help("write the value that it names in plain letters, digits and `._-/`"))
    };
    let artifacts = output::artifacts(plan, shape).map_err(unrenderable)?;
    let size = artifacts.get(USER_DATA).map_or(0, |user_data| user_data.body.len());
    match plan.provider.user_data_limit {
        Some(limit) if size > limit => {
            let message = format!(
                "the cloud-init user data takes {size} bytes, and {} takes at most {limit}",
                plan.provider.name
            );
            let issue = Issue::new(Code::UserDataLimit, Pointer::from_encoded("/provider/provider"), message);
            Err(Box::new(
                issue.help("shorten `paths` or `databases`, or install with Ansible, which has no such limit"),
            ))
        }
        _ => Ok(artifacts),
    }
}
