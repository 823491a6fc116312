//! The command line: everything that touches the terminal and the file system.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
