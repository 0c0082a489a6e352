//! How many products of a shop are active: counted on the shop, where a constraint holds it to the plan's limit.

use crate::{
    error::{Error, OnConstraint, Result},
    platform::database::{Tx, lists},
};
use entity::ids::SellerId;
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// Counts the active products of `sellers` anew.
///
/// # Errors
/// Conflict when a shop would have more than its plan allows.
pub(crate) async fn refresh(tx: &Tx, sellers: &[SellerId]) -> Result<()> {
    if sellers.is_empty() {
        return Ok(());
    }
    let backend = tx.get_database_backend();
    let among = lists::among_ids(backend);
    let run = |sql: String| {
        let ids = lists::of_ids(backend, sellers);
        tx.execute_raw(Statement::from_sql_and_values(backend, sql, [ids]))
    };
    if backend == DbBackend::Postgres {
        // Held before they are counted: a count that waited for another transaction's would miss its products.
        run(format!(
            "SELECT id FROM seller WHERE id {among} ORDER BY id FOR NO KEY UPDATE"
        ))
        .await?;
    }
    // Counted for all at once: counted for each, a plan from when there were few products would read them all
    // for each.
    run(format!(
        "UPDATE seller SET active_products = counted.active \
         FROM (SELECT seller.id, coalesce(active.number, 0) AS active FROM seller LEFT JOIN ( \
                 SELECT seller_id, count(*) AS number FROM product \
                 WHERE status = 'ACTIVE' AND seller_id {among} GROUP BY seller_id \
               ) AS active ON active.seller_id = seller.id WHERE seller.id {among}) AS counted \
         WHERE seller.id = counted.id AND seller.active_products <> counted.active"
    ))
    .await
    .on_constraint("seller_active_products_within_limit", || {
        Error::Conflict(
            "The shop would have more active products than its plan allows. Take some of them off the shelf, \
             or ask for a larger plan."
                .to_owned(),
        )
    })?;
    Ok(())
}
