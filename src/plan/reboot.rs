//! Starts that meet the reboot of a host: the deployer lets security updates reboot it.

use super::{decision::duration, rules::at};
use crate::value::{Code, Issue, Schedule, schedule::coming_years, timezone};
use std::collections::BTreeSet;

/// Minutes after midnight: the deployer's `Unattended-Upgrade::Automatic-Reboot-Time`.
const REBOOT: i64 = 2 * 60;
const DAY: i64 = 24 * 60;
const HOURS: u32 = 24;

/// Other times of day, for one who asks for a single one.
const OTHERS: [&str; 4] = ["0 3 * * *", "30 4 * * *", "0 5 * * *", "0 6 * * *"];

/// One for each time in which clocks stay as they are; in a time zone that has a summer the reboot is at two of its hours.
struct Reboots {
    all: Vec<timezone::Period>,
}

pub fn check(schedule: &Schedule, zone: Option<&str>, run_minutes: u32) -> Option<Issue> {
    let all = match zone {
        None => vec![timezone::Period::whole(coming_years())],
        Some(zone) => timezone::periods(zone, coming_years()),
    };
    let reboots = Reboots { all };
    let (local, what) =
        reboots.met_by(schedule, 0).map(|local| (local, "in the same minute".to_owned())).or_else(|| {
            Some((reboots.met_by(schedule, run_minutes)?, format!("and a run takes about {}", duration(run_minutes))))
        })?;
    let when = match zone {
        None => "at 02:00 by the host's clock".to_owned(),
        Some(zone) => {
            format!("at 02:00 by a clock that shows UTC, {:02}:{:02} in {zone}", local / 60, local % 60)
        }
    };
    let message = format!("the deployer's hosts reboot for security updates {when}, {what}");
    let help = reboots
        .other_than(schedule, run_minutes)
        .map_or_else(|| "choose another time".to_owned(), |other| format!("choose another time, such as `{other}`"));
    Some(Issue::new(Code::ScheduleReboot, at("schedule"), message).help(help))
}

impl Reboots {
    /// The local minute of a reboot that comes while a run of so many minutes has not ended.
    fn met_by(&self, schedule: &Schedule, minutes: u32) -> Option<i64> {
        let met = |period: &&timezone::Period| {
            let local = local(period);
            let reboot: Result<Schedule, _> = format!("{} {} * * *", local % 60, local / 60).parse();
            reboot.is_ok_and(|reboot| schedule.meets_in(&reboot, minutes, period.local()))
        };
        self.all.iter().find(met).map(local)
    }

    /// A time, or the same schedule without some hours, that meets none of them.
    fn other_than(&self, schedule: &Schedule, minutes: u32) -> Option<String> {
        let is_free = |text: &String| text.parse().is_ok_and(|other| self.met_by(&other, minutes).is_none());
        if schedule.hours_of_day() < HOURS as usize {
            return OTHERS.map(str::to_owned).into_iter().find(is_free);
        }
        let of = |minutes: i64| u32::try_from(minutes.rem_euclid(DAY) / 60).unwrap_or(0);
        let reboot: BTreeSet<u32> = self.all.iter().map(|period| of(local(period))).collect();
        // Hours in which a run begins that would not have ended.
        let longest = i64::from(minutes) / 60 + 1;
        let early = |period| (1..=longest.min(24)).map(move |hours| of(local(period) - hours * 60));
        let before: BTreeSet<u32> = self.all.iter().flat_map(early).collect();
        let both = &reboot | &before;
        let [minute, _, days] = schedule.as_cron().splitn(3, ' ').collect::<Vec<_>>()[..] else { return None };
        [reboot, before, both].iter().map(|hours| format!("{minute} {} {days}", all_but(hours))).find(is_free)
    }
}

fn local(period: &timezone::Period) -> i64 {
    (REBOOT + period.offset.num_minutes()).rem_euclid(DAY)
}

/// `0-1,3-23`.
fn all_but(hours: &BTreeSet<u32>) -> String {
    let kept: Vec<u32> = (0..HOURS).filter(|hour| !hours.contains(hour)).collect();
    let range = |range: &[u32]| match range {
        [first, .., last] => format!("{first}-{last}"),
        _ => range.iter().map(u32::to_string).collect(),
    };
    kept.chunk_by(|one, next| one + 1 == *next).map(range).collect::<Vec<_>>().join(",")
}
