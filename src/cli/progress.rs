//! How far it is, for somebody who waits at a terminal.

use super::terminal;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Fewer are done before one can read.
const MANY: usize = 100;

pub struct Progress {
    total: usize,
    done: AtomicUsize,
    shown: bool,
}

impl Progress {
    pub fn of(total: usize) -> Self {
        Self { total, done: AtomicUsize::new(0), shown: total >= MANY && terminal::is_attended() }
    }

    /// One more is done; a hundredth of them is worth a line.
    pub fn step(&self) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        if self.shown && done.is_multiple_of(self.total.div_ceil(MANY)) {
            terminal::remark(&format!("\r{done} of {}", self.total));
        }
    }

    /// Leaves the line as it was.
    pub fn end(&self) {
        if self.shown {
            terminal::remark("\r\u{1b}[K");
        }
    }
}
