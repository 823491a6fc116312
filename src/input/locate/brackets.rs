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
    let mut dangling: Vec<(usize, usize)> = Vec::new();
    let mut before: Option<Token> = None;
    for token in tokens(text) {
        let continues = before.as_ref().is_some_and(|before| before.byte == b':');
        if let Some(key) = before.filter(|before| token.first && before.byte == b':') {
            dangling.push((key.indent, key.at));
        }
        let fault = match token.byte {
            b'}' | b']' => closing(&mut open, &token, &dangling),
            b',' | b':' => None,
            _ if token.first && !continues => inside(open.last_mut(), &token, text),
            _ => None,
        };
        if fault.is_some() {
            return fault;
        }
        if matches!(token.byte, b'{' | b'[') {
            let Token { at, byte, line, indent, .. } = token;
            open.push(Open { at, bracket: byte, line, indent, inner: None });
        }
        before = Some(token);
    }
    open.last().map(|open| Fault::Unclosed { opened: open.at, before: text.trim_end().len() })
}

fn closing(open: &mut Vec<Open>, token: &Token, dangling: &[(usize, usize)]) -> Option<Fault> {
    let extra = Some(Fault::Extra { at: token.at });
    let Some(top) = open.pop() else { return extra };
    let matches = top.bracket == if token.byte == b'}' { b'{' } else { b'[' };
    if !matches {
        let key = dangling.iter().rfind(|(indent, at)| *indent == token.indent && *at > top.at);
        return Some(match key {
            Some((_, after)) => Fault::Unopened { after: *after },
            None if token.first && token.indent < top.indent => Fault::Unclosed { opened: top.at, before: token.at },
            None => Fault::Extra { at: token.at },
        });
    }
    match token.indent.cmp(&top.indent) {
        _ if !token.first => None,
        std::cmp::Ordering::Less => Some(Fault::Unclosed { opened: top.at, before: token.at }),
        std::cmp::Ordering::Equal => None,
        std::cmp::Ordering::Greater => extra,
    }
}

/// A key or an item at the beginning of its line, against its neighbours.
fn inside(top: Option<&mut Open>, token: &Token, text: &str) -> Option<Fault> {
    let top = top.filter(|top| top.line < token.line)?;
    let inner = *top.inner.get_or_insert(token.indent);
    let doubled = text[top.at + 1..].trim_start_matches(' ').starts_with(['[', '{']);
    let flat = token.indent == 0 && top.indent == 0;
    if flat {
        None
    } else if token.indent <= top.indent && doubled {
        Some(Fault::Doubled { opened: top.at })
    } else if token.indent < inner || token.indent <= top.indent {
        Some(Fault::Unclosed { opened: top.at, before: token.at })
    } else {
        (token.indent > inner).then_some(Fault::Extra { at: token.at })
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
