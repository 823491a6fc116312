//! By how much each host of a fleet starts later than its schedule says, so that they do not all begin together.

use super::{Decision, rules::at};
use crate::value::{Code, Issue, Schedule};
use sha2::{Digest, Sha256};

/// Minutes, at most `limit`, that the name decides: the same for ever, and different for most names.
#[must_use]
pub fn minutes(name: &str, limit: u32) -> u32 {
    let digest = Sha256::digest(name);
    let number = digest.iter().take(8).fold(0, |number, byte| number << 8 | u64::from(*byte));
    u32::try_from(number % (u64::from(limit) + 1)).unwrap_or(0)
}

/// The schedule of the host with this name.
///
/// # Errors
/// A schedule that cannot be moved by as much as `limit` minutes.
pub fn spread(schedule: Schedule, name: &str, limit: u32) -> Result<Schedule, Box<Issue>> {
    if limit == 0 {
        return Ok(schedule);
    }
    let moved = schedule.later(limit).and_then(|_| schedule.later(minutes(name, limit)));
    moved.ok_or_else(|| {
        let message = format!("`{}` cannot start up to {limit} minutes later", schedule.as_cron());
        let issue = Issue::new(Code::SpreadSchedule, at("spread_minutes"), message);
        Box::new(
            issue.help("give it one minute, such as `0 */6 * * *`, and room before midnight unless it runs every day"),
        )
    })
}

pub fn decision(name: &str, limit: u32, given: &str) -> Option<Decision> {
    (limit > 0).then(|| {
        Decision::new(
            "spread",
            format!("{} minutes later than `{given}`", minutes(name, limit)),
            format!("`spread_minutes` is {limit}, and the environment's name decides: hosts with one schedule do not all begin together"),
        )
    })
}
