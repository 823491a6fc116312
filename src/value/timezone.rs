//! Time zones by their IANA names, from the database that the program has with it.
//!
//! A local time is written as a `DateTime<Utc>` of the same digits, as schedules do.

use chrono::{DateTime, Datelike, Duration, Utc};
use jiff::{
    Timestamp,
    civil::DateTime as Civil,
    tz::{TimeZone, TimeZoneDatabase, TimeZoneNameIter},
};

/// Whether there is one of this name, spelt so.
#[must_use]
pub fn is_known(name: &str) -> bool {
    names().any(|known| known.as_str() == name)
}

/// The one that was probably meant.
#[must_use]
pub fn nearest(name: &str) -> Option<String> {
    let wanted = name.to_lowercase();
    let edits = |known: &String| strsim::damerau_levenshtein(&wanted, &known.to_lowercase());
    names().map(|known| known.as_str().to_owned()).min_by_key(edits).filter(|known| edits(known) <= 1 + known.len() / 4)
}

fn names() -> TimeZoneNameIter<'static> {
    static BUNDLED: std::sync::LazyLock<TimeZoneDatabase> = std::sync::LazyLock::new(TimeZoneDatabase::bundled);
    BUNDLED.available()
}

/// Local times that a day of changing clocks does not have, or has twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shift {
    /// The first of them, and the first after them.
    pub local: [DateTime<Utc>; 2],
    pub kind: ShiftKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShiftKind {
    Missing,
    Twice,
}

/// What the zone's clocks do in a span of local time; nothing for a zone that is not known.
#[must_use]
pub fn shifts(name: &str, [from, to]: [DateTime<Utc>; 2]) -> Vec<Shift> {
    let (Some(zone), Ok(start)) = (zone(name), Timestamp::from_second(from.timestamp())) else { return Vec::new() };
    let mut shifts = Vec::new();
    let mut before = zone.to_offset(start).seconds();
    for change in zone.following(start).take_while(|change| change.timestamp().as_second() < to.timestamp()) {
        let (at, after) = (change.timestamp().as_second(), change.offset().seconds());
        let local = |offset: i32| DateTime::from_timestamp(at + i64::from(offset), 0);
        if let (Some(old), Some(new)) = (local(before), local(after)) {
            let (local, kind) =
                if old < new { ([old, new], ShiftKind::Missing) } else { ([new, old], ShiftKind::Twice) };
            shifts.extend((old != new).then_some(Shift { local, kind }));
        }
        before = after;
    }
    shifts
}

/// Those of them that come again: one that is like it, in another year.
#[must_use]
pub fn recurring(shifts: &[Shift]) -> Vec<Shift> {
    let like = |one: &Shift, other: &Shift| {
        let times = |shift: &Shift| shift.local.map(|local| local.time());
        one.kind == other.kind && times(one) == times(other) && one.local[0].year() != other.local[0].year()
    };
    shifts.iter().filter(|one| shifts.iter().any(|other| like(one, other))).copied().collect()
}

/// A time in which the clocks of a zone stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    span: [DateTime<Utc>; 2],
    /// What the zone is ahead of UTC.
    pub offset: Duration,
}

impl Period {
    /// By a clock that shows UTC.
    #[must_use]
    pub fn whole(span: [DateTime<Utc>; 2]) -> Self {
        Self { span, offset: Duration::zero() }
    }

    /// Its beginning and its end, by the zone's clocks.
    #[must_use]
    pub fn local(&self) -> [DateTime<Utc>; 2] {
        self.span.map(|end| end + self.offset)
    }
}

/// What a span is made of; nothing for a zone that is not known.
#[must_use]
pub fn periods(name: &str, [from, to]: [DateTime<Utc>; 2]) -> Vec<Period> {
    let (Some(zone), Ok(start)) = (zone(name), Timestamp::from_second(from.timestamp())) else { return Vec::new() };
    let offset = |seconds: i32| Duration::seconds(seconds.into());
    let mut periods = vec![Period { span: [from, to], offset: offset(zone.to_offset(start).seconds()) }];
    for change in zone.following(start).take_while(|change| change.timestamp().as_second() < to.timestamp()) {
        let Some(at) = DateTime::from_timestamp(change.timestamp().as_second(), 0) else { continue };
        periods.iter_mut().last().into_iter().for_each(|last| last.span[1] = at);
        periods.push(Period { span: [at, to], offset: offset(change.offset().seconds()) });
    }
    periods
}

/// Of times in a span, those that the zone's clocks show; without a zone all of them.
pub fn shown(
    name: Option<&str>,
    [from, to]: [DateTime<Utc>; 2],
    times: impl Iterator<Item = DateTime<Utc>>,
) -> impl Iterator<Item = DateTime<Utc>> {
    // Shifts are looked for by the world's clock, which is at most a day away.
    let span = [from - Duration::days(1), to + Duration::days(1)];
    let shifts = name.map(|name| shifts(name, span)).unwrap_or_default();
    let hides =
        |shift: &Shift, time| shift.kind == ShiftKind::Missing && shift.local[0] <= time && time < shift.local[1];
    times.filter(move |time| !shifts.iter().any(|shift| hides(shift, *time)))
}

/// The instant of a local time: of two the first, and for one that is missing what the clocks before the change would say.
#[must_use]
pub fn instant(name: &str, local: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let digits = Timestamp::from_second(local.timestamp()).ok()?;
    let civil: Civil = TimeZone::UTC.to_datetime(digits);
    let instant = zone(name)?.to_ambiguous_timestamp(civil).compatible().ok()?;
    DateTime::from_timestamp(instant.as_second(), 0)
}

/// What the clocks of the zone show at an instant.
#[must_use]
pub fn local(name: &str, instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let timestamp = Timestamp::from_second(instant.timestamp()).ok()?;
    Some(instant + Duration::seconds(zone(name)?.to_offset(timestamp).seconds().into()))
}

fn zone(name: &str) -> Option<TimeZone> {
    TimeZoneDatabase::bundled().get(name).ok()
}
