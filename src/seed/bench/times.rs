//! When things happened in the bench shop: somewhere in 2025, each unit in a slice of the year of its own.
//!
//! Slices follow each other, so later units have later times and later ids, and inserting them appends to the
//! indexes by id instead of scattering over them.

use chrono::{DateTime, Utc};

/// 2025-01-01T00:00:00Z in milliseconds after the epoch.
const YEAR_START: i64 = 1_735_689_600_000;
const YEAR_LENGTH: i64 = 365 * 24 * 60 * 60 * 1_000;

/// A slice of the year, in milliseconds after the epoch.
#[derive(Clone, Copy)]
pub(super) struct Slice {
    start: i64,
    length: i64,
}

impl Slice {
    /// The slice of unit `index` of `units`.
    pub(super) fn of(index: u32, units: u32) -> Self {
        let edge = |index: u32| YEAR_LENGTH * i64::from(index) / i64::from(units);
        Self {
            start: YEAR_START + edge(index),
            length: edge(index + 1) - edge(index),
        }
    }

    /// The time `part` of `whole` into the slice.
    pub(super) fn at(self, part: i64, whole: i64) -> i64 {
        self.start + self.length * part / whole
    }
}

/// When what every unit shares was there: the start of the year.
pub(super) const fn beginning() -> i64 {
    YEAR_START
}

/// The time as the database keeps it.
pub(super) fn time(milliseconds: i64) -> DateTime<Utc> {
    // Out of range only for years beyond 262,000.
    DateTime::from_timestamp_millis(milliseconds).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_follow_each_other_and_fill_the_year() {
        assert_eq!(
            time(Slice::of(0, 3).at(0, 1)).to_rfc3339(),
            "2025-01-01T00:00:00+00:00"
        );
        assert_eq!(Slice::of(0, 3).at(1, 1), Slice::of(1, 3).at(0, 1));
        assert_eq!(
            time(Slice::of(2, 3).at(1, 1)).to_rfc3339(),
            "2026-01-01T00:00:00+00:00"
        );
    }
}
