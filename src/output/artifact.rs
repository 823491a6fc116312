//! The set of files that one render gives. Writing and checking compare the same set, so they cannot disagree.

use std::{borrow::Cow, collections::BTreeMap, fmt::Write};

/// The file that lists all others: a later render removes what it lists and touches nothing else.
pub const MANIFEST: &str = "MANIFEST";

/// One file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Artifact {
    pub executable: bool,
    pub body: Cow<'static, str>,
}

impl Artifact {
    /// The permission bits of the file.
    #[must_use]
    pub fn mode(&self) -> u32 {
        if self.executable { 0o755 } else { 0o644 }
    }
}

/// Files by their path below the output directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArtifactSet(BTreeMap<&'static str, Artifact>);

impl ArtifactSet {
    pub fn insert(&mut self, path: &'static str, artifact: Artifact) {
        self.0.insert(path, artifact);
    }

    /// Adds the `MANIFEST` of everything that is in the set, itself included.
    #[must_use]
    pub fn sealed(mut self) -> Self {
        let manifest = Artifact { executable: false, body: Cow::Borrowed("") };
        self.0.insert(MANIFEST, manifest);
        let mut lines = String::new();
        for (path, artifact) in &self.0 {
            // Writing to a String cannot fail.
            let _ = writeln!(lines, "{:04o} {path}", artifact.mode());
        }
        self.0.insert(MANIFEST, Artifact { executable: false, body: Cow::Owned(lines) });
        self
    }

    #[must_use]
    pub fn get(&self, path: &str) -> Option<&Artifact> {
        self.0.get(path)
    }

    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &Artifact)> {
        self.0.iter().map(|(path, artifact)| (*path, artifact))
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }
}
