//! The decisions of a tree that was rendered earlier, read back from its runbook.

use crate::output::Files;

/// One row: topic, what was decided, why.
pub type Row = [String; 3];

/// Where a tree has its runbook: a host's, or a cluster's.
const RUNBOOKS: [&str; 2] = ["README.md", "kubernetes/README.md"];
const HEADING: &str = "| | decided | because |\n";

/// The rows of the runbook's table; none of no files. Absent where there is no such table, or somebody has edited it.
#[must_use]
pub fn decisions(files: &Files) -> Option<Vec<Row>> {
    if files.0.is_empty() {
        return Some(Vec::new());
    }
    let (_, rows) = RUNBOOKS.iter().find_map(|path| files.0.get(*path)?.0.split_once(HEADING))?;
    rows.lines().skip(1).take_while(|row| row.starts_with('|')).map(row).collect()
}

fn row(row: &str) -> Option<Row> {
    let cells: Vec<&str> = row.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
    let [topic, is, because] = cells[..] else { return None };
    Some([topic, is, because].map(str::to_owned))
}
