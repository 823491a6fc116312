//! Where the lines of the pictures go. Units are those of each picture's own `viewBox`.

use crate::{
    forecast::{Day, Forecast, Life},
    plan::Plan,
};
use chrono::{Datelike, NaiveDate};
use minijinja::{Value, context};
use std::fmt::Write;

/// Months in their order, each day in the column of its week and the row of its weekday, from 0.
pub fn calendar(forecast: &Forecast) -> Vec<Value> {
    let dated = |day: &Day| Some((day.date.parse::<NaiveDate>().ok()?, day.runs));
    let days: Vec<(NaiveDate, usize)> = forecast.days.iter().filter_map(dated).collect();
    let drills = |date: NaiveDate| forecast.drills.contains(&date.to_string());
    days.chunk_by(|(one, _), (other, _)| one.month() == other.month()).map(|month| {
        let first = month[0].0.with_day(1).unwrap_or(month[0].0).weekday().num_days_from_monday();
        let cells: Vec<Value> = month.iter().map(|(date, runs)| {
            let cell = date.day0() + first;
            context! { day => date.day(), row => cell % 7, column => cell / 7, runs, shade => shade(*runs), drill => drills(*date) }
        }).collect();
        let (year, name) = (month[0].0.year(), NAMES[month[0].0.month0() as usize]);
        context! { name, year, cells, runs => month.iter().map(|(_, runs)| runs).sum::<usize>() }
    }).collect()
}

const NAMES: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Four shades: none, one, a few, many backups a day.
fn shade(runs: usize) -> usize {
    match runs {
        0 | 1 => runs,
        2..=4 => 2,
        _ => 3,
    }
}

/// The first days of months, as (place on a line of days, letters).
fn months(forecast: &Forecast) -> Vec<Value> {
    let first = |(index, day): (usize, &Day)| {
        let date: NaiveDate = day.date.parse().ok()?;
        (date.day() == 1).then(|| context! { at => index * 2, name => &NAMES[date.month0() as usize][..3] })
    };
    forecast.days.iter().enumerate().filter_map(first).collect()
}

/// Height of the picture of lives.
const HEIGHT: usize = 240;

/// One bar for each life: two units a day, and rows as high as there is room for.
pub fn lives(forecast: &Forecast) -> Option<Value> {
    let rows = forecast.lives.len();
    if rows == 0 {
        return None;
    }
    let end = forecast.days.len();
    let bars = |held: bool| {
        let mut path = String::new();
        for (row, Life { made, gone, .. }) in forecast.lives.iter().enumerate().filter(|(_, life)| life.held == held) {
            let (top, bottom) = (row * HEIGHT / rows, ((row + 1) * HEIGHT / rows).max(row * HEIGHT / rows + 1));
            let high = (bottom - top).clamp(1, 14);
            let width = (gone.unwrap_or(end).saturating_sub(*made)).max(1) * 2;
            // Writing to a String cannot fail.
            let _ = write!(path, "M{} {top}h{width}v{high}h-{width}z", made * 2);
        }
        path
    };
    let left = forecast.lives.iter().filter(|life| life.gone.is_none()).count();
    Some(context! {
        width => end * 2, height => HEIGHT, short => bars(false), held => bars(true), months => months(forecast), left,
        any_held => forecast.lives.iter().any(|life| life.held),
    })
}

/// Height of the disk curve.
const ROOM: f64 = 200.0;

/// GB over the year; nothing without an estimate.
pub fn disk(plan: &Plan, forecast: &Forecast) -> Option<Value> {
    let most = forecast.days.iter().filter_map(|day| day.peak_gb).fold(0.0, f64::max);
    if most <= 0.0 {
        return None;
    }
    let limit = plan.estimate.as_ref().and_then(|estimate| estimate.directory_gb);
    let top = most.max(limit.filter(|limit| *limit < most * 2.0).unwrap_or(0.0)) * 1.05;
    let height = |gb: f64| ((1.0 - gb / top) * ROOM * 10.0).round() / 10.0;
    let line = |of: fn(&Day) -> Option<f64>| {
        let mut path = String::new();
        for (index, gb) in forecast.days.iter().filter_map(of).enumerate() {
            let _ = write!(path, "{}{} {}", if index == 0 { "M" } else { "L" }, index * 2, height(gb));
        }
        path
    };
    let width = forecast.days.len() * 2;
    let kept = line(|day| day.kept_gb);
    Some(context! {
        width, height => ROOM, peak => line(|day| day.peak_gb), area => format!("{kept}L{} {ROOM}L0 {ROOM}z", width.saturating_sub(2)),
        kept, months => months(forecast), most, limit, limit_at => limit.filter(|limit| *limit < top).map(height),
    })
}
