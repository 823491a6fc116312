//! A cron schedule that every cron reads alike: the safe intersection of Debian's cron and its relatives.
//!
//! Five fields of lists of `*`, `*/n`, `a`, `a-b`, `a-b/n`. What Debian's cron takes and others read otherwise, or takes
//! and then never runs, is refused with an explanation (`parse`). Dates come from the `cron-parser` crate, which is given
//! normalised fields; its one difference, that it wants both day fields to match where cron wants either, is met by
//! writing such a schedule as two expressions (crontab(5), "Note: The day of a command's execution").

mod cadence;
mod calendar;
mod field;
mod item;
mod parse;
mod runs;

pub use cadence::{Cadence, coming_years, usual_years};
pub use field::Field;
pub use parse::ScheduleError;

use chrono::{DateTime, Duration, Utc};
use std::fmt;

/// When something starts, in the time zone of whoever starts it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    text: String,
    minutes: Field,
    hours: Field,
    days_of_month: Field,
    months: Field,
    days_of_week: Field,
}

impl Schedule {
    /// The five fields as cron gets them, separated by one space.
    #[must_use]
    pub fn as_cron(&self) -> &str {
        &self.text
    }

    /// The five fields as Kubernetes reads them: its Sunday has one name.
    #[must_use]
    pub fn as_kubernetes(&self) -> String {
        match self.text.rsplit_once(' ') {
            Some((rest, weekdays)) if weekdays.contains('7') => {
                let days: Vec<String> = self.days_of_week.values().map(|day| day.to_string()).collect();
                format!("{rest} {}", days.join(","))
            }
            _ => self.text.clone(),
        }
    }

    /// The first minute after `after` in which cron starts the job.
    #[must_use]
    pub fn next_after(&self, after: &DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.expressions().iter().filter_map(|expression| cron_parser::parse(expression, after).ok()).min()
    }

    /// The schedule in the dialect of `cron-parser`: one expression, or two whose union it is.
    #[must_use]
    pub fn expressions(&self) -> Vec<String> {
        self.expressions_at(&self.minutes.list(), &self.hours.list())
    }

    fn expressions_at(&self, minutes: &str, hours: &str) -> Vec<String> {
        let line = |[days, weekdays]: &[Field; 2]| {
            format!("{minutes} {hours} {} {} {}", days.list(), self.months.list(), weekdays.list())
        };
        self.day_fields().iter().map(line).collect()
    }

    /// Pairs of days of the month and of the week that must both match: two of them where cron wants either.
    fn day_fields(&self) -> Vec<[Field; 2]> {
        let (days, weekdays) = (self.days_of_month, self.days_of_week);
        if days.is_star() || weekdays.is_star() {
            vec![[days, weekdays]]
        } else {
            vec![[days, weekdays.freed()], [days.freed(), weekdays]]
        }
    }

    /// The midnights of the days on which it runs, ascending, from the first given day on and before the second.
    fn days(&self, [from, to]: [DateTime<Utc>; 2]) -> impl Iterator<Item = DateTime<Utc>> {
        let expressions = self.expressions_at("0", "0");
        // A day of the month that never comes (31 February) leaves the weekdays.
        let parsed: Vec<_> = expressions.iter().filter_map(|line| cron_parser::Schedule::parse(line).ok()).collect();
        let next = move |after: &DateTime<Utc>| parsed.iter().filter_map(|days| days.next_after(after)).min();
        std::iter::successors(next(&(from - Duration::minutes(1))), next).take_while(move |day| *day < to)
    }

    /// Whether a run starts at this time of any day.
    #[must_use]
    pub fn starts_at(&self, hour: u32, minute: u32) -> bool {
        self.hours.contains(hour) && self.minutes.contains(minute)
    }

    /// The same, up to a day of minutes later; none for several minutes of an hour, or where it would come on another day.
    #[must_use]
    pub fn later(&self, minutes: u32) -> Option<Self> {
        let starts: Vec<u32> = self.minutes.values().collect();
        let [start] = starts[..] else { return None };
        let (carry, minute) = ((start + minutes) / 60, (start + minutes) % 60);
        let hours: Vec<u32> = self.hours.values().map(|hour| hour + carry).collect();
        if hours.iter().any(|hour| *hour > 23) && !self.runs_every_day() {
            return None;
        }
        let hours = Field::new(hours.into_iter().map(|hour| hour % 24), 0, 23, self.hours.is_star()).list();
        let [_, given, days, months, weekdays] = self.text.split(' ').collect::<Vec<_>>()[..] else { return None };
        let hours = if carry == 0 { given } else { &hours };
        format!("{minute} {hours} {days} {months} {weekdays}").parse().ok()
    }

    /// How often it runs.
    #[must_use]
    pub fn cadence(&self) -> Cadence {
        Cadence::of(self)
    }

    /// The minutes of a day at which runs start, ascending; a day has 1,440.
    fn times(&self) -> Vec<u32> {
        self.hours.values().flat_map(|hour| self.minutes.values().map(move |minute| hour * 60 + minute)).collect()
    }

    /// In how many hours of a day something starts.
    #[must_use]
    pub fn hours_of_day(&self) -> usize {
        self.hours.values().count()
    }

    fn runs_every_day(&self) -> bool {
        self.months.is_full() && self.days_of_month.is_full() && self.days_of_week.is_full()
    }
}

/// As cron counts them, from 0.
const WEEKDAYS: [&str; 7] = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];

impl fmt::Display for Schedule {
    /// In words: `every day at 03:00`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.runs_every_day() {
            f.write_str("every day")?;
        } else if self.months.is_full() && self.days_of_month.is_star() && self.days_of_month.is_full() {
            let names: Vec<&str> =
                self.days_of_week.values().filter_map(|day| WEEKDAYS.get(day as usize).copied()).collect();
            write!(f, "every {}", names.join(", "))?;
        } else {
            f.write_str("on the days of `")?;
            f.write_str(&self.text)?;
            f.write_str("`")?;
        }
        let times = self.times();
        match times.as_slice() {
            [] => Ok(()),
            few if few.len() <= 6 => {
                let clock = few.iter().map(|m| format!("{:02}:{:02}", m / 60, m % 60)).collect::<Vec<_>>();
                write!(f, " at {}", clock.join(", "))
            }
            many => write!(f, ", {} times a day", many.len()),
        }
    }
}
