//! What is accepted, with a word of caution.

use super::{Layout, decision::duration, estimate::Estimate, reboot, rules::at};
use crate::{
    input::backup::{Backup, Scheduler},
    value::{Code, Issue, Pointer, Schedule},
};

pub fn check(backup: &Backup, schedule: &Schedule, layout: &Layout, estimate: Option<&Estimate>) -> Vec<Issue> {
    let mut issues = Vec::new();
    let on_host = backup.scheduler != Scheduler::Kubernetes;
    let cadence = schedule.cadence();
    let given = |code, message: String, help: &str| Issue::new(code, at("schedule"), message).help(help);
    if cadence.shortest_minutes < 15 {
        issues.push(given(
            Code::ScheduleOften,
            format!("a backup every {} minutes may still be running when the next is due", cadence.shortest_minutes),
            "every 15 minutes is the most that is sensible; a run that finds another one ends at once",
        ));
    }
    if cadence.longest_minutes > 7 * 24 * 60 {
        let gap = duration(cadence.longest_minutes);
        issues.push(given(
            Code::ScheduleSeldom,
            format!("up to {gap} of changes can be lost"),
            "a backup at least every week is sensible",
        ));
    }
    if on_host && backup.enabled {
        let minutes = estimate.map_or(0, Estimate::run_minutes);
        issues.extend(reboot::check(schedule, backup.timezone.as_deref(), minutes));
    }
    if on_host && layout.same_disk {
        let at = if backup.directory.is_some() { at("directory") } else { Pointer::from_encoded("/backup") };
        let issue =
            Issue::new(Code::SameDisk, at, format!("{} is most likely on the database's own disk", layout.directory));
        issues.push(issue.help("one failure takes both: set `backup.directory` to an absolute path on another volume"));
    }
    issues.extend(backup.image.as_deref().and_then(mutable));
    issues
}

/// What an image is today says nothing of tomorrow, unless its digest is named.
fn mutable(image: &str) -> Option<Issue> {
    let tag = image.rsplit('/').next()?.split_once(':').map_or("latest", |(_, tag)| tag);
    let message = match tag {
        "latest" => "`latest` is another image whenever somebody pushes one".to_owned(),
        _ => format!("the tag `{tag}` can be pushed again, and would then be another image"),
    };
    let issue = || Issue::new(Code::ImageMutable, at("image"), message);
    (!image.contains('@'))
        .then(|| issue().help("name it by its digest, `name@sha256:…`: it reads every database of the host"))
}
