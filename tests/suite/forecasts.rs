//! What `trackgen plan` foretells, against what was measured and what the calendar says.

use crate::fixtures::root;
use chrono::{DateTime, Utc};
use std::fs;
use trackgen::{
    forecast::{Forecast, Since},
    plan::{Plan, estimate::in_words, retention::Policy},
    report::text::Text,
};

fn time(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

fn plan(environment: &str) -> Plan {
    let text = fs::read(root().join("envs").join(environment)).expect("a sample");
    trackgen::compile(environment, &text).expect("valid").plan.expect("a plan")
}

/// The seeds copied 17.3 GB in 72 s with `cp`, on a disk that reads 445 MB/s, database and backups on it.
#[test]
fn the_formula_of_the_copy_gives_what_was_measured() {
    let estimate = plan("large.json").estimate.expect("an estimate");
    assert!((72.0 * 0.75..=72.0 * 1.25).contains(&estimate.copy_seconds), "{} s", estimate.copy_seconds);
    assert!(estimate.night.iter().any(|step| step.formula.starts_with("17.3 GB × 2 / 445 MB/s")));
}

/// Writes at random times, against the formula's mean: a copy of 20 s with one write in 10 s.
#[test]
fn the_formula_of_the_bare_backup_is_that_of_a_simulation() {
    let (copy, every) = (20.0_f64, 10.0_f64);
    let mut state = 88_172_645_463_325_252_u64;
    let mut gap = || {
        // xorshift64: a uniform number, and with it an exponential gap.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        let uniform = f64::from(u32::try_from(state >> 32).expect("32 bits")) / f64::from(u32::MAX);
        -every * (1.0 - uniform * 0.999_999_9).ln()
    };
    let runs = 20_000;
    let mut total = 0.0;
    for _ in 0..runs {
        loop {
            let quiet = gap();
            total += quiet.min(copy);
            if quiet >= copy {
                break;
            }
        }
    }
    let simulated = total / f64::from(runs);
    let formula = ((copy / every).exp() - 1.0) * every;
    assert!((simulated / formula - 1.0).abs() < 0.05, "{simulated} s simulated, {formula} s by the formula");
}

#[test]
fn the_plan_of_a_large_file_reads_as_it_did() {
    let plan = plan("large.json");
    let forecast = Forecast::new(&plan, time("2026-11-21T12:00:00Z"));
    let text = Text { plan: &plan, forecast: &forecast }.to_string().replace(&plan.image.reference, "tracker-backup:…");
    for wanted in ["`.backup` on the live file begins again at every write", "tracker frozen", "Not protected from"] {
        let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(words.contains(wanted), "{wanted} is missing:\n{text}");
    }
    insta::with_settings!({ snapshot_path => root().join("snapshots/large"), prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("forecast", text);
    });
}

/// Clocks in Berlin go forward on 28 March 2027: 02:30 does not come, and after it UTC is two hours away.
#[test]
fn starts_are_told_by_both_clocks_and_a_missing_one_not_at_all() {
    let mut plan = plan("systemd.json");
    plan.schedule.entry = Some("30 2 * * *".to_owned());
    let forecast = Forecast::new(&plan, time("2027-03-26T12:00:00Z"));
    let backups: Vec<(&str, &str)> = forecast
        .next
        .iter()
        .filter(|start| start.job.word() == "backup")
        .map(|start| (start.local.as_str(), start.utc.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(backups[..2], [("2027-03-27 02:30", "2027-03-27 01:30"), ("2027-03-29 02:30", "2027-03-29 00:30")]);
}

/// The calendar, the copies and the disk leave out what the list of starts leaves out.
#[test]
fn a_day_without_the_hour_of_a_start_has_no_run() {
    let mut plan = plan("systemd.json");
    plan.schedule.entry = Some("30 2 * * *".to_owned());
    plan.drill.entry = Some("45 2 * * 0".to_owned());
    let forecast = Forecast::new(&plan, Since::Day("2027-01-01".parse().expect("a day")));
    let without: Vec<&str> = forecast.days.iter().filter(|day| day.runs == 0).map(|day| day.date.as_str()).collect();
    assert_eq!(without, ["2027-03-28"]);
    assert!(!forecast.drills.contains(&"2027-03-28".to_owned()) && forecast.drills.contains(&"2027-04-04".to_owned()));
    assert!(forecast.lives.iter().all(|life| life.made != 86) && forecast.lives.iter().any(|life| life.made == 87));
    plan.timezone = None;
    let forecast = Forecast::new(&plan, Since::Day("2027-01-01".parse().expect("a day")));
    assert!(forecast.days.iter().all(|day| day.runs == 1), "nobody knows the zone of a host");
}

/// A day is one of whoever starts the jobs: in Auckland it has begun when it is still the one before by UTC.
#[test]
fn a_given_day_is_a_local_day_from_its_first_minute_on() {
    let mut plan = plan("systemd.json");
    plan.schedule.entry = Some("0 0 * * *".to_owned());
    let day = Since::Day("2026-11-21".parse().expect("a day"));
    for zone in [None, Some("Pacific/Auckland"), Some("America/Los_Angeles")] {
        plan.timezone = zone.map(str::to_owned);
        let forecast = Forecast::new(&plan, day);
        assert_eq!((forecast.from.as_str(), forecast.next[0].local.as_str()), ("2026-11-21", "2026-11-21 00:00"));
        let text = Text { plan: &plan, forecast: &forecast }.to_string();
        assert!(!text.contains("if its clock shows UTC"), "{text}");
        assert_eq!(text.contains("by the time zone database of trackgen"), zone.is_some(), "{text}");
    }
    plan.timezone = Some("Pacific/Auckland".to_owned());
    let forecast = Forecast::new(&plan, time("2026-11-21T12:00:00Z"));
    assert_eq!((forecast.from.as_str(), forecast.next[0].local.as_str()), ("2026-11-22", "2026-11-23 00:00"));
    plan.timezone = None;
    let forecast = Forecast::new(&plan, time("2026-11-21T12:00:00Z"));
    let text = Text { plan: &plan, forecast: &forecast }.to_string();
    assert!(text.contains("the host's own time zone, if its clock shows UTC\n"), "{text}");
}

#[test]
fn what_starts_often_does_not_hide_the_drill() {
    let mut plan = plan("large.json");
    plan.schedule.entry = Some("*/15 * * * *".to_owned());
    let forecast = Forecast::new(&plan, time("2026-11-21T12:00:00Z"));
    assert_eq!(forecast.next.iter().filter(|start| start.job.word() == "drill").count(), 1);
    assert_eq!(forecast.next[0].local, "2026-11-21 12:15");
}

#[test]
fn a_week_of_failures_removes_nothing() {
    let plan = plan("prod.json");
    let forecast = Forecast::new(&plan, time("2026-11-21T12:00:00Z"));
    let last = forecast.days.last().expect("a year");
    let failures = forecast.after_failures.expect("a schedule");
    assert_eq!(failures.copies, last.copies);
    assert_eq!(failures.newest_days, 7);
    assert!(failures.copies_afterwards >= plan.retention.last as usize);
}

#[test]
fn times_are_told_in_the_unit_of_their_size() {
    let told = [0.0, 3.0, 4.25, 78.4, 119.9, 750.0, 13_384.0, 9_000_000.0, 9.0e9, 1.0e300, f64::INFINITY].map(in_words);
    let wanted = [
        "0 s",
        "3 s",
        "4.2 s",
        "78 s",
        "120 s",
        "12 min",
        "3.7 hours",
        "104 days",
        "285 years",
        "more than 1000 years",
        "more than 1000 years",
    ];
    assert_eq!(told, wanted);
}

/// The fourth run of the first day finds three copies. A run that starts a second early leaves the copy of fourteen days ago to the next.
#[test]
fn the_last_run_of_a_day_needs_the_most() {
    let mut plan = plan("large.json");
    let peaks = |plan: &Plan| -> Vec<f64> {
        let days = Forecast::new(plan, time("2026-11-21T00:00:00Z")).days;
        days.iter().map(|day| day.peak_gb.expect("an estimate")).collect()
    };
    let estimate = plan.estimate.clone().expect("an estimate");
    plan.retention = Policy { days: 14, last: 3, daily: 0, weekly: 0, monthly: 0 };
    for (entry, first, settled) in [("30 3 * * *", 0.0, 15.0), ("0 */6 * * *", 3.0, 57.0)] {
        plan.schedule.entry = Some(entry.to_owned());
        let one = estimate.backup_gb_after(0.0);
        let peaks = peaks(&plan);
        assert!((peaks[0] - (first * one + estimate.working_gb_after(0.0))).abs() < 0.06, "{entry}: {}", peaks[0]);
        let grown = estimate.working_gb_after(364.0) + settled * estimate.backup_gb_after(357.0);
        assert!((peaks[364] / grown - 1.0).abs() < 0.01, "{entry}: {} and not {grown}", peaks[364]);
    }
}
