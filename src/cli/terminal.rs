//! Both streams. Colours go to terminals only, and `NO_COLOR` is honoured; a reader that hangs up is no error.

use super::Said;
use std::io::{IsTerminal, Write};

pub fn say(said: &Said) {
    print(&said.out);
    to(&mut anstream::stderr().lock(), &said.err);
}

pub fn print(text: &str) {
    to(&mut anstream::stdout().lock(), text);
}

/// Whether somebody watches.
pub fn is_attended() -> bool {
    std::io::stderr().is_terminal()
}

/// For those who watch; a pipe gets findings only.
pub fn remark(text: &str) {
    if is_attended() {
        to(&mut anstream::stderr().lock(), text);
    }
}

fn to(stream: &mut impl Write, text: &str) {
    // Nobody is left to tell when a terminal is gone or a pipe is closed.
    let _ = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
}
