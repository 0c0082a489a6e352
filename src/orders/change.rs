//! Changing states: conditional updates, as the table of transitions has it.

use super::{
    FulfilmentState, OrderState,
    rules::{fulfilment_before, order_before},
};
use crate::{
    error::{Error, Result},
    platform::database::Tx,
};
use chrono::{DateTime, Utc};
use entity::ids::{FulfilmentId, OrderId};
use entity::orders::{fulfilment, order};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, UpdateMany,
    sea_query::{Expr, ExprTrait},
};

/// An update of an order that says when, and counts it.
pub(super) fn order_update(id: OrderId, now: DateTime<Utc>) -> UpdateMany<order::Entity> {
    use order::Column as C;
    order::Entity::update_many()
        .col_expr(C::Version, Expr::col(C::Version).add(1))
        .col_expr(C::UpdatedAt, Expr::value(now))
        .filter(C::Id.eq(id))
}

/// Brings the order to another state, if it may come there from where it is. Whether it did.
pub(super) async fn order_to(
    tx: &Tx,
    id: OrderId,
    to: OrderState,
    now: DateTime<Utc>,
) -> Result<bool> {
    let done = order_update(id, now)
        .col_expr(order::Column::State, Expr::value(to))
        .filter(order::Column::State.is_in(order_before(to)))
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

/// Holds the order until the transaction ends, while it is paid and not over: whoever decides about its parts does this first.
///
/// # Errors
/// Conflict where it is not.
pub(super) async fn hold_confirmed(tx: &Tx, id: OrderId, now: DateTime<Utc>) -> Result<()> {
    let held = order_update(id, now)
        .filter(order::Column::State.eq(OrderState::Confirmed))
        .exec(tx)
        .await?;
    if held.rows_affected == 0 {
        return Err(Error::Conflict(
            "The order is not paid yet, or is over. Look at it again.".to_owned(),
        ));
    }
    Ok(())
}

fn fulfilment_update(to: FulfilmentState, now: DateTime<Utc>) -> UpdateMany<fulfilment::Entity> {
    use fulfilment::Column as C;
    let update = fulfilment::Entity::update_many()
        .col_expr(C::State, Expr::value(to))
        .col_expr(C::Version, Expr::col(C::Version).add(1))
        .col_expr(C::UpdatedAt, Expr::value(now))
        .filter(C::State.is_in(fulfilment_before(to)));
    match to {
        FulfilmentState::Shipped => update.col_expr(C::ShippedAt, Expr::value(now)),
        FulfilmentState::Delivered => update.col_expr(C::DeliveredAt, Expr::value(now)),
        // Nothing of it is to be paid any more.
        FulfilmentState::Cancelled => update.col_expr(C::Cancelled, Expr::col(C::Total)),
        FulfilmentState::Pending | FulfilmentState::Open => update,
    }
}

/// Brings all parts of the order that may come there to another state.
pub(super) async fn parts_to(
    tx: &Tx,
    order: OrderId,
    to: FulfilmentState,
    now: DateTime<Utc>,
) -> Result<()> {
    fulfilment_update(to, now)
        .filter(fulfilment::Column::OrderId.eq(order))
        .exec(tx)
        .await?;
    Ok(())
}

/// Brings these parts to another state.
///
/// # Errors
/// Conflict where one of them cannot come there any more.
pub(super) async fn each_part_to(
    tx: &Tx,
    parts: &[FulfilmentId],
    to: FulfilmentState,
    now: DateTime<Utc>,
) -> Result<()> {
    let done = fulfilment_update(to, now)
        .filter(fulfilment::Column::Id.is_in(parts.iter().copied()))
        .exec(tx)
        .await?;
    if usize::try_from(done.rows_affected).ok() != Some(parts.len()) {
        return Err(Error::Conflict(
            "This has been sent, has arrived, or was cancelled meanwhile. Look at the order again."
                .to_owned(),
        ));
    }
    Ok(())
}

/// Where every part has arrived or was cancelled, the order is over. Ask with the order held.
pub(super) async fn complete(tx: &Tx, order: OrderId, now: DateTime<Utc>) -> Result<OrderState> {
    let parts = fulfilment::Entity::find()
        .filter(fulfilment::Column::OrderId.eq(order))
        .all(tx)
        .await?;
    let all = |state| parts.iter().all(|part| part.state == state);
    let over = |state| {
        matches!(
            state,
            FulfilmentState::Delivered | FulfilmentState::Cancelled
        )
    };
    let to = if all(FulfilmentState::Cancelled) {
        OrderState::Cancelled
    } else if parts.iter().all(|part| over(part.state)) {
        OrderState::Completed
    } else {
        return Ok(OrderState::Confirmed);
    };
    order_to(tx, order, to, now).await?;
    Ok(to)
}
