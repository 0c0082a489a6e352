//! Using vouchers: how often that can be is held by the rows themselves, however many try at once.
//!
//! A use has a number among those of the voucher and one among those of whoever uses it, from 1 without gaps, and both are unique. The
//! voucher's row is held from here to the end of the transaction, so that numbers are given one after the other: use vouchers late.

use super::Redeemer;
use crate::{
    error::{Error, Result},
    platform::database::{Tx, lists, together},
};
use chrono::{DateTime, Utc};
use entity::cart::redemption::{Entity, Model};
use entity::ids::{OrderId, SellerId, VoucherId, VoucherRedemptionId};
use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};
use std::collections::HashMap;

/// What a voucher takes off of an order.
#[derive(Clone, Copy, Debug)]
pub struct Use {
    /// The voucher.
    pub voucher: VoucherId,
    /// Who bears it; the platform where this says nothing.
    pub seller: Option<SellerId>,
    /// Minor units of the order's currency.
    pub amount: i64,
}

#[derive(FromQueryResult)]
struct Counted {
    id: VoucherId,
    redeemed: i64,
    customer_limit: Option<i64>,
}

#[derive(FromQueryResult)]
struct Used {
    voucher_id: VoucherId,
    used: i64,
}

/// Uses vouchers for an order: no statement where there are none, three for any number. Returns the first that cannot be used any more: then the transaction is to be rolled back.
///
/// # Errors
/// Whatever the database says.
pub async fn voucher_redeem(
    tx: &Tx,
    order: OrderId,
    by: &Redeemer,
    uses: &[Use],
    now: DateTime<Utc>,
) -> Result<Option<VoucherId>> {
    if uses.is_empty() {
        return Ok(None);
    }
    let ids: Vec<_> = uses.iter().map(|one| one.voucher).collect();
    let counted: HashMap<_, _> = count_up(tx, &ids, now)
        .await?
        .into_iter()
        .map(|row| (row.id, row))
        .collect();
    if let Some(gone) = ids.iter().find(|id| !counted.contains_key(id)) {
        return Ok(Some(*gone));
    }
    let used = used_by(tx, &ids, by).await?;
    let mut rows = Vec::with_capacity(uses.len());
    for one in uses {
        let voucher = counted.get(&one.voucher).ok_or_else(missing)?;
        let nth = used.get(&one.voucher).copied().unwrap_or(0) + 1;
        if voucher.customer_limit.is_some_and(|limit| nth > limit) {
            return Ok(Some(one.voucher));
        }
        rows.push(Model {
            id: VoucherRedemptionId::generate(),
            voucher_id: one.voucher,
            seller_id: one.seller,
            customer_id: by.customer,
            redeemer: by.key.clone(),
            order_id: order,
            amount: one.amount,
            slot: Some(voucher.redeemed),
            nth: Some(nth),
            created_at: now,
            released_at: None,
        });
    }
    together::insert::<Entity>(tx, &rows).await?;
    Ok(None)
}

fn missing() -> Error {
    Error::internal(anyhow::anyhow!("a voucher that was counted is not there"))
}

/// Counts one more use of each that can be used, taken in the order of their ids.
async fn count_up(tx: &Tx, ids: &[VoucherId], now: DateTime<Utc>) -> Result<Vec<Counted>> {
    let backend = tx.get_database_backend();
    let among = lists::among_ids(backend);
    let held = match backend {
        DbBackend::Postgres => "ORDER BY id FOR NO KEY UPDATE",
        // Nobody else writes.
        _ => "",
    };
    let sql = format!(
        "WITH held AS (SELECT id FROM voucher WHERE id {among} {held}) \
         UPDATE voucher SET redeemed = redeemed + 1 WHERE id IN (SELECT id FROM held) AND active \
           AND (total_limit IS NULL OR redeemed < total_limit) \
           AND (starts_at IS NULL OR starts_at <= $2) AND (ends_at IS NULL OR ends_at > $2) \
         RETURNING id, redeemed, customer_limit"
    );
    let values = [lists::of_ids(backend, ids), now.into()];
    let statement = Statement::from_sql_and_values(backend, sql, values);
    Ok(Counted::find_by_statement(statement).all(tx).await?)
}

/// How often whoever it is uses each.
async fn used_by(tx: &Tx, ids: &[VoucherId], by: &Redeemer) -> Result<HashMap<VoucherId, i64>> {
    let backend = tx.get_database_backend();
    let sql = format!(
        "SELECT voucher_id, count(*) AS used FROM voucher_redemption \
         WHERE voucher_id {} AND redeemer = $2 AND nth IS NOT NULL GROUP BY voucher_id",
        lists::among_ids(backend)
    );
    let values = [lists::of_ids(backend, ids), by.key.as_str().into()];
    let statement = Statement::from_sql_and_values(backend, sql, values);
    let rows = Used::find_by_statement(statement).all(tx).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.voucher_id, row.used))
        .collect())
}
