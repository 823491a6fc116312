//! The real tools over the real output: the binary renders every environment, and each artifact is shown to the
//! program that will read it on a host or in a review. A tool that is missing is a failure; `tests/run tools` installs
//! them all. `broken` is the test of these tests: a deliberate fault in each format has to be found.

#![allow(
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::panic,
    reason = "a test reads files, and fails by panicking"
)]

mod ansible;
mod broken;
mod cloud_init;
mod compose;
mod cron;
mod dockerfile;
mod examples;
mod host;
mod json_schema;
mod kubernetes;
mod logrotate;
mod page;
mod rendered;
mod sarif;
mod shell;
mod stack;
mod systemd;
mod tool;
mod yaml;
