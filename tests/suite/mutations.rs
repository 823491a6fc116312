//! A hundred mistakes in valid environments: each is shown within a line of its place, or changes nothing.

use crate::fixtures::root;
use std::{collections::BTreeSet, fs};
use trackgen::{Compiled, input::Report};

/// A changed text, and the lines (from 1) where it was changed.
struct Mutation {
    text: String,
    lines: Vec<usize>,
}

/// Every way to make one kind of mistake.
type Kind = fn(&str) -> Vec<Mutation>;

/// Each line by itself, changed where `edit` has something for it.
fn lines(text: &str, edit: impl Fn(&str) -> Option<String>) -> Vec<Mutation> {
    let all: Vec<&str> = text.lines().collect();
    let mutated = |(index, line): (usize, &&str)| {
        let changed = edit(line).filter(|changed| changed != line)?;
        let text = [&all[..index], &[changed.as_str()], &all[index + 1..]].concat().join("\n") + "\n";
        Some(Mutation { text, lines: vec![index + 1] })
    };
    all.iter().enumerate().filter_map(mutated).collect()
}

/// The whole text, changed at one line.
fn whole(text: String, line: usize) -> Vec<Mutation> {
    vec![Mutation { text, lines: vec![line] }]
}

/// `  "key": value,` or `  key: value` in its parts: up to the key, the key, between, the value, and what follows.
fn member(line: &str) -> Option<[&str; 5]> {
    let indent = line.len() - line.trim_start_matches([' ', '-']).len();
    let quote = usize::from(line[indent..].starts_with('"'));
    let key = indent + quote;
    let end = key + line[key..].find(['"', ':'])?;
    let colon = line[end..].find(": ").map(|colon| end + colon + 2)?;
    let value = line[colon..].trim_end_matches(',');
    Some([&line[..key], &line[key..end], &line[end..colon], value, &line[colon + value.len()..]])
}

fn in_key(line: &str, edit: impl Fn(&str) -> String) -> Option<String> {
    let [before, key, between, value, after] = member(line)?;
    (key.len() > 3).then(|| [before, &edit(key), between, value, after].concat())
}

fn in_value(line: &str, edit: impl Fn(&str) -> Option<String>) -> Option<String> {
    let [before, key, between, value, after] = member(line)?;
    Some([before, key, between, &edit(value)?, after].concat())
}

