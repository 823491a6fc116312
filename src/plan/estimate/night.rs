//! What runs when, for how long, and what the tracker notices of it.

use super::{Subject, Way, in_words, rates, tenths};
use crate::{input::backup::Algorithm, plan::driver::Engine};
use serde::Serialize;

/// One part of a run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Step {
    pub name: &'static str,
    /// After the start of the run.
    pub starts_after_seconds: f64,
    pub seconds: f64,
    /// `runs`, `writes wait`, `frozen` or `stopped`.
    pub tracker: &'static str,
    pub formula: String,
}

/// The steps of one run; of one that is refused, those before nothing is touched: none.
pub fn steps(subject: &Subject, way: Way) -> Vec<Step> {
    let mut steps = match (subject.engine, way) {
        (_, Way::Refused(_)) => return Vec::new(),
        (Engine::Sqlite3, _) => of_file(subject, way),
        _ => of_dump(subject),
    };
    let rest =
        if subject.in_cluster { "remove what is too old" } else { "archive the configuration, remove what is too old" };
    steps.push(step(rest, rates::REST_OF_A_RUN, "at any size".to_owned()));
    let mut clock = 0.0;
    for step in &mut steps {
        step.starts_after_seconds = tenths(clock);
        clock += step.seconds;
    }
    steps
}

fn step(name: &'static str, seconds: f64, formula: String) -> Step {
    Step { name, starts_after_seconds: 0.0, seconds: tenths(seconds), tracker: "runs", formula }
}

fn of_file(subject: &Subject, way: Way) -> Vec<Step> {
    let Subject { gb, passes, backup, .. } = subject;
    let rate = subject.rate();
    let tracker = way.tracker();
    let read = if *passes > 1.0 {
        format!("{gb} GB × 2 / {rate} MB/s: read and written on one disk")
    } else {
        format!("{gb} GB / {rate} MB/s: read from one disk, written to another")
    };
    let compress = rates::compress_file(&backup.compression);
    let (verify, verify_words) = slower(subject, rates::VERIFY_FILE, 1.0);
    // The copy is read and what it becomes is written, on one disk.
    let (pack, pack_words) = slower(subject, compress, 1.0 + rates::size(subject.engine, &backup.compression));
    let held = |name, formula| Step { tracker, ..step(name, rates::STOP_AND_START / 2.0, formula) };
    let mut steps = vec![Step { tracker, ..step("copy", subject.copy(), read) }];
    if way == Way::Window {
        steps.insert(0, held("stop the tracker", "at any size, by the seeds' figures".to_owned()));
        steps.push(held("start the tracker", "at any size, by the seeds' figures".to_owned()));
    }
    steps.push(step("verify the copy: integrity, tables, rows", verify, verify_words));
    steps.push(match backup.compression.algorithm {
        Algorithm::None => step("write it and prove that it can be read", pack, pack_words),
        _ => step("compress it and prove that it decompresses", pack, pack_words),
    });
    steps
}

/// What a processor needs, or the disk if that takes longer.
fn slower(subject: &Subject, seconds_per_gb: f64, passes: f64) -> (f64, String) {
    let (processor, disk) = (subject.gb * seconds_per_gb, subject.pass() * passes);
    if disk > processor {
        (disk, format!("{} GB × {passes} / {} MB/s: the disk is slower than the processor", subject.gb, subject.rate()))
    } else {
        (processor, format!("{} GB × {seconds_per_gb} s/GB, measured", subject.gb))
    }
}

fn of_dump(subject: &Subject) -> Vec<Step> {
    let (dump, dump_words) = slower(subject, rates::dump(subject.engine), 1.0);
    let size = rates::size(subject.engine, &subject.backup.compression);
    let (prove, prove_words) = slower(subject, rates::PROVE_DUMP, size);
    vec![
        step("dump in one transaction, compressed on its way", dump, dump_words),
        step("prove that it decompresses and is complete", prove, prove_words),
    ]
}

/// The shell's `.backup` begins again at every write by another. With writes at random times, n a second on average, a copy of T
/// seconds is through after (e^(nT) - 1) / n seconds on average.
pub fn bare_backup(copy_seconds: f64) -> String {
    let through = |every: f64| in_words(((copy_seconds / every).exp() - 1.0) * every);
    format!(
        "the shell's `.backup` on the live file begins again at every write: a copy of {} would be through after {} with one write in \
         10 s, after {} with one in 5 s, and a tracker writes several times a second",
        in_words(copy_seconds),
        through(10.0),
        through(5.0)
    )
}
