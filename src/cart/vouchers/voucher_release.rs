//! Giving back uses of vouchers, for an order that is not to be.

use crate::{error::Result, platform::database::Tx};
use chrono::{DateTime, Utc};
use entity::cart::redemption::{Column, Entity, Model};
use entity::cart::voucher;
use entity::ids::OrderId;
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Statement,
    sea_query::Expr,
};

/// Gives back every use of vouchers for the order. The last use of each takes the number of the one that goes, so that there are no
/// gaps. Done twice, it changes nothing. The vouchers' rows are held until the transaction ends, taken in the order of their ids.
///
/// # Errors
/// Whatever the database says.
pub async fn voucher_release(tx: &Tx, order: OrderId, now: DateTime<Utc>) -> Result<()> {
    let of_order = || {
        Entity::find()
            .filter(Column::OrderId.eq(order))
            .filter(Column::ReleasedAt.is_null())
            .order_by_asc(Column::VoucherId)
    };
    for seen in of_order().all(tx).await? {
        // Everyone who gives or takes a number of this voucher holds it first.
        let held = voucher::Entity::find_by_id(seen.voucher_id).lock_exclusive();
        held.one(tx).await?;
        // Its numbers may have changed while we waited, and a twin may have given it back.
        let found = of_order().filter(Column::Id.eq(seen.id)).one(tx).await?;
        if let Some(redemption) = found {
            release(tx, &redemption, now).await?;
        }
    }
    Ok(())
}

async fn release(tx: &Tx, row: &Model, now: DateTime<Utc>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::Slot, Expr::value(None::<i64>))
        .col_expr(Column::Nth, Expr::value(None::<i64>))
        .col_expr(Column::ReleasedAt, Expr::value(now))
        .filter(Column::Id.eq(row.id))
        .exec(tx)
        .await?;
    let run = async |sql: &str, values: Vec<sea_orm::Value>| {
        let backend = tx.get_database_backend();
        let statement = Statement::from_sql_and_values(backend, sql, values);
        tx.execute_raw(statement).await
    };
    run(
        "UPDATE voucher_redemption SET slot = $2 WHERE voucher_id = $1 AND slot = \
         (SELECT max(slot) FROM voucher_redemption WHERE voucher_id = $1) AND slot > $2",
        vec![row.voucher_id.0.into(), row.slot.into()],
    )
    .await?;
    run(
        "UPDATE voucher_redemption SET nth = $3 WHERE voucher_id = $1 AND redeemer = $2 AND nth = \
         (SELECT max(nth) FROM voucher_redemption WHERE voucher_id = $1 AND redeemer = $2) AND nth > $3",
        vec![
            row.voucher_id.0.into(),
            row.redeemer.as_str().into(),
            row.nth.into(),
        ],
    )
    .await?;
    run(
        "UPDATE voucher SET redeemed = redeemed - 1 WHERE id = $1",
        vec![row.voucher_id.0.into()],
    )
    .await?;
    Ok(())
}