fn is_number(value: &str) -> bool {
    value.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_text(value: &str) -> bool {
    value.starts_with('"') && value.len() > 4
}

fn swapped(key: &str) -> String {
    let (head, tail) = key.split_at(key.len() / 2);
    let (head, last) = head.split_at(head.len() - 1);
    let (first, tail) = tail.split_at(1);
    [head, first, last, tail].concat()
}

/// A member that stands on one line, put behind the first line of the file.
fn moved(text: &str) -> Vec<Mutation> {
    let all: Vec<&str> = text.lines().collect();
    let is_inner = |line: &str| line.starts_with("    ") && line.ends_with(',') && !line.contains(['{', '[']);
    let candidates = all.iter().enumerate().filter(|(_, line)| is_inner(line) && member(line).is_some());
    let candidates = candidates.map(|(index, line)| {
        let text = [&all[..1], &[*line], &all[1..index], &all[index + 1..]].concat().join("\n") + "\n";
        Mutation { text, lines: vec![2, index + 1] }
    });
    candidates.collect()
}

/// Two members on neighbouring lines change places: an order that nobody asks about.
fn reordered(text: &str) -> Vec<Mutation> {
    let all: Vec<&str> = text.lines().collect();
    let plain = |line: &str| line.ends_with(',') && member(line).is_some() && !line.ends_with(['{', '[']);
    let pairs = (1..all.len() - 1).filter(|index| plain(all[*index]) && plain(all[index + 1]));
    let swap = |index: usize| {
        let mut all = all.clone();
        all.swap(index, index + 1);
        Mutation { text: all.join("\n") + "\n", lines: vec![index + 1, index + 2] }
    };
    pairs.map(swap).collect()
}

/// A line once more, below itself.
fn doubled(text: &str) -> Vec<Mutation> {
    let plain = |line: &str| (line.ends_with(',') && member(line).is_some()).then(|| format!("{line}\n{line}"));
    lines(text, plain)
}

const JSON: [(&str, Kind); 29] = [
    ("typo in a key", |text| lines(text, |line| in_key(line, swapped))),
    ("key in capitals", |text| lines(text, |line| in_key(line, str::to_uppercase))),
    ("letter too many in a key", |text| lines(text, |line| in_key(line, |key| format!("{key}s")))),
    ("key moved to the top", moved),
    ("key given twice", doubled),
    ("number in quotes", |text| {
        lines(text, |line| in_value(line, |value| is_number(value).then(|| format!("\"{value}\""))))
    }),
    ("text without quotes", |text| {
        lines(text, |line| in_value(line, |value| is_text(value).then(|| value.replace('"', ""))))
    }),
    ("single quotes", |text| {
        lines(text, |line| in_value(line, |value| is_text(value).then(|| value.replace('"', "'"))))
    }),
    ("number in place of a text", |text| {
        lines(text, |line| in_value(line, |value| is_text(value).then(|| "7".to_owned())))
    }),
    ("list in place of a text", |text| {
        lines(text, |line| in_value(line, |value| is_text(value).then(|| format!("[{value}]"))))
    }),
    ("empty text", |text| {
        let needed = |line: &str| !line.contains("description") && !line.contains("$schema");
        let empty = |value: &str| is_text(value).then(|| "\"\"".to_owned());
        lines(text, |line| in_value(line, empty).filter(|_| needed(line)))
    }),
    ("negative number", |text| {
        lines(text, |line| in_value(line, |value| is_number(value).then(|| format!("-{value}"))))
    }),
    ("huge number", |text| {
        lines(text, |line| in_value(line, |value| is_number(value).then(|| "4294967296".to_owned())))
    }),
    ("fraction", |text| lines(text, |line| in_value(line, |value| is_number(value).then(|| format!("{value}.0"))))),
    ("trailing comma", |text| lines(text, |line| line.ends_with(['"', '}', ']']).then(|| format!("{line},")))),
    ("missing comma", |text| lines(text, |line| line.strip_suffix(',').map(str::to_owned))),
    ("missing colon", |text| lines(text, |line| line.contains("\": ").then(|| line.replacen("\": ", "\" ", 1)))),
    ("missing quote", |text| lines(text, |line| in_value(line, |value| value.strip_suffix('"').map(str::to_owned)))),
    ("missing opening bracket", |text| {
        lines(text, |line| line.strip_suffix(['{', '[']).map(|line| line.trim_end().to_owned()))
    }),
    ("missing closing bracket", |text| {
        lines(text, |line| line.trim_start().starts_with(['}', ']']).then(|| line.replacen(['}', ']'], "", 1)))
    }),
    ("opening bracket twice", |text| {
        lines(text, |line| line.ends_with(['{', '[']).then(|| format!("{line}{}", &line[line.len() - 1..])))
    }),
    ("closing bracket twice", |text| {
        lines(text, |line| line.trim_start().starts_with('}').then(|| line.replacen('}', "}}", 1)))
    }),
    ("wrong bracket", |text| {
        lines(text, |line| line.trim_start().starts_with('}').then(|| line.replacen('}', "]", 1)))
    }),
    ("comment", |text| lines(text, |line| line.ends_with(',').then(|| format!("{line} // why")))),
    ("tab in a text", |text| {
        lines(text, |line| in_value(line, |value| is_text(value).then(|| value.replacen('"', "\"\t", 1))))
    }),
    ("file cut off", |text| {
        let cut = |line: usize| text.lines().take(line).map(|line| format!("{line}\n")).collect();
        (5..text.lines().count()).flat_map(|line| whole(cut(line), line)).collect()
    }),
    ("byte order mark", |text| whole(format!("\u{feff}{text}"), 1)),
    ("CRLF", |text| whole(text.replace('\n', "\r\n"), 1)),
    ("another order", reordered),
];

const YAML: [(&str, Kind); 10] = [
    ("typo in a key", |text| lines(text, |line| in_key(line, swapped))),
    ("text in place of a number", |text| {
        lines(text, |line| in_value(line, |value| is_number(value).then(|| format!("\"{value}\""))))
    }),
    ("missing colon", |text| lines(text, |line| line.contains(": ").then(|| line.replacen(": ", " ", 1)))),
    ("tab as indentation", |text| lines(text, |line| line.starts_with("  ").then(|| line.replacen("  ", "\t", 1)))),
    ("a space too many", |text| lines(text, |line| line.starts_with("  ").then(|| format!(" {line}")))),
    ("missing quote", |text| lines(text, |line| in_value(line, |value| value.strip_suffix('"').map(str::to_owned)))),
    ("key given twice", |text| {
        lines(text, |line| {
            (line.starts_with("  ") && !line.contains('-') && member(line).is_some()).then(|| format!("{line}\n{line}"))
        })
    }),
    ("second document", |text| whole(format!("{text}---\n{text}"), text.lines().count() + 1)),
    ("CRLF", |text| whole(text.replace('\n', "\r\n"), 1)),
    ("byte order mark", |text| whole(format!("\u{feff}{text}"), 1)),
];

/// `count` of the mutations, from all over the text.
fn some(mutations: Vec<Mutation>, count: usize, salt: usize) -> Vec<Mutation> {
    let (total, step) = (mutations.len(), mutations.len() / count + 1);
    let chosen: BTreeSet<usize> = (0..count.min(total)).map(|index| (salt * 7 + index * step) % total).collect();
    mutations
        .into_iter()
        .enumerate()
        .filter(|(index, _)| chosen.contains(index))
        .map(|(_, mutation)| mutation)
        .collect()
}

/// Of which sample, of what kind, and what became of it.
type Named = (&'static str, &'static str, Mutation);

const SAMPLES: [&str; 5] = ["prod.json", "mysql.json", "systemd.json", "postgresql.json", "external-mysql.json"];

fn text(file: &str) -> String {
    fs::read_to_string(root().join("envs").join(file)).expect("the environment")
}

fn every() -> Vec<Named> {
    let of = |file: &'static str, kinds: &[(&'static str, Kind)]| -> Vec<Named> {
        let text = text(file);
        let each =
            kinds.iter().flat_map(|(name, kind)| kind(&text).into_iter().map(move |mutation| (file, *name, mutation)));
        each.collect()
    };
    SAMPLES.into_iter().flat_map(|file| of(file, &JSON)).chain(of("index.yml", &YAML)).collect()
}

