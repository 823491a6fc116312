//! Seconds and sizes, as an estimate has them and as a person reads them.

use std::time::Duration;

/// Whole minutes, at most a week of them.
pub fn minutes(seconds: f64) -> u32 {
    const WEEK: u64 = 7 * 24 * 60;
    let minutes = Duration::try_from_secs_f64(seconds).map_or(WEEK, |duration| duration.as_secs() / 60);
    u32::try_from(minutes.min(WEEK)).unwrap_or(0)
}

/// Rounded: an estimate has no hundredths.
pub fn tenths(number: f64) -> f64 {
    (number * 10.0).round() / 10.0
}

/// Seconds for a person: `4.2 s`, `78 s`, `13 min`, `3.7 hours`, `104 days`, `300 years`.
#[must_use]
pub fn in_words(seconds: f64) -> String {
    const UNITS: [(f64, f64, &str); 5] = [
        (120.0, 1.0, "s"),
        (7200.0, 60.0, "min"),
        (172_800.0, 3600.0, "hours"),
        (63_072_000.0, 86_400.0, "days"),
        (f64::INFINITY, 31_536_000.0, "years"),
    ];
    let (_, unit, name) = UNITS.into_iter().find(|(limit, ..)| seconds < *limit).unwrap_or(UNITS[4]);
    let number = seconds / unit;
    if number > 1000.0 {
        format!("more than 1000 {name}")
    } else if number < 9.95 && number.fract() > 0.0 {
        format!("{number:.1} {name}")
    } else {
        format!("{number:.0} {name}")
    }
}

/// GB for a person: `64 MB`, `1.5 GB`, `120 GB`.
#[must_use]
pub fn size_in_words(gb: f64) -> String {
    if gb < 0.01 {
        format!("{:.1} MB", gb * 1000.0)
    } else if gb < 1.0 {
        format!("{:.0} MB", gb * 1000.0)
    } else if gb < 100.0 {
        format!("{gb:.1} GB")
    } else {
        format!("{gb:.0} GB")
    }
}
