//! What the metrics learn of a call.

use std::time::Instant;

/// Counts a call when it ends, also where whoever made it has gone.
pub(super) struct Measured {
    dependency: &'static str,
    began: Instant,
    /// How it ended.
    pub(super) outcome: &'static str,
}

impl Measured {
    pub(super) fn new(dependency: &'static str) -> Self {
        Self {
            dependency,
            began: Instant::now(),
            outcome: "abandoned",
        }
    }
}

impl Drop for Measured {
    fn drop(&mut self) {
        let (dependency, outcome) = (self.dependency, self.outcome);
        metrics::counter!(
            "dependency_calls_total", "dependency" => dependency, "outcome" => outcome
        )
        .increment(1);
        metrics::histogram!("dependency_call_duration_seconds", "dependency" => dependency)
            .record(self.began.elapsed().as_secs_f64());
    }
}

/// Shows that a place is taken.
pub(super) struct InUse(metrics::Gauge);

impl InUse {
    pub(super) fn new(dependency: &'static str) -> Self {
        let gauge = metrics::gauge!("bulkhead_in_use", "dependency" => dependency);
        gauge.increment(1.0);
        Self(gauge)
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}
