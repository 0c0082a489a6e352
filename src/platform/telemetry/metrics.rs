//! The metrics, in Prometheus' text format.

use metrics::{Unit, describe_counter, describe_gauge, describe_histogram};
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

fn describe() {
    describe_counter!(
        "http_requests_total",
        "Requests, by method, route and status; 499 where the client left before it was answered."
    );
    describe_histogram!(
        "http_request_duration_seconds",
        Unit::Seconds,
        "Time from a request's head to its answer's head, by method and route."
    );
    describe_counter!("http_panics_total", "Requests whose handler panicked.");
    describe_histogram!(
        "database_query_duration_seconds",
        Unit::Seconds,
        "Time that SQL statements took, without the wait for a connection."
    );
    describe_gauge!(
        "database_pool_connections",
        "Open database connections, by role of the pool and by state."
    );
    describe_gauge!(
        "graphql_documents_kept",
        "GraphQL documents kept parsed and validated."
    );
    describe_counter!(
        "idempotency_requests_total",
        "Mutations sent with an idempotency key: first, replayed, in_progress (refused, for a twin is worked on), reused \
         (refused, for the key came with another input), taken_over (from a request that died)."
    );
    describe_gauge!(
        "process_resident_memory_bytes",
        Unit::Bytes,
        "Memory of the process that is in RAM."
    );
    describe_gauge!(
        "tradewind_build_info",
        "Always 1; the label says which version runs."
    );
}
