//! Absolute paths, each as seen from one view. Only [`Mounts`] crosses from one view to another.

use serde::{Serialize, Serializer};
use std::{fmt, marker::PhantomData};

/// Somebody who sees a file system of their own.
pub trait View: Clone + fmt::Debug {}

macro_rules! views {
    ($($(#[$doc:meta])* $name:ident),*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name;
        impl View for $name {}
    )*};
}
views!(
    /// The machine that runs the containers.
    Host,
    /// The tracker's container.
    Tracker,
    /// The backup container.
    Backup
);

/// An absolute, normalised path as seen from `V`: safe alphabet, no `.` or `..`, no doubled or trailing slash.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place<V> {
    path: String,
    view: PhantomData<V>,
}

/// Why a path is no [`Place`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceError {
    NotAbsolute,
    Character(char),
    Dots,
    Empty,
}

impl fmt::Display for PlaceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAbsolute => f.write_str("it is not absolute"),
            Self::Character(c) => write!(f, "it holds {c:?}; letters, digits and `._/@+-` are safe everywhere"),
            Self::Dots => f.write_str("it has a `.` or `..` step, which could lead out of its directory"),
            Self::Empty => f.write_str("it has an empty step (`//`, or a slash at the end)"),
        }
    }
}

/// Whether a character means itself in every language that is written: shell, YAML, cron, compose, systemd.
fn is_safe(c: char) -> bool {
    c.is_ascii_alphanumeric() || "._/@+-".contains(c)
}

impl<V: View> Place<V> {
    /// Takes an absolute path.
    ///
    /// # Errors
    /// [`PlaceError`] when it is not absolute, not normalised, or not of the safe alphabet.
    pub fn new(path: impl Into<String>) -> Result<Self, PlaceError> {
        let path = path.into();
        let Some(relative) = path.strip_prefix('/') else {
            return Err(PlaceError::NotAbsolute);
        };
        check_steps(relative)?;
        Ok(Self { path, view: PhantomData })
    }

    /// A path written in the deployer's layout or in trackgen itself, joined below this one.
    ///
    /// # Errors
    /// [`PlaceError`] as for [`Place::new`]; a `relative` that begins with a slash is an empty step.
    pub fn join(&self, relative: &str) -> Result<Self, PlaceError> {
        check_steps(relative)?;
        Ok(Self { path: format!("{}/{relative}", self.path), view: PhantomData })
    }

    /// The path of `given`, which is relative to this one or absolute.
    ///
    /// # Errors
    /// [`PlaceError`] as for [`Place::new`].
    pub fn resolve(&self, given: &str) -> Result<Self, PlaceError> {
        if given.starts_with('/') { Self::new(given) } else { self.join(given) }
    }

    /// The directory it is in; `None` for a path of one step.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (head, _) = self.path.rsplit_once('/')?;
        (!head.is_empty()).then(|| Self { path: head.to_owned(), view: PhantomData })
    }

    /// What is left of it below `base`; empty when both are the same.
    #[must_use]
    pub fn below(&self, base: &Self) -> Option<&str> {
        let rest = self.path.strip_prefix(&base.path)?;
        if rest.is_empty() { Some(rest) } else { rest.strip_prefix('/') }
    }

    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.path
    }
}

fn check_steps(relative: &str) -> Result<(), PlaceError> {
    if let Some(c) = relative.chars().find(|c| !is_safe(*c)) {
        return Err(PlaceError::Character(c));
    }
    for step in relative.split('/') {
        match step {
            "" => return Err(PlaceError::Empty),
            "." | ".." => return Err(PlaceError::Dots),
            _ => {}
        }
    }
    Ok(())
}

impl<V> fmt::Display for Place<V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}

impl<V> Serialize for Place<V> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.path)
    }
}

/// Host directories as they are mounted in `V`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mounts<V>(Vec<(Place<Host>, Place<V>)>);

impl<V: View + PartialEq> Mounts<V> {
    #[must_use]
    pub fn new(pairs: impl IntoIterator<Item = (Place<Host>, Place<V>)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// The name that `V` has for a host path, by the deepest mount that holds it.
    #[must_use]
    pub fn inside(&self, host: &Place<Host>) -> Option<Place<V>> {
        let (base, target) =
            self.0.iter().filter(|(base, _)| host.below(base).is_some()).max_by_key(|(base, _)| base.path.len())?;
        graft(host.below(base)?, target)
    }

    /// The host path behind a name that `V` has, by the deepest mount that holds it.
    #[must_use]
    pub fn host(&self, inside: &Place<V>) -> Option<Place<Host>> {
        let (base, target) = self
            .0
            .iter()
            .filter(|(_, target)| inside.below(target).is_some())
            .max_by_key(|(_, target)| target.path.len())?;
        graft(inside.below(target)?, base)
    }

    pub fn iter(&self) -> impl Iterator<Item = &(Place<Host>, Place<V>)> {
        self.0.iter()
    }
}

fn graft<V: View>(rest: &str, base: &Place<V>) -> Option<Place<V>> {
    if rest.is_empty() { Some(base.clone()) } else { base.join(rest).ok() }
}
