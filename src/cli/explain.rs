//! `trackgen explain`: what a finding means, on a terminal.

use super::{guide::Section, terminal};
use trackgen::value::{Code, Severity};

const WIDTH: usize = 80;
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
    let (mut text, mut column) = (String::new(), 0);
    for word in paragraph.split_whitespace() {
        let length = word.chars().count();
        let fits = column > 0 && column + 1 + length <= WIDTH;
        text.push(if fits { ' ' } else { '\n' });
        text += word;
        column = if fits { column + 1 + length } else { length };
    }
    match text.as_str() {
        "" => text,
        "\nBad:" => format!("\n{RED}Bad:{RESET}\n"),
        "\nGood:" => format!("\n{GREEN}Good:{RESET}\n"),
        _ => text + "\n",
    }
}
