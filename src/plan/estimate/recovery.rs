//! How long it takes until the data is back: the recovery time, by what has happened.

use super::{Subject, rates, tenths};
use crate::plan::driver::Engine;
use serde::Serialize;

/// One case, and the time until the tracker answers again. A person's time is not in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recovery {
    pub case: &'static str,
    pub seconds: f64,
    pub formula: String,
}

pub fn cases(subject: &Subject) -> Vec<Recovery> {
    let rate = rates::restore(subject.engine);
    let load = subject.gb * rate;
    // Read for the checksum and to be decompressed; what comes of it is written, and a file is read again for its check.
    let read = 2.0 * rates::size(subject.engine, &subject.backup.compression);
    let passes = read + if subject.engine == Engine::Sqlite3 { 2.0 } else { 1.0 };
    let disk = subject.pass() * passes;
    let words = if disk > load {
        format!("{} GB × {passes:.1} / {} MB/s", subject.gb, subject.rate())
    } else {
        format!("{} GB × {rate} s/GB, measured", subject.gb)
    };
    let database = rates::RESTORE_START + load.max(disk) + rates::HEALTHY;
    // What is there is copied first, so that the restore can be taken back.
    let safety =
        if subject.engine == Engine::Sqlite3 { subject.copy() } else { subject.gb * rates::dump(subject.engine) };
    let case = |case, seconds, formula| Recovery { case, seconds: tenths(seconds), formula };
    let fixed = rates::RESTORE_START + rates::HEALTHY;
    let lost = case("the database is lost", database, format!("{words}, and {fixed} s for start and health check"));
    if subject.in_cluster {
        return vec![Recovery { formula: format!("{}; by hand, as the runbook says", lost.formula), ..lost }];
    }
    vec![
        lost,
        case(
            "an older state is wanted, and the present one is there",
            database + safety,
            format!("the same, and {} s for a copy of the present state", tenths(safety)),
        ),
        case(
            "the host is lost; its successor is installed, and the backups are there",
            database + rates::RECOVER,
            format!("the same as for the database, and {} s for the rest", rates::RECOVER),
        ),
    ]
}
