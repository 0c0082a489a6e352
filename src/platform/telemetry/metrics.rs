//! The metrics, in Prometheus' text format.

use super::descriptions::describe;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use std::sync::OnceLock;

static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();

/// Seconds; a request's deadline is ten by default.
const REQUEST_BUCKETS: &[f64] = &[
    0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];
/// Seconds; a statement's deadline is five by default.
const QUERY_BUCKETS: &[f64] = &[
    0.000_1, 0.000_25, 0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5,
    5.0,
];

/// Seconds; a job's time-out is a minute by default, and an hour for the longest.
const JOB_BUCKETS: &[f64] = &[
    0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 300.0, 3_600.0,
];

/// Starts counting for this process. Whoever measures earlier measures for nobody, so this comes before the
/// database is connected to.
pub fn init_metrics() {
    HANDLE.get_or_init(|| {
        let full = |name: &str| Matcher::Full(name.to_owned());
        let builder = PrometheusBuilder::new()
            .set_buckets_for_metric(full("http_request_duration_seconds"), REQUEST_BUCKETS)
            .and_then(|builder| {
                builder
                    .set_buckets_for_metric(full("database_query_duration_seconds"), QUERY_BUCKETS)
            })
            .and_then(|builder| {
                builder.set_buckets_for_metric(full("graphql_operation_seconds"), REQUEST_BUCKETS)
            })
            .and_then(|builder| {
                let name = full("dependency_call_duration_seconds");
                builder.set_buckets_for_metric(name, REQUEST_BUCKETS)
            })
            .and_then(|builder| {
                builder.set_buckets_for_metric(full("job_duration_seconds"), JOB_BUCKETS)
            })
            // Only a list without buckets is refused.
            .unwrap_or_default();
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        // Fails when there is a recorder already; then that one was meant.
        let _ = metrics::set_global_recorder(recorder);
        describe();
        handle
    });
}

/// Everything measured so far.
#[must_use]
pub fn render_metrics() -> String {
    init_metrics();
    HANDLE
        .get()
        .map(PrometheusHandle::render)
        .unwrap_or_default()
}

/// Folds what was measured into its buckets, so that it does not pile up where nobody reads the metrics.
pub fn tidy_metrics() {
    if let Some(handle) = HANDLE.get() {
        handle.run_upkeep();
    }
}
