//! What Prometheus reads.

use super::edge::Edge;
use crate::{app::App, jobs, orders, outbox, platform::telemetry, sagas};
use axum::{
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};
use std::time::Duration;

/// Everything measured so far, and what is measured only when it is asked for.
pub(super) async fn metrics(State(edge): State<Edge>) -> Response {
    telemetry::init_metrics();
    metrics::gauge!("tradewind_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
    edge.engine().measure();
    edge.app().shops.show();
    edge.app().catalogue.show();
    edge.app().reviews.show();
    edge.app().faces.show();
    metrics::gauge!("http_requests_in_flight").set(f64::from(edge.slots().taken()));
    metrics::gauge!("subscription_connections").set(f64::from(edge.seats().taken()));
    if let Some(bytes) = resident_memory() {
        metrics::gauge!("process_resident_memory_bytes").set(bytes);
    }
    let (mut idle, mut busy) = ([0_u32; 2], [0_u32; 2]);
    let roles = ["writer", "reader"];
    for pool in edge.app().database.pools() {
        let role = usize::from(pool.role != roles[0]);
        idle[role] += pool.idle;
        busy[role] += pool.busy;
    }
    for (index, role) in roles.into_iter().enumerate() {
        for (state, connections) in [("idle", idle[index]), ("busy", busy[index])] {
            metrics::gauge!("database_pool_connections", "role" => role, "state" => state)
                .set(f64::from(connections));
        }
    }
    measure_machinery(edge.app()).await;
    let content_type = "text/plain; version=0.0.4; charset=utf-8";
    (
        [(header::CONTENT_TYPE, content_type)],
        telemetry::render_metrics(),
    )
        .into_response()
}

/// What the database knows of jobs and events. A database that is away must not take the other metrics with it.
async fn measure_machinery(app: &App) {
    const PATIENCE: Duration = Duration::from_secs(1);
    let measured = async {
        jobs::measure::measure(app).await?;
        sagas::measure::measure(app).await?;
        outbox::measure(app).await?;
        orders::measure_view(app).await
    };
    match tokio::time::timeout(PATIENCE, measured).await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::warn!(
            error = error.for_operator(),
            "jobs and events could not be counted"
        ),
        Err(_) => tracing::warn!("jobs and events could not be counted in time"),
    }
}

/// Bytes of the process in RAM, where the system tells.
fn resident_memory() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1_024.0)
}