fn hundred() -> Vec<Named> {
    let mut all = Vec::new();
    for (index, (name, kind)) in JSON.iter().enumerate() {
        for round in 0..3 {
            let file = SAMPLES[(index + round) % SAMPLES.len()];
            all.extend(some(kind(&text(file)), 1, index + round).into_iter().map(|mutation| (file, *name, mutation)));
        }
    }
    for (index, (name, kind)) in YAML.iter().enumerate() {
        let mutations = some(kind(&text("index.yml")), 2, index);
        all.extend(mutations.into_iter().map(|mutation| ("index.yml", *name, mutation)));
    }
    all
}

fn findings(result: &Result<Compiled, Report>) -> &Report {
    match result {
        Ok(compiled) => &compiled.warnings,
        Err(report) => report,
    }
}

/// What is said of a mutation; an error where it is neither near its place nor harmless.
fn verdict(file: &str, mutation: &Mutation) -> Result<String, String> {
    let original = fs::read(root().join("envs").join(file)).expect("the environment");
    let before = trackgen::compile(file, &original);
    let after = trackgen::compile(file, mutation.text.as_bytes());
    let is_known = |code, pointer: &_| {
        findings(&before).findings.iter().any(|known| (known.issue.code, &known.issue.pointer) == (code, pointer))
    };
    let new = findings(&after).findings.iter().filter(|finding| !is_known(finding.issue.code, &finding.issue.pointer));
    let is_near = |line: usize| mutation.lines.iter().any(|changed| changed.abs_diff(line) <= 1);
    let mut new = new.peekable();
    if new.peek().is_none() {
        let same = matches!((&before, &after), (Ok(before), Ok(after)) if before.artifacts == after.artifacts);
        return if same {
            Ok("the same bytes".to_owned())
        } else {
            Err("another tree, and nothing was said".to_owned())
        };
    }
    let near = new.find(|finding| is_near(finding.line));
    near.map(|finding| format!("{} at {}:{}", finding.issue.code.word(), finding.line, finding.column))
        .ok_or_else(|| findings(&after).to_string())
}

#[test]
fn a_hundred_mistakes_are_shown_where_they_are_or_change_nothing() {
    let mut table = Vec::new();
    let mut lost = Vec::new();
    let all = hundred();
    assert_eq!(all.len(), 100);
    for (file, name, mutation) in &all {
        let places = mutation.lines.iter().map(ToString::to_string).collect::<Vec<_>>().join(" and ");
        let row = format!("{file:<19} | {name:<27} | {places:<9} | ");
        match verdict(file, mutation) {
            Ok(said) => table.push(row + &said),
            Err(said) => lost.push(format!("{row}\n{said}")),
        }
    }
    assert!(lost.is_empty(), "{} are lost:\n{}", lost.len(), lost.join("\n"));
    insta::with_settings!({ snapshot_path => root().join("snapshots/diagnostics"), prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("mutations", table.join("\n"));
    });
}

/// The same of every way to make them, or of every 30th: `MUTATIONS=all cargo test --release --test suite mutations` takes them all.
#[test]
fn no_such_mistake_is_lost() {
    let step = if std::env::var("MUTATIONS").is_ok_and(|asked| asked == "all") { 1 } else { 30 };
    let every = every();
    assert!(every.len() > 3000, "{} mutations", every.len());
    let lost: Vec<String> = every
        .iter()
        .step_by(step)
        .filter_map(|(file, name, mutation)| Some((file, name, mutation, verdict(file, mutation).err()?)))
        .map(|(file, name, Mutation { lines, .. }, said)| format!("{file} | {name} | {lines:?}\n{said}"))
        .collect();
    assert!(lost.is_empty(), "{} are lost:\n{}", lost.len(), lost.join("\n"));
}
