//! Secrets are found, never held.

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use std::fmt;

/// Where the host finds a secret at run time: a variable of the stack's `.env`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretRef {
    pub variable: String,
}

/// A secret of the input, read past: only that it was there is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Withheld;

impl<'de> Deserialize<'de> for Withheld {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(ReadPast)
    }
}

struct ReadPast;

impl Visitor<'_> for ReadPast {
    type Value = Withheld;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a secret")
    }

    fn visit_str<E: Error>(self, _: &str) -> Result<Withheld, E> {
        Ok(Withheld)
    }
}

/// Whether a string carries credentials by its form: an address with a user part (RFC 3986, section 3.2.1).
#[must_use]
pub fn holds_credentials(text: &str) -> bool {
    text.contains("://") || text.split_once('@').is_some_and(|(user, _)| user.contains(':'))
}

/// Whether the value under this key is a secret: by its name, so that a key of a later deployer counts too.
#[must_use]
pub fn is_secret_key(key: &str) -> bool {
    let key = key.to_ascii_lowercase();
    ["password", "passwd", "passphrase", "token", "secret"].iter().any(|word| key.contains(word))
}
