//! The calendar events of a schedule against its cron expression: systemd says when its own would start, for years.

use crate::fixtures::root;
use chrono::{DateTime, Duration, Utc};
use std::process::Command;
use trackgen::value::{
    Schedule,
    timezone::{self, ShiftKind},
};

/// When systemd would start the events from a time on and before another: the union, in UTC.
fn systemd_starts(events: &[String], from: DateTime<Utc>, until: DateTime<Utc>, most: usize) -> Vec<String> {
    let mut starts: Vec<String> = Vec::new();
    for event in events {
        // The first elapse is after the base.
        let base = (from - Duration::seconds(1)).to_string();
        let output = Command::new("systemd-analyze")
            .env("TZ", "UTC")
            .env("LC_ALL", "C")
            .args(["calendar", &format!("--base-time={base}"), &format!("--iterations={most}"), event])
            .output()
            .expect("systemd-analyze: run tests/run");
        assert!(output.status.success(), "{event}: {}", String::from_utf8_lossy(&output.stderr));
        let text = String::from_utf8(output.stdout).expect("text");
        let times = text.lines().filter(|line| line.contains("Next elapse: ") || line.contains("Iter. #"));
        // `Thu 2026-01-01 03:00:00 UTC`, or `never`.
        starts.extend(times.filter_map(|line| Some(line.split_once(": ")?.1.get(4..20)?.to_owned())));
    }
    starts.sort();
    starts.dedup();
    starts.retain(|start| *start < minute(until));
    starts
}

fn cron_starts(schedule: &Schedule, from: DateTime<Utc>, until: DateTime<Utc>) -> Vec<String> {
    let first = schedule.next_after(&(from - Duration::minutes(1)));
    std::iter::successors(first, |after| schedule.next_after(after)).take_while(|at| *at < until).map(minute).collect()
}

fn minute(at: DateTime<Utc>) -> String {
    at.to_string()[..16].to_owned()
}

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

/// A leap year, and for what is rarer all years up to the next one.
#[test]
fn systemd_starts_what_cron_would_start() {
    let [from, one_year, leap_years] =
        ["2028-01-01T00:00:00Z", "2029-01-01T00:00:00Z", "2033-01-01T00:00:00Z"].map(time);
    for (text, until) in [
        ("0 3 * * *", one_year),
        ("15 */4 * * *", one_year),
        ("*/20 * * * *", one_year),
        ("5-55/10 0-6/3,22,23 * * *", one_year),
        ("0,30 1,13 1-31/2 * *", one_year),
        ("59 23 31 * *", one_year),
        ("0 4 * * 0", one_year),
        ("0 4 * * 7", one_year),
        ("30 4 * * 1-5/2", one_year),
        ("30 4 * * 6,7", one_year),
        ("0 0 * 2,4-6 *", one_year),
        ("0 5 * 1-12/3 1", one_year),
        // Either day is enough, and a day that has both is one.
        ("0 3 13 * 5", one_year),
        ("0 3 1,15 * 0", one_year),
        ("0 3 1-31 * 1", one_year),
        ("0 3 31 2 1", one_year),
        ("0 3 29 2 *", leap_years),
        ("0 3 29 2 0", leap_years),
        ("0 3 30 4,6,9,11 3", leap_years),
    ] {
        let schedule: Schedule = text.parse().expect("a schedule");
        let wanted = cron_starts(&schedule, from, until);
        assert!(!wanted.is_empty(), "{text} never starts: the test shows nothing");
        let events = schedule.calendar_events(Some("UTC"));
        assert_eq!(systemd_starts(&events, from, until, wanted.len() + 1), wanted, "{text} is {events:?}");
    }
}

#[test]
fn days_that_either_field_gives_are_two_events() {
    let events = |text: &str| text.parse::<Schedule>().expect("a schedule").calendar_events(None);
    assert_eq!(events("0 3 13 * 5"), ["*-*-13 3:0:00", "Fri *-*-* 3:0:00"]);
    assert_eq!(events("30 4 * 2-4 1"), ["Mon *-2,3,4-* 4:30:00"]);
}

/// By the clock of Berlin it is always three, in winter and in summer.
#[test]
fn a_time_zone_goes_with_its_summer() {
    let schedule: Schedule = "0 3 * * *".parse().expect("a schedule");
    let events = schedule.calendar_events(Some("Europe/Berlin"));
    let starts = systemd_starts(&events, time("2028-01-01T00:00:00Z"), time("2029-01-01T00:00:00Z"), 367);
    assert_eq!(starts.len(), 366);
    assert_eq!(starts.iter().filter(|start| start.ends_with(" 01:00")).count(), 217, "days of summer");
    assert_eq!(starts.iter().filter(|start| start.ends_with(" 02:00")).count(), 149, "days of winter");
}

