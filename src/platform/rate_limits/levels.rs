//! How full what may be spent is.

use super::Limit;
use std::time::Duration;

/// What came of spending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Spent {
    /// There was so much of everything, and it was taken. The levels are those after.
    All(Vec<Level>),
    /// There was not, and nothing was taken.
    Nothing {
        /// The wait until there would be.
        after: Duration,
        /// Of what there was too little for longest.
        by: Option<Limit>,
        /// How full each is.
        levels: Vec<Level>,
    },
}

/// How full a limit is for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// Which it is.
    pub limit: Limit,
    /// How many there are when it is full.
    pub maximum: u32,
    /// How many there are now.
    pub available: u32,
    /// After how long there is one more.
    pub one_in: Duration,
}

impl Level {
    pub(super) fn new(limit: Limit, maximum: u32, one_in: Duration, spent: Duration) -> Self {
        // What has come back in part has not come back.
        let spent = spent.as_nanos().div_ceil(one_in.as_nanos().max(1));
        let spent = u32::try_from(spent).unwrap_or(u32::MAX);
        Self {
            limit,
            maximum,
            available: maximum.saturating_sub(spent),
            one_in,
        }
    }

    /// The same with `n` given back.
    #[must_use]
    pub fn with_given_back(self, n: u32) -> Self {
        Self {
            available: self.available.saturating_add(n).min(self.maximum),
            ..self
        }
    }

    /// How many come back in a second.
    #[must_use]
    pub fn restore_per_second(&self) -> u32 {
        let one_in = self.one_in.as_nanos().max(1);
        // Rounded, for the other way round it was cut to whole nanoseconds.
        let per_second = (1_000_000_000 + one_in / 2) / one_in;
        u32::try_from(per_second).unwrap_or(u32::MAX)
    }

    /// After how long it is full again.
    #[must_use]
    pub fn full_in(&self) -> Duration {
        let missing = self.maximum - self.available.min(self.maximum);
        self.one_in.saturating_mul(missing)
    }
}
