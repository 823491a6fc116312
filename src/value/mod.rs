//! The shared words. This room depends on no other.

pub mod code;
pub mod image_reference;
pub mod issue;
pub mod pointer;
pub mod schedule;
pub mod timezone;

mod place;
mod secret;

pub use code::{Code, Severity};
pub use issue::{Issue, Part};
pub use place::{Backup, Host, Mounts, Place, PlaceError, Tracker, View};
pub use pointer::Pointer;
pub use schedule::Schedule;
pub use secret::{SecretRef, Withheld, holds_credentials, is_secret_key};
