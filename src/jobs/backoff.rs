//! How long a job waits after it failed.

use std::time::Duration;

const FIRST: Duration = Duration::from_secs(2);
const LONGEST: Duration = Duration::from_secs(3_600);

/// Twice as long after each attempt, from two seconds up to an hour: twenty attempts take about ten hours.
pub(super) fn exponential(attempt: u16) -> Duration {
    let doublings = u32::from(attempt.saturating_sub(1)).min(16);
    FIRST.saturating_mul(1 << doublings).min(LONGEST)
}

/// `wait`, a quarter shorter to a quarter longer, so that what failed together does not come back together.
pub(super) fn jittered(wait: Duration) -> Duration {
    wait.mul_f64(0.75 + fastrand::f64() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_an_hour() {
        let seconds = [1, 2, 3, 11, 12, 20, u16::MAX].map(|attempt| exponential(attempt).as_secs());
        assert_eq!(seconds, [2, 4, 8, 2_048, 3_600, 3_600, 3_600]);
        let jittered: Vec<_> = (0..200).map(|_| jittered(FIRST).as_secs_f64()).collect();
        assert!(jittered.iter().all(|wait| (1.5..=2.5).contains(wait)));
        assert!(jittered.iter().any(|wait| *wait < 1.9) && jittered.iter().any(|wait| *wait > 2.1));
    }
}
