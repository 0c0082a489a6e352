//! Where stock that was written by itself lies, and the movements that it came by: for seeds, which write rows of all rooms at once.

use crate::{
    error::Result,
    platform::database::{Tx, lists},
};
use entity::ids::SellerId;
use sea_orm::{ConnectionTrait, Statement};

/// Has the stock of `sellers` that lies nowhere lie at their first locations, with movements that say it was there; says how many rows
/// that took. Two statements.
///
/// # Errors
/// Whatever the database says.
pub async fn stock_open(tx: &Tx, sellers: &[SellerId]) -> Result<usize> {
    let backend = tx.get_database_backend();
    let among = lists::among_ids(backend);
    // A variant has one opening movement at most, so its id is the variant's.
    let movements = format!(
        "INSERT INTO stock_movement (id, seller_id, variant_id, location_id, reason, delta, on_hand, actor, occurred_at) \
         SELECT level.variant_id, level.seller_id, level.variant_id, level.location_id, 'OPENING', level.on_hand, level.on_hand, \
             'SYSTEM', level.updated_at \
         FROM stock_level AS level WHERE level.seller_id {among} AND NOT EXISTS ( \
             SELECT 1 FROM stock_movement AS known WHERE known.variant_id = level.variant_id)"
    );
    let levels = format!(
        "INSERT INTO stock_level (variant_id, location_id, seller_id, on_hand, updated_at) \
         SELECT variant_id, seller_id, seller_id, on_hand, updated_at FROM stock \
         WHERE seller_id {among} AND on_hand > 0 AND NOT EXISTS ( \
             SELECT 1 FROM stock_level AS known WHERE known.variant_id = stock.variant_id)"
    );
    let mut rows = 0;
    for sql in [levels, movements] {
        let ids = lists::of_ids(backend, sellers);
        let done = tx
            .execute_raw(Statement::from_sql_and_values(backend, sql, [ids]))
            .await?;
        rows += usize::try_from(done.rows_affected()).unwrap_or(usize::MAX);
    }
    Ok(rows)
}
