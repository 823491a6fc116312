//! Schedules against cron itself: its own parser, and its own rule of when a job starts.

use chrono::{DateTime, Datelike, Duration, NaiveDate, Timelike, Utc};
use proptest::{prelude::*, strategy::ValueTree};
use std::{fmt::Write, process::Command};
use trackgen::value::Schedule;

/// cron's rule, from crontab(5): minute, hour and month match, and the two day fields too; when neither of these begins
/// with a star, one of them is enough. Written independently of the program: it reads the text, not the parsed fields.
fn cron_starts(expression: &str, at: DateTime<Utc>) -> bool {
    let fields: Vec<&str> = expression.split_whitespace().collect();
    let matches = |field: &str, value: u32, first: u32, last: u32| {
        field.split(',').any(|item| {
            let (range, step) =
                item.split_once('/').map_or((item, 1), |(range, step)| (range, step.parse().expect("a step")));
            let (from, to) = match range.split_once('-') {
                _ if range == "*" => (first, last),
                Some((from, to)) => (from.parse().expect("a number"), to.parse().expect("a number")),
                None => (range.parse().expect("a number"), range.parse().expect("a number")),
            };
            (from..=to).step_by(step).any(|n| n == value)
        })
    };
    let weekday = at.weekday().num_days_from_sunday();
    let on_weekday = matches(fields[4], weekday, 0, 7) || (weekday == 0 && matches(fields[4], 7, 0, 7));
    let on_day = matches(fields[2], at.day(), 1, 31);
    let either = !fields[2].starts_with('*') && !fields[4].starts_with('*');
    matches(fields[0], at.minute(), 0, 59)
        && matches(fields[1], at.hour(), 0, 23)
        && matches(fields[3], at.month(), 1, 12)
        && if either { on_day || on_weekday } else { on_day && on_weekday }
}

fn at(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> DateTime<Utc> {
    let date = NaiveDate::from_ymd_opt(year, month, day).expect("a date");
    date.and_hms_opt(hour, minute, 0).expect("a time").and_utc()
}

/// A field of cron, valid or nearly so.
fn field(first: u32, last: u32) -> impl Strategy<Value = String> {
    let value = move || first..=last;
    let item = prop_oneof![
        4 => value().prop_map(|n| n.to_string()),
        2 => (value(), value()).prop_map(|(a, b)| format!("{}-{}", a.min(b), a.max(b))),
        1 => (value(), value()).prop_map(|(a, b)| format!("{a}-{b}")),
        1 => (value(), value(), 1u32..20).prop_map(|(a, b, n)| format!("{}-{}/{n}", a.min(b), a.max(b))),
        1 => (0..=last + 2).prop_map(|n| n.to_string()),
        1 => (value(), 0u32..9).prop_map(|(a, n)| format!("{a}/{n}")),
    ];
    prop_oneof![
        4 => Just("*".to_owned()),
        2 => (0..=last + 1).prop_map(|n| format!("*/{n}")),
        6 => prop::collection::vec(item, 1..4).prop_map(|items| items.join(",")),
    ]
}

fn expression() -> impl Strategy<Value = String> {
    (field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 7))
        .prop_map(|(minute, hour, day, month, weekday)| format!("{minute} {hour} {day} {month} {weekday}"))
}

