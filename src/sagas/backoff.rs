//! How long a step waits after it failed.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(500);
const LONGEST: Duration = Duration::from_secs(300);

/// Twice as long after each failure in a row, from half a second up to five minutes, a quarter more or less by chance.
pub(super) fn after(failures: i64) -> Duration {
    let doublings = u32::try_from(failures.saturating_sub(1))
        .unwrap_or(0)
        .min(16);
    let wait = FIRST.saturating_mul(1 << doublings).min(LONGEST);
    wait.mul_f64(0.75 + fastrand::f64() / 2.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_five_minutes() {
        for (failures, seconds) in [(0, 0.5), (1, 0.5), (2, 1.0), (5, 8.0), (40, 300.0)] {
            let wait = after(failures).as_secs_f64();
            assert!(
                (seconds * 0.75..=seconds * 1.25).contains(&wait),
                "{failures}: {wait}"
            );
        }
    }
}
