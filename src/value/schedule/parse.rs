//! Reading a schedule, and explaining what is refused.

use super::{
    Field, Schedule,
    item::{Bounds, Item, refuse},
};
use crate::value::Code;
use std::{ops::Range, str::FromStr};

/// Why a schedule is refused, and which bytes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleError {
    pub code: Code,
    pub bytes: Range<usize>,
    pub message: String,
    pub help: String,
}

const FIELDS: [Bounds; 5] = [
    Bounds { name: "minute", first: 0, last: 59 },
    Bounds { name: "hour", first: 0, last: 23 },
    Bounds { name: "day of the month", first: 1, last: 31 },
    Bounds { name: "month", first: 1, last: 12 },
    // 7 is a second name of Sunday; it becomes 0.
    Bounds { name: "day of the week", first: 0, last: 7 },
];

impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        check_characters(text)?;
        let words = words(text);
        let Ok(words) = <[Range<usize>; 5]>::try_from(words.clone()) else {
            return Err(ScheduleError {
                code: Code::ScheduleFields,
                bytes: 0..text.len(),
                message: format!("a schedule has five fields, this one has {}", words.len()),
                help: "write minute, hour, day of the month, month, day of the week: `0 3 * * *`".to_owned(),
            });
        };
        let mut fields = Vec::with_capacity(5);
        for (word, bounds) in words.iter().zip(&FIELDS) {
            fields.push(parse_field(&text[word.clone()], word.start, bounds)?);
        }
        let [minutes, hours, days_of_month, months, days_of_week] = fields[..] else {
            unreachable!("five words give five fields");
        };
        check_days(text, &words)?;
        let text = words.map(|word| &text[word]).join(" ");
        let schedule = Schedule { text, minutes, hours, days_of_month, months, days_of_week };
        check_ever_runs(&schedule, &words_span(&schedule.text))?;
        Ok(schedule)
    }
}

/// The byte ranges of the words between spaces.
fn words(text: &str) -> Vec<Range<usize>> {
    text.split(' ')
        .scan(0, |start, word| {
            let range = *start..*start + word.len();
            *start = range.end + 1;
            Some(range)
        })
        .filter(|range| !range.is_empty())
        .collect()
}

fn words_span(text: &str) -> Range<usize> {
    0..text.len()
}

/// The deployer takes digits, `*`, `/`, `,`, `-` and spaces, and nothing else.
fn check_characters(text: &str) -> Result<(), ScheduleError> {
    let Some((at, c)) = text.char_indices().find(|(_, c)| !matches!(c, '0'..='9' | '*' | '/' | ',' | '-' | ' ')) else {
        return Ok(());
    };
    let help = if c.is_ascii_alphabetic() {
        "the deployer takes no names: write 1 to 12 for months, 0 (Sunday) to 6 for days"
    } else if c == '@' {
        "the deployer takes no @names: write `0 0 * * *` for @daily, `0 * * * *` for @hourly"
    } else {
        "digits, `*`, `/`, `,`, `-` and single spaces are taken"
    };
    Err(ScheduleError {
        code: Code::ScheduleCharacter,
        bytes: at..at + c.len_utf8(),
        message: format!("{c:?} has no place in a schedule"),
        help: help.to_owned(),
    })
}

fn parse_field(word: &str, offset: usize, bounds: &Bounds) -> Result<Field, ScheduleError> {
    let star = word.starts_with('*');
    let mut values = Vec::new();
    let mut start = offset;
    for item in word.split(',') {
        let bytes = start..start + item.len();
        start = bytes.end + 1;
        if item.starts_with('*') && word.contains(',') {
            return Err(refuse(
                Code::ScheduleStar,
                offset..offset + word.len(),
                "`*` inside a list already means every value".to_owned(),
                "write `*` alone, or the list without it; crons disagree on the mixture",
            ));
        }
        values.extend(Item { text: item, bytes, bounds }.values()?);
    }
    let last = if bounds.last == 7 { 6 } else { bounds.last };
    // Sunday's second name.
    let values = values.into_iter().map(|n| if bounds.last == 7 && n == 7 { 0 } else { n });
    Ok(Field::new(values, bounds.first, last, star))
}

/// Debian's cron reads a day field that begins with a star as "no restriction", Kubernetes does not: one text, two schedules.
fn check_days(text: &str, words: &[Range<usize>; 5]) -> Result<(), ScheduleError> {
    let (days, weekdays) = (&text[words[2].clone()], &text[words[4].clone()]);
    for (stepped, other, at) in [(days, weekdays, 2), (weekdays, days, 4)] {
        if stepped.starts_with("*/") && other != "*" {
            return Err(refuse(
                Code::ScheduleDays,
                words[at].clone(),
                format!("`{stepped}` beside another day field: some crons want both days to match, others either"),
                "write the days as a list, such as `1-31/2`; then a run starts when either day field matches",
            ));
        }
    }
    Ok(())
}

fn check_ever_runs(schedule: &Schedule, bytes: &Range<usize>) -> Result<(), ScheduleError> {
    let runs = schedule.expressions().iter().any(|expression| cron_parser::Schedule::parse(expression).is_ok());
    if runs {
        return Ok(());
    }
    Err(refuse(
        Code::ScheduleNever,
        bytes.clone(),
        "no such day exists in any year: no backup would ever run".to_owned(),
        "to install everything and schedule nothing, set `backup.enabled` to false",
    ))
}
