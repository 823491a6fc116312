//! What each file says, and how a tree of files gets to the disk.

pub mod artifact;
pub mod difference;
pub mod disk;

mod base85;
mod catalog;
mod host_manifest;
mod inventory;
mod pack;
mod render;
mod user_data;

pub use artifact::{Artifact, ArtifactSet};
pub use difference::{Difference, Files};
pub use inventory::Inventory;

use crate::plan::Plan;
use minijinja::Error;

/// What a tree is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// One environment, and all that it needs.
    Alone,
    /// One environment of a fleet, below `hosts/<name>/` of the fleet's [`project`].
    Member,
}

/// The path of the cloud-init snippet below the tree.
pub const USER_DATA: &str = "cloud-init/user-data.yml";

/// Every artifact of a plan.
///
/// # Errors
/// What could not be rendered, as minijinja says it: a fault of trackgen's own templates.
pub fn artifacts(plan: &Plan, shape: Shape) -> Result<ArtifactSet, String> {
    render::environment(plan, shape).map_err(said)
}

/// What the hosts of a fleet share: the code, the playbooks, the inventory, and a runbook.
///
/// # Errors
/// As [`artifacts`].
pub fn project(inventory: &Inventory) -> Result<ArtifactSet, String> {
    render::project(inventory).map_err(said)
}

#[allow(clippy::needless_pass_by_value, reason = "for map_err")]
fn said(error: Error) -> String {
    error.to_string()
}
