//! What a host holds its files against: the SHA-256 of everything that is installed.

use super::{
    artifact::ArtifactSet,
    catalog::{Body, CATALOG},
};
use crate::plan::{HostFile, Plan};
use minijinja::{context, value::Value};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, sync::LazyLock};

pub const PATH: &str = "host/manifest";

/// Of the files that are the same for every environment: taken once, however many are rendered.
static STATIC: LazyLock<BTreeMap<&'static str, String>> = LazyLock::new(|| {
    let statics = CATALOG.iter().filter_map(|entry| match entry.body {
        Body::Static(text) => Some((entry.path, sha256(text))),
        Body::Template(_) => None,
    });
    statics.collect()
});

/// What the template sees. The manifest cannot be in itself.
pub fn values(plan: &Plan, plan_value: Value, rendered: &ArtifactSet) -> Value {
    let digest = |source| match STATIC.get(source) {
        Some(digest) => digest.clone(),
        None => rendered.get(source).map_or_else(String::new, |artifact| sha256(&artifact.body)),
    };
    let line =
        |file: &HostFile| context! { mode => file.mode, sha256 => digest(file.source), target => file.target.as_str() };
    let files: Value = plan.files.iter().filter(|file| file.source != PATH).map(line).collect();
    context! { plan => plan_value, files }
}

fn sha256(text: &str) -> String {
    Sha256::digest(text).iter().fold(String::new(), |digits, byte| digits + &format!("{byte:02x}"))
}
