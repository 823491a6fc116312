//! The simulated retention against the script that removes backups on a host, which `restic forget` judges in turn.

use crate::fixtures::root;
use chrono::{DateTime, Utc};
use proptest::{collection::vec, prelude::*};
use std::process::Command;
use trackgen::{
    plan::retention::{Copy, Day, Kept, Policy, Year},
    value::Schedule,
};

const SCRIPT: &str = r#"
set -euo pipefail
source "$1/common.sh"
source "$1/retention.sh"
shift
keep_set "$@" | sort
"#;

fn time(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(seconds, 0).expect("a time")
}

fn run_id(at: &DateTime<Utc>) -> String {
    // `2026-11-21 03:30:00 UTC`
    at.to_string()[..19].replace(['-', ':'], "").replace(' ', "_")
}

/// What the script would keep of these runs, ascending, after the last of them.
fn kept_by_script(policy: Policy, runs: &[DateTime<Utc>]) -> Vec<String> {
    let ids: Vec<String> = runs.iter().map(run_id).collect();
    let limits = [
        ("RETENTION_DAYS", policy.days),
        ("KEEP_LAST", policy.last),
        ("KEEP_DAILY", policy.daily),
        ("KEEP_WEEKLY", policy.weekly),
        ("KEEP_MONTHLY", policy.monthly),
    ];
    let output = Command::new("bash")
        .args(["-c", SCRIPT, "keep"])
        .arg(root().join("templates/image/lib"))
        .args(ids.last())
        .args(&ids)
        .envs(limits.map(|(name, value)| (name, value.to_string())))
        .envs([("TZ", "UTC"), ("BACKUPS", "/nowhere")])
        .output()
        .expect("bash");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text").lines().map(str::to_owned).collect()
}

fn policy() -> impl Strategy<Value = Policy> {
    (1..40u32, 1..5u32, 0..9u32, 0..9u32, 0..14u32).prop_map(|(days, last, daily, weekly, monthly)| Policy {
        days,
        last,
        daily,
        weekly,
        monthly,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_stays_is_what_the_script_keeps(policy in policy(), seconds in vec(1_700_000_000..1_760_000_000i64, 1..60)) {
        let mut seconds = seconds;
        seconds.sort_unstable();
        seconds.dedup();
        let runs: Vec<DateTime<Utc>> = seconds.into_iter().map(time).collect();
        let mut copies: Vec<Copy> = runs.iter().copied().map(Copy::from).collect();
        policy.prune(&mut copies);
        let ours: Vec<String> =
            runs.iter().filter(|run| copies.contains(&Copy::from(**run))).map(run_id).collect();
        prop_assert_eq!(ours, kept_by_script(policy, &runs));
    }

    #[test]
    fn a_day_at_a_time_leaves_what_each_run_leaves(policy in policy(), text in prop::sample::select(vec![
        "0 */4 * * *", "30 3 * * *", "15 */6 * * 1-5", "0 4 * * 0", "0 3 1,15 * *", "7 1,13 * * 2",
    ])) {
        let schedule: Schedule = text.parse().expect("a schedule");
        let from = time(1_767_225_600);
        let (mut days, mut copies): (Vec<(Day, Vec<Copy>)>, Vec<Copy>) = (Vec::new(), Vec::new());
        let year = Year::watched(policy, from, schedule.runs(Year::span(from)), |day, copies| {
            days.push((day.clone(), copies.to_vec()));
        });
        let mut runs = schedule.runs(Year::span(from)).map(Copy::from).peekable();
        let first = Copy::from(from).day();
        let kept = |copies: &[Copy]| Kept {
            copies: copies.len(),
            days: copies.iter().map(|copy| copy.day() - first).sum(),
        };
        for (index, (day, seen)) in days.iter().enumerate() {
            let mut found = kept(&copies);
            while let Some(run) = runs.next_if(|run| run.day() == day.number()) {
                found = kept(&copies);
                copies.push(run);
                policy.prune(&mut copies);
            }
            prop_assert_eq!(seen, &copies, "{}", day.midnight);
            prop_assert_eq!(day.kept, kept(&copies));
            prop_assert_eq!(day.found, found);
            prop_assert_eq!(day.oldest, copies.first().copied());
            for copy in &copies {
                let made = usize::try_from(copy.day() - first).expect("a day of the year");
                prop_assert!(year.last_seen[made].is_some_and(|last| last >= index));
            }
        }
        for (made, last) in year.last_seen.iter().enumerate() {
            let Some(last) = last else { continue };
            let there = |copies: &[Copy]| copies.iter().any(|copy| copy.day() - first == i64::try_from(made).expect("a day"));
            prop_assert!(there(&days[*last].1));
        }
        prop_assert_eq!(year.left, copies);
    }
}

#[test]
fn a_monthly_schedule_can_leave_a_single_copy() {
    let policy = Policy { days: 7, last: 1, daily: 0, weekly: 0, monthly: 0 };
    let fewest = |policy, text: &str| {
        let (schedule, from): (Schedule, _) = (text.parse().expect("a schedule"), time(1_767_225_600));
        Year::new(policy, from, schedule.runs(Year::span(from))).fewest()
    };
    assert_eq!(fewest(policy, "0 3 1 * *"), 1);
    assert_eq!(fewest(Policy { last: 3, ..policy }, "0 3 1 * *"), 3);
    assert_eq!(fewest(policy, "0 3 * * *"), 7);
}
