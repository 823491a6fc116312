//! One of the five fields: which values it holds.

/// The values that one field of a schedule matches, all below 64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    values: u64,
    all: u64,
    star: bool,
}

impl Field {
    /// A field of `first..=last` that begins with a star when `star`: cron's rule of the two day fields asks for that.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = u32>, first: u32, last: u32, star: bool) -> Self {
        let bits = |numbers: &mut dyn Iterator<Item = u32>| numbers.fold(0, |bits, n| bits | 1 << n);
        Self { values: bits(&mut values.into_iter()), all: bits(&mut (first..=last)), star }
    }

    #[must_use]
    pub fn contains(self, value: u32) -> bool {
        value < 64 && self.values & 1 << value != 0
    }

    pub fn values(self) -> impl Iterator<Item = u32> {
        (0..64).filter(move |n| self.contains(*n))
    }

    #[must_use]
    pub fn is_star(self) -> bool {
        self.star
    }

    /// The same field without a restriction.
    #[must_use]
    pub fn freed(self) -> Self {
        Self { values: self.all, ..self }
    }

    #[must_use]
    pub fn is_full(self) -> bool {
        self.values == self.all
    }

    /// The values written out, or `*` for all of them: what every cron library reads alike.
    #[must_use]
    pub fn list(self) -> String {
        if self.is_full() {
            return "*".to_owned();
        }
        self.values().map(|n| n.to_string()).collect::<Vec<_>>().join(",")
    }
}
