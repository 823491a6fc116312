//! Where a bracket is missing or too many, judged by the indentation: a parser notices it much later, often at the end of
//! the file.

use std::iter::Peekable;

/// What the brackets of a text say about its first fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// The bracket at `opened` should have been closed before `before`.
    Unclosed { opened: usize, before: usize },
    /// It was opened once more than it is closed.
    Doubled { opened: usize },
    /// The key that ends at `after` should open a bracket.
    Unopened { after: usize },
    /// The bracket at `at` closes nothing, or what stands before `at` was closed too early.
    Extra { at: usize },
}

impl Fault {
    /// The byte that a caret goes under.
    pub fn at(self) -> usize {
        match self {
            Self::Unclosed { before: at, .. }
            | Self::Doubled { opened: at }
            | Self::Unopened { after: at }
            | Self::Extra { at } => at,
        }
    }
}

struct Open {
    at: usize,
    bracket: u8,
    line: usize,
    /// Of the line that it stands on.
    indent: usize,
    /// Of the first line inside.
    inner: Option<usize>,
    /// Whether another one is opened right behind it.
    doubled: bool,
}

/// A key at the end of its line, without a bracket behind it.
#[derive(Clone, Copy)]
struct Dangling {
    indent: usize,
    after: usize,
}

/// Punctuation, or the first byte of a string or a word.
struct Token {
    at: usize,
    byte: u8,
    line: usize,
    /// Of its line.
    indent: usize,
    first: bool,
}

/// The first place where the brackets and the indentation do not agree, or the bracket that is open at the end.
pub fn fault(text: &str) -> Option<Fault> {
    let mut open: Vec<Open> = Vec::new();
    let mut dangling: Vec<Dangling> = Vec::new();
    let mut before: Option<Token> = None;
    for token in tokens(text) {
        let continues = before.as_ref().is_some_and(|before| before.byte == b':');
        if let Some(key) = before.filter(|before| token.first && before.byte == b':') {
            dangling.push(Dangling { indent: key.indent, after: key.at });
        }
        let fault = match token.byte {
            b'}' | b']' => closing(&mut open, &token, &dangling),
            b',' | b':' => None,
            _ if token.first && !continues => inside(open.last_mut(), &token, &dangling),
            _ => None,
        };
        if fault.is_some() {
            return fault;
        }
        if matches!(token.byte, b'{' | b'[') {
            let Token { at, byte, line, indent, .. } = token;
            let doubled = text[at + 1..].trim_start_matches(' ').starts_with(['[', '{']);
            open.push(Open { at, bracket: byte, line, indent, inner: None, doubled });
        }
        before = Some(token);
    }
    open.last().map(|open| Fault::Unclosed { opened: open.at, before: text.trim_end().len() })
}

fn closing(open: &mut Vec<Open>, token: &Token, dangling: &[Dangling]) -> Option<Fault> {
    let Some(top) = open.pop() else { return Some(Fault::Extra { at: token.at }) };
    let matches = top.bracket == if token.byte == b'}' { b'{' } else { b'[' };
    if matches && (!token.first || token.indent == top.indent) {
        return None;
    }
    let key = dangling.iter().rfind(|key| key.indent == token.indent && key.after > top.at);
    Some(match key {
        Some(key) if !matches => Fault::Unopened { after: key.after },
        _ if top.doubled => Fault::Doubled { opened: top.at },
        _ if token.first && token.indent < top.indent => Fault::Unclosed { opened: top.at, before: token.at },
        _ => Fault::Extra { at: token.at },
    })
}

/// A key or an item at the beginning of its line, against its neighbours.
fn inside(top: Option<&mut Open>, token: &Token, dangling: &[Dangling]) -> Option<Fault> {
    let top = top.filter(|top| top.line < token.line)?;
    let inner = *top.inner.get_or_insert(token.indent);
    let key = dangling.last().filter(|key| key.after > top.at && key.indent == inner);
    match key {
        // Without any indentation there is nothing to compare.
        _ if token.indent == 0 && top.indent == 0 => None,
        _ if token.indent <= top.indent && top.doubled => Some(Fault::Doubled { opened: top.at }),
        _ if token.indent < inner || token.indent <= top.indent => {
            Some(Fault::Unclosed { opened: top.at, before: token.at })
        }
        _ if token.indent == inner => None,
        Some(key) => Some(Fault::Unopened { after: key.after }),
        None => Some(Fault::Extra { at: token.at }),
    }
}

fn tokens(text: &str) -> impl Iterator<Item = Token> + '_ {
    let starts = text.split_inclusive('\n').scan(0, |start, line| {
        *start += line.len();
        Some((*start - line.len(), line))
    });
    starts.enumerate().flat_map(|(number, (start, line))| {
        let indent = line.len() - line.trim_start_matches([' ', '\t']).len();
        let mut bytes = line.bytes().enumerate().peekable();
        let mut found = Vec::new();
        while let Some((at, byte)) = bytes.next() {
            if byte.is_ascii_whitespace() {
                continue;
            }
            found.push(Token { at: start + at, byte, line: number, indent, first: found.is_empty() });
            match byte {
                b'"' => skip_string(&mut bytes),
                _ if !b"{}[],:".contains(&byte) => {
                    while bytes.next_if(|(_, next)| !b"{}[],:\" \r\n".contains(next)).is_some() {}
                }
                _ => {}
            }
        }
        found
    })
}

/// To the closing quote; no string of JSON goes on in the next line.
fn skip_string(bytes: &mut Peekable<impl Iterator<Item = (usize, u8)>>) {
    while let Some((_, byte)) = bytes.next() {
        match byte {
            b'\\' => drop(bytes.next()),
            b'"' => return,
            _ => {}
        }
    }
}
