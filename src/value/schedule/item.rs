//! One member of a field's list: `*`, `*/n`, `a`, `a-b` or `a-b/n`.

use super::ScheduleError;
use crate::value::Code;
use std::ops::Range;

/// What one field may hold.
pub struct Bounds {
    pub name: &'static str,
    pub first: u32,
    pub last: u32,
}

/// One member of a list.
pub struct Item<'a> {
    pub text: &'a str,
    /// Where it stands in the schedule.
    pub bytes: Range<usize>,
    pub bounds: &'a Bounds,
}

impl Item<'_> {
    /// The values that it matches.
    pub fn values(&self) -> Result<Vec<u32>, ScheduleError> {
        let (base, step) = match self.text.split_once('/') {
            Some((base, step)) => (base, Some(step)),
            None => (self.text, None),
        };
        let (first, last) = if base == "*" {
            (self.bounds.first, self.bounds.last.min(if self.bounds.last == 7 { 6 } else { u32::MAX }))
        } else if let Some((first, last)) = base.split_once('-') {
            self.range(first, last)?
        } else {
            let value = self.number(base)?;
            if let Some(step) = step {
                return Err(self.refuse(
                    Code::ScheduleStep,
                    "a step needs `*` or a range before it; cron ignores the whole file otherwise",
                    &format!("write `{value}-{}/{step}`", self.bounds.last),
                ));
            }
            (value, value)
        };
        let step = step.map_or(Ok(1), |step| self.step(step))?;
        Ok((first..=last).step_by(step).collect())
    }

    fn range(&self, first: &str, last: &str) -> Result<(u32, u32), ScheduleError> {
        let (first, last) = (self.number(first)?, self.number(last)?);
        if first > last {
            return Err(self.refuse(
                Code::ScheduleReversed,
                &format!("the range {first}-{last} runs backwards: cron takes it and then never starts the job"),
                &format!("write `{first}-{},{}-{last}`", self.bounds.last, self.bounds.first),
            ));
        }
        Ok((first, last))
    }

    fn step(&self, text: &str) -> Result<usize, ScheduleError> {
        let span = self.bounds.last - self.bounds.first;
        match text.parse::<u32>() {
            Ok(step) if (1..=span).contains(&step) && is_number(text) => Ok(step as usize),
            Ok(0) => Err(self.refuse(
                Code::ScheduleStep,
                "a step of 0 goes nowhere; cron ignores the whole file",
                "write a step of 1 or more",
            )),
            _ if is_number(text) => Err(self.refuse(
                Code::ScheduleStep,
                &format!("a step of {text} is longer than the field: only its first value would ever match"),
                &format!("write a step from 1 to {span}, or the value itself"),
            )),
            _ => Err(self.syntax()),
        }
    }

    fn number(&self, text: &str) -> Result<u32, ScheduleError> {
        if !is_number(text) {
            return Err(self.syntax());
        }
        let Bounds { name, first, last } = *self.bounds;
        text.parse().ok().filter(|n| (first..=last).contains(n)).ok_or_else(|| {
            self.refuse(
                Code::ScheduleRange,
                &format!("{text} is no {name}: the field goes from {first} to {last}"),
                "cron ignores the whole file for one bad value, and no backup ever runs",
            )
        })
    }

    fn syntax(&self) -> ScheduleError {
        self.refuse(
            Code::ScheduleSyntax,
            &format!("`{}` is no value, range or step of the {} field", self.text, self.bounds.name),
            "write `*`, `*/n`, `a`, `a-b` or `a-b/n`, or a list of them with commas and no spaces",
        )
    }

    fn refuse(&self, code: Code, message: &str, help: &str) -> ScheduleError {
        // An empty item (`1,,2`) still gets a caret.
        let bytes = self.bytes.start..self.bytes.end.max(self.bytes.start + 1);
        refuse(code, bytes, message.to_owned(), help)
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

pub fn refuse(code: Code, bytes: Range<usize>, message: String, help: &str) -> ScheduleError {
    ScheduleError { code, bytes, message, help: help.to_owned() }
}
