//! Two trees side by side: one that is there or was rendered, and one that would be.

use super::ArtifactSet;
use similar::TextDiff;
use std::{borrow::Cow, collections::BTreeMap};

/// Files by their path, each with its text and whether it is executable.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Files<'a>(pub BTreeMap<Cow<'a, str>, (Cow<'a, str>, bool)>);

impl<'a> From<&'a ArtifactSet> for Files<'a> {
    fn from(set: &'a ArtifactSet) -> Self {
        let file = |(path, artifact): (&'static str, &'a super::Artifact)| {
            (Cow::Borrowed(path), (Cow::Borrowed(artifact.body.as_ref()), artifact.executable))
        };
        Self(set.iter().map(file).collect())
    }
}

/// How one file differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// The hunks of a unified diff.
    Changed {
        path: String,
        diff: String,
    },
    /// It has the wrong mode; `executable` is what it would be.
    Mode {
        path: String,
        executable: bool,
    },
    Added {
        path: String,
    },
    Removed {
        path: String,
    },
}

impl Files<'_> {
    /// What would have to be done to become the other, in the order of paths, with what is to be removed at the end.
    #[must_use]
    pub fn to(&self, other: &Files) -> Vec<Difference> {
        let change = |(path, (text, executable)): (&Cow<str>, &(Cow<str>, bool))| {
            let path = path.to_string();
            let Some((old, mode)) = self.0.get(path.as_str()) else { return vec![Difference::Added { path }] };
            let mode = (mode != executable).then(|| Difference::Mode { path: path.clone(), executable: *executable });
            let changed = (old != text).then(|| {
                let diff = TextDiff::from_lines(old.as_ref(), text.as_ref()).unified_diff().to_string();
                Difference::Changed { path, diff }
            });
            changed.into_iter().chain(mode).collect()
        };
        let gone = self.0.keys().filter(|path| !other.0.contains_key(*path));
        let gone = gone.map(|path| Difference::Removed { path: path.to_string() });
        other.0.iter().flat_map(change).chain(gone).collect()
    }
}
