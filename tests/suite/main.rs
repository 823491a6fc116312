//! The tests of the generator itself; what other programs say of its output is in `tests/validators`.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    clippy::case_sensitive_file_extension_comparisons,
    clippy::format_collect,
    reason = "a test reads files, and fails by panicking"
)]

mod by_hand;
mod calendars;
mod command_line;
mod diagnostics;
mod differences;
mod directory;
mod docs;
mod findings;
mod fixtures;
mod fleet;
mod forecasts;
mod formats;
mod git;
mod hostile;
mod hygiene;
mod init;
mod init_compose;
mod manual;
mod mutations;
mod places;
mod reference;
mod retention;
mod schedules;
mod secrets;
mod snapshots;
