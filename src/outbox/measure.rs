//! How far behind the relay is, for the metrics.

use crate::{app::App, error::Result};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// Sets the gauges.
///
/// # Errors
/// Whatever the database says.
#[expect(
    clippy::cast_precision_loss,
    reason = "there are fewer events than a float can count"
)]
pub async fn measure(app: &App) -> Result<()> {
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
    let Some(row) = db
        .query_one_raw(Statement::from_string(backend, sql))
        .await?
    else {
        return Ok(());
    };
    let depth: i64 = row.try_get("", "depth")?;
    let age: Option<f64> = row.try_get("", "age")?;
    metrics::gauge!("outbox_depth").set(depth as f64);
    metrics::gauge!("outbox_lag_seconds").set(age.unwrap_or_default().max(0.0));
    Ok(())
}
