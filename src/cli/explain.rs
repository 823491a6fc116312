//! `trackgen explain`: what a finding means, on a terminal.

use super::{guide::Section, terminal};
use trackgen::{
    report::fold,
    value::{Code, Severity},
};

const BOLD: &str = "\u{1b}[1m";
const RED: &str = "\u{1b}[1;31m";
const YELLOW: &str = "\u{1b}[1;33m";
const GREEN: &str = "\u{1b}[1;32m";
const RESET: &str = "\u{1b}[0m";

pub fn run(code: Option<Code>) {
    terminal::print(&code.map_or_else(list, section));
}

fn heading(code: Code) -> String {
    let colour = if code.severity() == Severity::Error { RED } else { YELLOW };
    format!("{colour}{}[{}]{RESET}", code.severity().word(), code.word())
}

fn list() -> String {
    let line = |code: &Code| format!("{}: {}\n", heading(*code), Section::of(*code).summary);
    Code::ALL.iter().map(line).collect()
}

fn section(code: Code) -> String {
    let Section { summary, body } = Section::of(code);
    let mut text = format!("{}: {BOLD}{summary}{RESET}\n", heading(code));
    let mut paragraph = String::new();
    let mut lines = body.lines();
    while let Some(line) = lines.next() {
        if line.starts_with("```") {
            let example = lines.by_ref().take_while(|line| !line.starts_with("```"));
            text.push('\n');
            text.extend(example.flat_map(|line| ["    ", line, "\n"]));
        } else if line.is_empty() {
            text += &folded(&std::mem::take(&mut paragraph));
        } else {
            paragraph.extend([" ", line]);
        }
    }
    text + &folded(&paragraph)
}

fn folded(paragraph: &str) -> String {
    match fold::lines(paragraph, fold::WIDTH).join("\n").as_str() {
        "" => String::new(),
        "Bad:" => format!("\n{RED}Bad:{RESET}\n"),
        "Good:" => format!("\n{GREEN}Good:{RESET}\n"),
        text => format!("\n{text}\n"),
    }
}