/// Mostly with one minute.
fn spreadable() -> impl Strategy<Value = String> {
    let day = || prop_oneof![3 => Just("*".to_owned()), 1 => field(1, 6)];
    (0u32..60, field(0, 23), day(), Just("*"), day())
        .prop_map(|(minute, hour, day, month, weekday)| format!("{minute} {hour} {day} {month} {weekday}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    /// The next start is one by cron's rule, and cron would have had none between.
    #[test]
    fn the_next_start_is_the_one_of_cron(expression in expression(), days in 0i64..1400, minute in 0i64..1440) {
        let Ok(schedule) = expression.parse::<Schedule>() else { return Ok(()) };
        let after = at(2024, 1, 1, 0, 0) + Duration::minutes(days * 1440 + minute);
        let next = schedule.next_after(&after).expect("it runs some day");
        prop_assert!(cron_starts(&expression, next), "{} does not start at {}", expression, next);
        let mut between = after + Duration::minutes(1);
        while between < next.min(after + Duration::days(20)) {
            prop_assert!(!cron_starts(&expression, between), "{} starts at {}, before {}", expression, between, next);
            between += Duration::minutes(1);
        }
    }

    /// Kubernetes has no weekday 7; all else it reads as cron does.
    /// Later by so many minutes is later by so many minutes, wherever it can be.
    #[test]
    fn a_later_schedule_starts_later(expression in spreadable(), by in 0u32..=240, days in 0i64..1400) {
        let Ok(schedule) = expression.parse::<Schedule>() else { return Ok(()) };
        let Some(later) = schedule.later(by) else { return Ok(()) };
        let shift = Duration::minutes(i64::from(by));
        let mut time = at(2026, 1, 1, 0, 0) + Duration::days(days);
        for _ in 0..5 {
            let Some(next) = schedule.next_after(&time) else { return Ok(()) };
            prop_assert_eq!(later.next_after(&(time + shift)), Some(next + shift), "{} is {}", expression, later.as_cron());
            time = next;
        }
    }

    #[test]
    fn kubernetes_starts_when_cron_would(expression in expression(), days in 0i64..1400) {
        let Ok(schedule) = expression.parse::<Schedule>() else { return Ok(()) };
        let there = schedule.as_kubernetes();
        prop_assert!(!there.rsplit(' ').next().expect("a field").contains('7'), "{}", there);
        for minute in (0..8 * 1440).step_by(60).map(|minute| at(2024, 1, 1, 0, 0) + Duration::minutes(days * 1440 + minute)) {
            prop_assert_eq!(cron_starts(&expression, minute), cron_starts(&there, minute), "{} is {}", expression, there);
        }
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[0-9*/, -]{0,24}|.{0,24}") {
        if let Err(error) = text.parse::<Schedule>() {
            prop_assert!(error.bytes.start <= text.len());
            prop_assert!(!error.message.is_empty() && !error.help.is_empty());
        }
    }
}

/// Everything that is accepted here is accepted by Debian's cron: one bad line, and it would ignore the whole file.
#[test]
fn debians_cron_takes_every_schedule_that_is_taken_here() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let mut crontab = String::new();
    let mut accepted = 0;
    for _ in 0..20_000 {
        let candidate = expression().new_tree(&mut runner).expect("a tree").current();
        if let Ok(schedule) = candidate.parse::<Schedule>() {
            writeln!(crontab, "{} true", schedule.as_cron()).expect("to a string");
            accepted += 1;
        }
    }
    assert!(accepted > 2_000, "only {accepted} were accepted: the test shows nothing");
    assert_eq!(cron_says(&crontab), None);
    assert!(cron_says("0 25 * * * true\n").is_some(), "the oracle is blind");
}

/// What `crontab -n`, cron's own dry run, has to complain of.
fn cron_says(crontab: &str) -> Option<String> {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), crontab).expect("it is written");
    let output =
        Command::new("crontab").arg("-n").arg(file.path()).output().expect("crontab of Debian's cron: run tests/run");
    (!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn schedules_are_put_into_words() {
    let words = |text: &str| text.parse::<Schedule>().expect("a schedule").to_string();
    assert_eq!(words("0 3 * * *"), "every day at 03:00");
    assert_eq!(words("0 */4 * * *"), "every day at 00:00, 04:00, 08:00, 12:00, 16:00, 20:00");
    assert_eq!(words("*/15 * * * *"), "every day, 96 times a day");
    assert_eq!(words("30 4 * * 7"), "every Sunday at 04:30");
    assert_eq!(words("0 4 * * 1-3,6"), "every Monday, Tuesday, Wednesday, Saturday at 04:00");
    assert_eq!(words("0 4 1-31 * 1"), "on the days of `0 4 1-31 * 1` at 04:00");
}

#[test]
fn the_gaps_between_runs_are_known() {
    let gaps = |text: &str| {
        let cadence = text.parse::<Schedule>().expect("a schedule").cadence();
        (cadence.shortest_minutes, cadence.longest_minutes)
    };
    let day = 24 * 60;
    assert_eq!(gaps("0 3 * * *"), (day, day));
    assert_eq!(gaps("*/20 * * * *"), (20, 20));
    assert_eq!(gaps("0 1,3 * * *"), (120, 22 * 60));
    assert_eq!(gaps("0 3 * * 0"), (7 * day, 7 * day));
    assert_eq!(gaps("0 3 1 * *"), (28 * day, 31 * day));
    assert_eq!(gaps("0 3 13 * 5").1, 7 * day, "the 13th and each Friday");
    assert!(gaps("0 0 29 2 *").1 > 1000 * day, "one day in four years");
}
