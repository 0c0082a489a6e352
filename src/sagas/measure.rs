//! How many sagas are under way, for the metrics.

use crate::{app::App, error::Result};
use sea_orm::{ConnectionTrait, Statement};

/// Sets the gauge of each state that is not the end.
///
/// # Errors
/// Whatever the database says.
#[expect(
    clippy::cast_precision_loss,
    reason = "there are fewer sagas than a float can count"
)]
pub(crate) async fn measure(app: &App) -> Result<()> {
    let states = ["RUNNING", "COMPENSATING", "STUCK"];
    let sql = "SELECT state, count(*) AS number FROM saga WHERE state IN ('RUNNING', 'COMPENSATING', 'STUCK') GROUP BY state";
    let statement = Statement::from_string(app.database.backend(), sql);
    let rows = app.database.write().query_all_raw(statement).await?;
    let mut counts = [0_i64; 3];
    for row in rows {
        let state: String = row.try_get("", "state")?;
        if let Some(index) = states.iter().position(|known| *known == state) {
            counts[index] = row.try_get("", "number")?;
        }
    }
    for (state, count) in states.into_iter().zip(counts) {
        metrics::gauge!("sagas_depth", "state" => state).set(count as f64);
    }
    Ok(())
}
