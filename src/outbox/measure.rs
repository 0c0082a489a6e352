//! How far behind the relay is, for the metrics.

use crate::{app::App, error::Result};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// What waits for the relay.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Lag {
    /// How many events.
    pub depth: i64,
    /// The age of the oldest of them, in seconds.
    pub seconds: f64,
}

/// Sets the gauges, and says what to.
///
/// # Errors
/// Whatever the database says.
#[expect(
    clippy::cast_precision_loss,
    reason = "there are fewer events than a float can count"
)]
pub async fn measure(app: &App) -> Result<Lag> {
    let backend = app.database.backend();
    let age = match backend {
        DbBackend::Postgres => "extract(epoch FROM clock_timestamp() - occurred_at)",
        _ => "(julianday('now') - julianday(occurred_at)) * 86400",
    };
    let sql = format!(
        "SELECT (SELECT count(*) FROM outbox_event WHERE feed_position IS NULL) AS depth, \
           (SELECT CAST({age} AS double precision) FROM outbox_event WHERE feed_position IS NULL \
            ORDER BY position LIMIT 1) AS age"
    );
    let db = app.database.write();
    let row = db
        .query_one_raw(Statement::from_string(backend, sql))
        .await?;
    let mut lag = Lag::default();
    if let Some(row) = row {
        let age: Option<f64> = row.try_get("", "age")?;
        lag.depth = row.try_get("", "depth")?;
        lag.seconds = age.unwrap_or_default().max(0.0);
    }
    metrics::gauge!("outbox_depth").set(lag.depth as f64);
    metrics::gauge!("outbox_lag_seconds").set(lag.seconds);
    Ok(lag)
}
