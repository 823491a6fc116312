//! Tables whose rows are left out, against those that the tracker has.

use super::rules::at;
use crate::{
    input::backup::Backup,
    value::{Code, Issue},
};

/// Of every version so far; `completed_v1` takes the place of `torrents` in a coming one, and until then nothing is left out.
const TABLES: [&str; 5] = ["whitelist", "torrents", "keys", "torrent_aggregate_metrics", "completed_v1"];

pub fn unknown(backup: &Backup) -> Vec<Issue> {
    let unknown = |(index, table): (usize, &String)| {
        if TABLES.contains(&table.as_str()) {
            return None;
        }
        let message = format!("the tracker has no table `{table}`, so nothing is left out");
        let nearest = TABLES.iter().map(|known| (strsim::damerau_levenshtein(table, known), *known)).min();
        let help = match nearest {
            Some((edits, known)) if edits <= 1 + known.len() / 4 => format!("did you mean `{known}`?"),
            _ => format!("its tables are {}", TABLES.map(|table| format!("`{table}`")).join(", ")),
        };
        Some(Issue::new(Code::UnknownTable, at("exclude_tables").child(index), message).help(help))
    };
    backup.exclude_tables.iter().enumerate().filter_map(unknown).collect()
}
