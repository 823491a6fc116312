//! Both streams. Colours go to terminals only, and `NO_COLOR` is honoured; a reader that hangs up is no error, a full disk is one.

use super::Said;
use std::{
    io::{ErrorKind, IsTerminal, Write},
    sync::atomic::{AtomicBool, Ordering},
};

/// Whether something that was said is lost.
static LOST: AtomicBool = AtomicBool::new(false);

/// Whether all that was said has arrived, or found nobody who listens any more.
pub fn has_arrived() -> bool {
    !LOST.load(Ordering::Relaxed)
}

pub fn say(said: &Said) {
    print(&said.out);
    note(&said.err);
}

pub fn print(text: &str) {
    if let Some(why) = to(&mut anstream::stdout().lock(), text) {
        note(&format!("error: stdout: {why}\n"));
    }
}

fn note(text: &str) {
    // There is no third stream on which to say why.
    let _ = to(&mut anstream::stderr().lock(), text);
}

/// Text of files that anybody may have written: no control character but tab and newline is one for the terminal.
pub fn harmless(text: &str) -> String {
    let letter = |letter: char| match letter {
        '\t' | '\n' => letter.to_string(),
        _ if letter.is_control() => letter.escape_default().to_string(),
        _ => letter.to_string(),
    };
    text.chars().map(letter).collect()
}

/// Whether somebody watches.
pub fn is_attended() -> bool {
    std::io::stderr().is_terminal()
}

/// For those who watch; a pipe gets findings only.
pub fn remark(text: &str) {
    if is_attended() {
        note(text);
    }
}

/// Why a text is lost. When the reader has hung up, as `head` does, there is nobody left to tell.
fn to(stream: &mut impl Write, text: &str) -> Option<std::io::Error> {
    let why = stream.write_all(text.as_bytes()).and_then(|()| stream.flush()).err();
    let why = why.filter(|why| why.kind() != ErrorKind::BrokenPipe)?;
    LOST.store(true, Ordering::Relaxed);
    Some(why)
}
