//! The time, from one place, so that tests can set it.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use std::sync::{Arc, Mutex, PoisonError};

/// Tells the time: the machine's, or one that a test sets.
#[derive(Clone, Debug, Default)]
pub struct Clock {
    /// Added to the machine's time.
    offset: Arc<Mutex<TimeDelta>>,
}

impl Clock {
    /// Now, in UTC, to the microsecond: what PostgreSQL keeps, so that a time reads back as it was written.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        #[expect(
            clippy::disallowed_methods,
            reason = "this is the one place that asks the machine"
        )]
        let now = Utc::now() + *self.offset.lock().unwrap_or_else(PoisonError::into_inner);
        now.duration_trunc(TimeDelta::microseconds(1))
            .unwrap_or(now)
    }

    /// Moves the clock, for tests.
    pub fn advance(&self, by: TimeDelta) {
        *self.offset.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}
