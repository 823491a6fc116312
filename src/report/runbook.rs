//! The decisions of a tree that was rendered earlier, read back from its runbook.

use crate::output::Files;

/// One row: topic, what was decided, why.
pub type Row = [String; 3];

/// Where a tree has its runbook: a host's, or a cluster's.
const RUNBOOKS: [&str; 2] = ["README.md", "kubernetes/README.md"];
const HEADING: &str = "| | decided | because |\n";

/// The rows of the runbook's table; none where there is no runbook.
#[must_use]
pub fn decisions(files: &Files) -> Vec<Row> {
    let runbook = RUNBOOKS.iter().find_map(|path| files.0.get(*path)?.0.split_once(HEADING));
    let rows = runbook.map(|(_, rows)| rows).unwrap_or_default().lines().skip(1);
    rows.map_while(|row| {
        let cells: Vec<&str> = row.strip_prefix("| ")?.strip_suffix(" |")?.split(" | ").collect();
        let [topic, is, because] = cells[..] else { return None };
        Some([topic, is, because].map(str::to_owned))
    })
    .collect()
}
