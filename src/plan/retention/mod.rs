//! How long backups are kept: the policy, in words, and what it leaves from day to day.

mod policy;
mod year;

pub use policy::{Copy, Policy};
pub use year::{Day, Kept, LENGTH, Year};

use super::Decision;
use crate::input::backup::Backup;

#[must_use]
pub fn decisions(backup: &Backup) -> Vec<Decision> {
    let because = "ages are read from the names, only verified backups count, and nothing is removed before a new one \
                   is verified, so weeks of failures remove nothing";
    vec![Decision::new("retention", Policy::of(backup).to_string(), because)]
}
