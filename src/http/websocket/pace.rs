//! How many messages a client may send: so many in a second on average, and four times as many at once.

use std::time::Duration;
use tokio::time::Instant;

/// Bursts are this many seconds' worth.
const BURST: u32 = 4;

/// What is left of a client's messages.
pub(super) struct Pace {
    /// How long one message takes to come back.
    each: Duration,
    /// When all that was spent will have come back.
    spent_until: Instant,
    burst: Duration,
}

impl Pace {
    pub(super) fn new(per_second: u32, now: Instant) -> Self {
        let each = Duration::from_secs(1) / per_second.max(1);
        Self {
            each,
            spent_until: now,
            burst: each * per_second.saturating_mul(BURST),
        }
    }

    /// Spends one, or says that none is left.
    pub(super) fn spend(&mut self, now: Instant) -> bool {
        let until = self.spent_until.max(now) + self.each;
        if until - now > self.burst {
            return false;
        }
        self.spent_until = until;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bursts_are_let_through_and_come_back() {
        let now = Instant::now();
        let mut pace = Pace::new(50, now);
        let spent = (0..1_000).filter(|_| pace.spend(now)).count();
        assert_eq!(spent, 200);
        let later = now + Duration::from_secs(1);
        assert_eq!((0..1_000).filter(|_| pace.spend(later)).count(), 50);
        let much_later = now + Duration::from_secs(60);
        assert_eq!((0..1_000).filter(|_| pace.spend(much_later)).count(), 200);
    }
}
