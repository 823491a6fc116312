//! What of a source line may be shown: keys, punctuation, and the value that is complained of. Every other value is
//! covered, because a secret can stand under any name that is misspelt, and beside anything in a file of one line.

use super::document::Format;
use crate::value::holds_credentials;
use std::ops::Range;

/// The line with its values covered by `*`, and the same bytes of it that `keep` meant before.
///
/// `keep` is a range of `line`; the one value that it covers stays readable when `reveal` is set.
#[must_use]
pub fn cover(line: &str, format: Format, keep: &Range<usize>, reveal: bool) -> (String, Range<usize>) {
    let mut hidden = values(line, format);
    if reveal && !holds_credentials(&line[keep.clone()]) {
        hidden.retain(|value| value.end <= keep.start || value.start >= keep.end);
    }
    let mut covered = String::with_capacity(line.len());
    let mut span = 0..0;
    let mut hidden = hidden.into_iter().peekable();
    for (at, c) in line.char_indices() {
        if at == keep.start {
            span.start = covered.len();
        }
        while hidden.next_if(|value| value.end <= at).is_some() {}
        let is_hidden = hidden.peek().is_some_and(|value| value.contains(&at));
        covered.push(if is_hidden { '*' } else { c });
        if at < keep.end {
            span.end = covered.len();
        }
    }
    if keep.start >= line.len() {
        span = covered.len()..covered.len();
    }
    (covered, span)
}

/// The ranges of everything on the line that is neither a key nor punctuation.
fn values(line: &str, format: Format) -> Vec<Range<usize>> {
    match format {
        Format::Json => tokens(line, 0),
        Format::Yaml => yaml_values(line),
    }
}

/// In YAML a line is `key: value`, `- value`, `- key: value` or the middle of something: then all of it is covered.
fn yaml_values(line: &str) -> Vec<Range<usize>> {
    let indent = line.len() - line.trim_start_matches([' ', '-']).len();
    let rest = &line[indent..];
    let key = rest.find(": ").or_else(|| rest.ends_with(':').then(|| rest.len() - 1));
    let is_key = |key: &str| key.chars().all(|c| c.is_ascii_alphanumeric() || "_-$.\"'".contains(c));
    let start = match key {
        Some(colon) if is_key(&rest[..colon]) => indent + colon + 1,
        _ => indent,
    };
    let value = line[start..].trim_start();
    let start = line.len() - value.len();
    match value.chars().next() {
        None => Vec::new(),
        Some('{' | '[' | '}' | ']' | '"') => tokens(line, start),
        Some(_) => std::iter::once(start..line.len()).collect(),
    }
}

/// The strings and bare words from `start` on, but for strings that are followed by a colon and the three literals.
fn tokens(line: &str, start: usize) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = start;
    while let Some(c) = line[at..].chars().next() {
        let token = match c {
            '"' => {
                let end = string_end(line, at);
                let is_key = line[end..].trim_start().starts_with(':');
                if is_key { at..at } else { inside_quotes(line, at..end) }
            }
            c if c.is_whitespace() || "{}[],:".contains(c) => at..at,
            _ => {
                let end = line[at..].find(|c: char| ",}]\"".contains(c)).map_or(line.len(), |end| at + end);
                let word = line[at..end].trim_end();
                let literal = matches!(word, "true" | "false" | "null");
                at..if literal { at } else { at + word.len() }
            }
        };
        at = match c {
            '"' => string_end(line, at),
            _ if token.is_empty() => at + c.len_utf8().max(literal_len(&line[at..])),
            _ => token.end,
        };
        if !token.is_empty() {
            found.push(token);
        }
    }
    found
}

fn literal_len(rest: &str) -> usize {
    ["true", "false", "null"].iter().find(|word| rest.starts_with(**word)).map_or(0, |word| word.len())
}

fn inside_quotes(line: &str, string: Range<usize>) -> Range<usize> {
    let closed = string.len() > 1 && line[..string.end].ends_with('"');
    string.start + 1..string.end - usize::from(closed)
}

/// The byte after the closing quote of the string that opens at `start`, or the line's end.
fn string_end(line: &str, start: usize) -> usize {
    let mut escaped = false;
    for (at, c) in line[start..].char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return start + at + 1,
            _ => {}
        }
    }
    line.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn covered(line: &str, format: Format, keep: &str) -> String {
        let start = line.find(keep).expect("the test names a part of the line");
        cover(line, format, &(start..start + keep.len()), !keep.is_empty()).0
    }

    #[test]
    fn a_json_line_keeps_keys_and_the_value_complained_of() {
        let line = r#"{ "name": "prod", "password": "s3cret", "port": 70000, "tls": true }"#;
        let expected = r#"{ "name": "****", "password": "******", "port": 70000, "tls": true }"#;
        assert_eq!(covered(line, Format::Json, "70000"), expected);
    }

    #[test]
    fn an_unterminated_string_is_covered_to_the_end() {
        assert_eq!(covered(r#"  "password": "s3c"#, Format::Json, ""), r#"  "password": "***"#);
    }

    #[test]
    fn a_bare_word_is_covered() {
        assert_eq!(covered("  \"password\": s3cret,", Format::Json, ""), "  \"password\": ******,");
        assert_eq!(covered("  \"pin\": 12345678", Format::Json, ""), "  \"pin\": ********");
    }

    #[test]
    fn a_yaml_line_keeps_its_key() {
        assert_eq!(covered("  pasword: s3cret # old: s", Format::Yaml, "pasword"), "  pasword: ***************");
        assert_eq!(covered("    block of a secret", Format::Yaml, ""), "    *****************");
        assert_eq!(covered("  - s3cret", Format::Yaml, ""), "  - ******");
    }

    #[test]
    fn the_caret_stays_under_what_it_meant() {
        let line = r#"{"a": "äöü", "b": 900}"#;
        let start = line.find("900").expect("it is there");
        let (text, span) = cover(line, Format::Json, &(start..start + 3), true);
        assert_eq!(&text[span], "900");
    }
}
