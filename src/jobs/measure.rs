//! How much there is to do, for the metrics.

use super::find::statuses;
use crate::{app::App, error::Result};

/// Sets the gauges of every queue.
///
/// # Errors
/// Whatever the database says.
#[expect(
    clippy::cast_precision_loss,
    reason = "there are fewer jobs than a float can count"
)]
pub(crate) async fn measure(app: &App) -> Result<()> {
    for queue in statuses(app.database.write()).await? {
        let counts = [
            ("waiting", queue.waiting),
            ("running", queue.running),
            ("dead", queue.dead),
        ];
        for (state, count) in counts {
            metrics::gauge!("jobs_depth", "queue" => queue.name.clone(), "state" => state)
                .set(count as f64);
        }
        let is_paused = f64::from(u8::from(queue.paused_at.is_some()));
        metrics::gauge!("jobs_queue_paused", "queue" => queue.name.clone()).set(is_paused);
        metrics::gauge!("jobs_oldest_seconds", "queue" => queue.name).set(queue.oldest_seconds);
    }
    Ok(())
}
