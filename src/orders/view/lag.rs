//! How far the view is behind, for the metrics.

use super::{ViewChanged, ViewPlaced};
use crate::{app::App, error::Result, outbox};

/// Sets the gauge, and says what to: the age of the oldest event about orders that the view has not taken in, in seconds.
///
/// # Errors
/// Whatever the database says.
pub async fn measure(app: &App) -> Result<f64> {
    let placed = outbox::oldest_pending::<ViewPlaced>(app).await?;
    let changed = outbox::oldest_pending::<ViewChanged>(app).await?;
    let seconds = placed.max(changed);
    metrics::gauge!("order_view_lag_seconds").set(seconds);
    Ok(seconds)
}
