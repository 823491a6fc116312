//! The schedule in the language of systemd: calendar events, systemd.time(7).

use super::{Field, Schedule, WEEKDAYS};

impl Schedule {
    /// The values of `OnCalendar=` whose union it is, in a time zone or in the host's own.
    #[must_use]
    pub fn calendar_events(&self, timezone: Option<&str>) -> Vec<String> {
        let zone = timezone.map(|name| format!(" {name}")).unwrap_or_default();
        let time = format!("{}:{}:00{zone}", self.hours.list(), self.minutes.list());
        let event = |[days, weekdays]: &[Field; 2]| {
            format!("{}*-{}-{} {time}", names(*weekdays), self.months.list(), days.list())
        };
        self.day_fields().iter().map(event).collect()
    }
}

/// `Mon,Fri `, or nothing for all days.
fn names(weekdays: Field) -> String {
    if weekdays.is_full() {
        return String::new();
    }
    let names = weekdays.values().filter_map(|day| WEEKDAYS.get(day as usize)?.get(..3));
    names.collect::<Vec<_>>().join(",") + " "
}
