//! The restore drill: when the newest backup is restored to prove it, and what it is asked.

use super::{
    DatabasePlan, Decision,
    decision::duration,
    estimate::{Estimate, in_words},
    rules::at,
    settings::DRILL_TIMEOUT,
};
use crate::{
    input::{
        backup::Backup,
        verify::{Drill, Query},
    },
    value::{Code, Issue, Schedule, schedule::ScheduleError},
};

/// Sunday morning, when the week's last backup is there; the later ones are for those who back up in that very minute.
const TIMES: [&str; 3] = ["0 5 * * 0", "20 5 * * 0", "50 5 * * 0"];

/// When the drill runs; none when it is turned off.
pub fn schedule(drill: &Drill, backups: &Schedule) -> Option<Result<Schedule, ScheduleError>> {
    match drill {
        Drill::Wanted(false) => None,
        Drill::At(text) => Some(text.parse()),
        Drill::Wanted(true) => {
            let times = TIMES.map(str::parse::<Schedule>);
            let free = |time: &Result<Schedule, _>| time.as_ref().is_ok_and(|time| !time.meets(backups));
            let [first, ..] = times.clone();
            Some(times.into_iter().find(free).unwrap_or(first))
        }
    }
}

/// One that would be ended before its end.
pub fn too_long(estimate: &Estimate) -> Option<Issue> {
    (estimate.drill_seconds() > f64::from(DRILL_TIMEOUT)).then(|| {
        let took = in_words(estimate.drill_seconds());
        let message = format!("a drill takes about {took}, and is ended after {}", in_words(f64::from(DRILL_TIMEOUT)));
        Issue::new(Code::TimeLimit, at("verify").child("drill"), message)
            .help("set `verify.drill` to false, and restore by hand on another host now and then")
    })
}

/// One run at a time: the second one is refused.
pub fn collision(drill: &Schedule, backups: &Schedule, estimate: Option<&Estimate>) -> Option<Issue> {
    let [backup_minutes, drill_minutes] =
        estimate.map_or([0, 0], |estimate| [estimate.run_minutes(), estimate.drill_minutes()]);
    let message = if drill.meets(backups) {
        "a backup starts in the same minute as the drill".to_owned()
    } else if backups.meets_within(drill, backup_minutes) {
        format!("a backup that takes about {} is still running when the drill starts", duration(backup_minutes))
    } else if drill.meets_within(backups, drill_minutes) {
        format!("a backup starts while the drill, which takes about {}, is still running", duration(drill_minutes))
    } else {
        return None;
    };
    let issue = Issue::new(Code::ScheduleDrill, at("verify").child("drill"), message);
    Some(issue.help("one of the two would be refused: choose another minute"))
}

/// A query must name a database that there is.
pub fn unknown_databases(queries: &[Query], databases: &[DatabasePlan]) -> Vec<Issue> {
    let known = |query: &Query| databases.iter().any(|database| database.name == query.database);
    let names: Vec<&str> = databases.iter().map(|database| database.name.as_str()).collect();
    let issue = |(index, query): (usize, &Query)| {
        let place = at("verify").child("queries").child(index).child("database");
        Issue::new(Code::UnknownDatabase, place, format!("there is no database named `{}`", query.database))
            .help(format!("one of: {}", names.join(", ")))
    };
    queries.iter().enumerate().filter(|(_, query)| !known(query)).map(issue).collect()
}

pub fn decision(backup: &Backup, drill: Option<&Schedule>) -> Decision {
    match drill {
        Some(_) if !backup.enabled => Decision::new(
            "drill",
            "nothing is scheduled",
            "`backup.enabled` is false: `tracker-drill` runs when somebody asks for it",
        ),
        None => Decision::new("drill", "none", "`verify.drill` is false: nothing proves that a backup can be restored"),
        Some(schedule) => Decision::new(
            "drill",
            format!(
                "{schedule}: the newest backup is restored into a scratch place and checked there{}",
                asked(backup.verify.queries.len())
            ),
            "a backup counts when it has been restored; the live stack is not touched, and every verdict is written down",
        ),
    }
}

fn asked(queries: usize) -> String {
    match queries {
        0 => String::new(),
        1 => ", and answers 1 query of yours".to_owned(),
        more => format!(", and answers {more} queries of yours"),
    }
}
