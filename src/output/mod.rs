//! What each file says, and how a tree of files gets to the disk.

pub mod artifact;
pub mod disk;

mod catalog;
mod host_manifest;
mod pack;
mod render;
mod user_data;

pub use artifact::{Artifact, ArtifactSet};

use crate::plan::Plan;

/// The path of the cloud-init snippet below the tree.
pub const USER_DATA: &str = "cloud-init/user-data.yml";

/// Every artifact of a plan.
///
/// # Errors
/// What could not be rendered, as minijinja says it: a fault of trackgen's own templates.
pub fn artifacts(plan: &Plan) -> Result<ArtifactSet, String> {
    render::all(plan).map_err(|error| error.to_string())
}
