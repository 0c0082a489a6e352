//! Saying with how many units there are too few.

use super::hold;
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    inventory::{
        LowStock, Stock,
        rules::{MOST_UNITS, is_low},
    },
    outbox,
    platform::database::Tx,
    sellers::members::{ShopPermission, may},
};
use entity::ids::VariantId;
use entity::inventory::stock::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

/// The threshold as whoever sets it has read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Whatever it is.
    Any,
    /// This, or none.
    Is(Option<i64>),
}

/// Has a variant be low with so many units to be had, or fewer; never, where that is nothing. Where the threshold is `expected`, where that is said.
///
/// # Errors
/// Invalid where it is no number of units; Conflict where it is not as it was read; `NotFound` for whoever does not work in the shop, Forbidden for whoever does and may not.
pub(crate) async fn stock_threshold_set(
    caller: &Caller,
    tx: &Tx,
    variant: VariantId,
    threshold: Option<i64>,
    expected: Expected,
) -> Result<VariantId> {
    if threshold.is_some_and(|units| !(0..=MOST_UNITS).contains(&units)) {
        let message = format!("A threshold is 0 to {MOST_UNITS} units, or nothing.");
        return Err(Error::invalid("input.threshold", message));
    }
    let seller = hold::seller_of(tx, variant).await?;
    may(tx, caller, seller, ShopPermission::StockWrite)
        .await
        .map_err(|error| match error {
            Error::NotFound(_) => Error::NotFound("variant"),
            error => error,
        })?;
    let now = caller.clock.now();
    let mut totals = hold::totals(tx, seller, &[variant], now).await?;
    let before = totals.remove(&variant).ok_or(Error::NotFound("variant"))?;
    if matches!(expected, Expected::Is(read) if read != before.low_threshold) {
        return Err(Error::Conflict(
            "The threshold was changed since you read it. Read it again, and change that."
                .to_owned(),
        ));
    }
    if before.low_threshold == threshold {
        return Ok(variant);
    }
    let mut after = Stock {
        low_threshold: threshold,
        ..before.clone()
    };
    after.is_low = is_low(&after);
    Entity::update_many()
        .col_expr(Column::LowThreshold, Expr::value(threshold))
        .col_expr(Column::IsLow, Expr::value(after.is_low))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::VariantId.eq(variant))
        .exec(tx)
        .await?;
    if let (true, false, Some(threshold)) = (after.is_low, before.is_low, threshold) {
        let low = LowStock {
            variant_id: variant,
            product_id: before.product_id,
            seller_id: seller,
            available: before.on_hand.saturating_sub(before.reserved),
            threshold,
        };
        outbox::emit_one(tx, &low).await?;
    }
    let entry = Entry::new("stock.threshold", "variant", variant)
        .of_shop(seller)
        .change("lowThreshold", before.low_threshold, threshold);
    audit::record(tx, caller, &[entry]).await?;
    Ok(variant)
}