/// What `schedule-dst` says: a start in an hour that is missing does not come that day, one in an hour that comes twice comes once.
#[test]
fn systemd_skips_a_missing_time_and_takes_one_of_two() {
    let years = ["2026-01-01T00:00:00Z", "2028-01-01T00:00:00Z"].map(time);
    for zone in ["Europe/Berlin", "America/New_York", "Europe/Lisbon", "Australia/Lord_Howe"] {
        let shifts = timezone::shifts(zone, years);
        assert_eq!(shifts.len(), 4, "{zone}: {shifts:?}");
        for shift in shifts {
            let local = shift.local[0] + Duration::minutes(10);
            let schedule: Schedule =
                format!("{} {} * * *", minute_of(local), hour_of(local)).parse().expect("a schedule");
            let instant = timezone::instant(zone, local).expect("an instant");
            let [from, until] = [-12, 12].map(|hours| instant + Duration::hours(hours));
            let starts = systemd_starts(&schedule.calendar_events(Some(zone)), from, until, 3);
            match shift.kind {
                ShiftKind::Missing => assert_eq!(starts, Vec::<String>::new(), "{zone} {local}"),
                ShiftKind::Twice => assert_eq!(starts, [minute(instant)], "{zone} {local}"),
            }
        }
    }
}

/// What is said of a schedule in a time zone, code and all.
fn said(schedule: &str, zone: Option<&str>) -> String {
    let text = std::fs::read_to_string(root().join("tests/warnings/schedule-dst.json")).expect("a fixture");
    let zone = zone.map_or(String::new(), |zone| format!(",\n    \"timezone\": \"{zone}\""));
    let text = text.replace(",\n    \"timezone\": \"Europe/Berlin\"", &zone).replace("30 2 * * *", schedule);
    let compiled = trackgen::compile("zone.json", text.as_bytes()).expect("valid");
    compiled.warnings.render(false)
}

#[test]
fn only_clocks_that_change_again_are_told_of() {
    let almaty = said("30 23 * * *", Some("Asia/Almaty"));
    assert!(!almaty.contains("schedule-dst"), "clocks of Kazakhstan were changed once, in 2024: {almaty}");
    for (schedule, zone) in [("30 2 * * *", "Europe/Berlin"), ("10 2 * * *", "Australia/Lord_Howe")] {
        let said = said(schedule, Some(zone));
        assert!(said.contains("schedule-dst") && said.contains(" 2027-"), "{zone}: {said}");
    }
    let twice = said("45 1 * * *", Some("Australia/Lord_Howe"));
    assert!(twice.contains("twice on a day such as 2027-04-04") && !twice.contains("hour late"), "{twice}");
}

#[test]
fn the_reboot_is_at_two_by_the_clock_of_the_host() {
    for (schedule, zone, wanted) in [
        ("0 2 * * *", None, "at 02:00 by the host's clock, in the same minute"),
        ("0 2 * * *", Some("Etc/UTC"), "02:00 in Etc/UTC, in the same minute"),
        ("0 3 * * *", Some("Europe/Berlin"), "UTC, 03:00 in Europe/Berlin"),
        ("0 4 * * *", Some("Europe/Berlin"), "UTC, 04:00 in Europe/Berlin"),
        ("0 4 * 7 *", Some("Europe/Berlin"), "UTC, 04:00 in Europe/Berlin"),
        ("30 7 * * *", Some("Asia/Kolkata"), "UTC, 07:30 in Asia/Kolkata"),
    ] {
        let said = said(schedule, zone);
        assert!(said.contains("schedule-reboot") && said.contains(wanted), "{schedule} {zone:?}: {said}");
    }
    for (schedule, zone) in
        [("0 2 * * *", "Europe/Berlin"), ("0 3 * 7 *", "Europe/Berlin"), ("0 4 * 1 *", "Europe/Berlin")]
    {
        let said = said(schedule, Some(zone));
        assert!(!said.contains("schedule-reboot"), "{schedule} {zone}: {said}");
    }
}

/// What is proposed meets no reboot, and keeps the hours of a schedule that has them all.
#[test]
fn the_time_that_is_proposed_instead_is_a_good_one() {
    for (schedule, zone, wanted) in [
        ("0 2 * * *", None, "0 3 * * *"),
        ("0 3 * * *", Some("Europe/Berlin"), "30 4 * * *"),
        ("0 * * * *", None, "0 0-1,3-23 * * *"),
        ("*/15 * * * *", Some("Europe/Berlin"), "*/15 0-2,5-23 * * *"),
        ("0 * * * 1-5", Some("UTC"), "0 0-1,3-23 * * 1-5"),
    ] {
        let found = said(schedule, zone);
        assert!(found.contains(&format!("another time, such as `{wanted}`")), "{schedule} {zone:?}: {found}");
        assert!(!said(wanted, zone).contains("schedule-reboot"), "{wanted}");
    }
}

fn hour_of(at: DateTime<Utc>) -> String {
    at.to_string()[11..13].to_owned()
}

fn minute_of(at: DateTime<Utc>) -> String {
    at.to_string()[14..16].to_owned()
}

/// Debian keeps names of old in another package, which few hosts have; those are for the host to refuse.
#[test]
fn this_machine_knows_the_zones_that_are_taken_here() {
    for name in ["UTC", "Etc/UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Asia/Kolkata", "Etc/GMT+5"] {
        assert!(timezone::is_known(name), "{name}");
        assert!(std::path::Path::new("/usr/share/zoneinfo").join(name).is_file(), "{name}");
    }
    for name in ["", "europe/berlin", "Europe", "CEST", "../etc/passwd", "Europe/Berlin\nx", "localtime"] {
        assert!(!timezone::is_known(name), "{name}");
    }
    assert_eq!(timezone::nearest("Europe/Berlinn").as_deref(), Some("Europe/Berlin"));
    assert_eq!(timezone::nearest("Nowhere/At-all"), None);
}
