//! Cancelling what was paid and not sent: decided at once, with the order held; the money follows.

use super::{
    Fulfilment, FulfilmentState, Order, OrderChanged, OrderLine, OrderState, OrderStep,
    RefundOrder, cancellation::Cancellation, change, refund_order::Share, rules::part_of,
};
use crate::{
    error::{Error, Result},
    outbox,
    platform::database::Tx,
    sagas,
};
use chrono::{DateTime, Utc};
use entity::ids::{FulfilmentId, OrderLineId, RefundId};
use entity::orders::{fulfilment, line, order};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait},
};

/// What is not to be sent.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scope {
    /// All that can still be kept back.
    All,
    /// So many units of a line.
    Line(OrderLineId, i64),
}

/// What becomes of one shop's part.
struct Cut {
    part: Fulfilment,
    /// What goes back of it.
    amount: i64,
    /// Whether nothing of it is left to be sent.
    is_whole: bool,
    /// Else how much of how much it is, by what it costs without vouchers; nothing where that is nothing.
    units: Option<(i64, i64)>,
}

/// Takes back a part of the order, and has its money given back.
///
/// # Errors
/// Conflict where it was sent, cancelled or is not paid; `NotFound`.
pub(super) async fn take_back(
    tx: &Tx,
    order: &Order,
    scope: Scope,
    why: Cancellation,
    now: DateTime<Utc>,
) -> Result<()> {
    change::hold_confirmed(tx, order.id, now).await?;
    let parts = fulfilment::Entity::find()
        .filter(fulfilment::Column::OrderId.eq(order.id))
        .filter(fulfilment::Column::State.eq(FulfilmentState::Open))
        .order_by_asc(fulfilment::Column::Id)
        .all(tx)
        .await?;
    let lines = line::Entity::find()
        .filter(line::Column::OrderId.eq(order.id))
        .all(tx)
        .await?;
    let cuts = match scope {
        Scope::All => parts.into_iter().map(whole).collect(),
        Scope::Line(id, units) => vec![of_line(parts, &lines, id, units)?],
    };
    if cuts.is_empty() {
        return Err(Error::Conflict(
            "All of it has been sent. Ask the shop to take it back.".to_owned(),
        ));
    }
    write(tx, scope, &cuts, now).await?;
    let amount = cuts.iter().map(|cut| cut.amount).sum::<i64>();
    change::order_update(order.id, now)
        .col_expr(
            order::Column::Cancelled,
            Expr::col(order::Column::Cancelled).add(amount),
        )
        .exec(tx)
        .await?;
    let state = change::complete(tx, order.id, now).await?;
    if state == OrderState::Cancelled {
        why.write(change::order_update(order.id, now))
            .exec(tx)
            .await?;
    }
    let shares = cuts.iter().map(|cut| Share {
        seller: cut.part.seller_id,
        amount: cut.amount,
        units: cut.units,
    });
    let refund = RefundOrder {
        refund: RefundId::generate(),
        order: order.id,
        payment: order.payment_id,
        customer: order.customer_id,
        amount,
        shares: shares.collect(),
    };
    sagas::start(tx, now, &refund)?;
    let sellers = cuts.iter().map(|cut| cut.part.seller_id).collect();
    let step = OrderStep::Cancelled {
        amount,
        is_whole: state == OrderState::Cancelled,
    };
    let changed = OrderChanged::new(order.id, order.customer_id, sellers, state, step);
    outbox::emit(tx, &[changed]).await?;
    Ok(())
}

/// All that is left of a part.
fn whole(part: Fulfilment) -> Cut {
    Cut {
        amount: part.total - part.cancelled,
        is_whole: true,
        units: None,
        part,
    }
}

/// So many units of a line; where nothing else of the part is left, shipping goes back too.
fn of_line(
    parts: Vec<Fulfilment>,
    lines: &[OrderLine],
    id: OrderLineId,
    units: i64,
) -> Result<Cut> {
    let line = lines.iter().find(|line| line.id == id);
    let line = line.ok_or(Error::NotFound("line of an order"))?;
    let part = parts.into_iter().find(|part| part.id == line.fulfilment_id);
    let part = part.ok_or_else(|| {
        Error::Conflict("This has been sent, or was cancelled. Look at the order again.".to_owned())
    })?;
    if units < 1 || units > line.quantity - line.cancelled {
        let left = line.quantity - line.cancelled;
        return Err(Error::invalid(
            "input.quantity",
            format!("Name a number from 1 to {left}: so many are left to be sent."),
        ));
    }
    let rest = lines.iter().filter(|one| one.fulfilment_id == part.id);
    let rest = rest.map(|one| (one.unit_price, one.quantity - one.cancelled));
    let left: i64 = rest.clone().map(|(_, left)| left).sum();
    if left == units {
        return Ok(whole(part));
    }
    // No more than what the goods cost, which is a number of minor units.
    let worth: i64 = rest.map(|(price, left)| price * left).sum();
    let gone = line.unit_price * units;
    Ok(Cut {
        amount: part_of(line.total, line.quantity, line.cancelled, units)?,
        is_whole: false,
        units: (gone > 0).then_some((gone, worth)),
        part,
    })
}

async fn write(tx: &Tx, scope: Scope, cuts: &[Cut], now: DateTime<Utc>) -> Result<()> {
    use line::Column as L;
    let ids: Vec<FulfilmentId> = cuts.iter().map(|cut| cut.part.id).collect();
    let lines = line::Entity::update_many();
    let lines = match scope {
        Scope::All => lines
            .col_expr(L::Cancelled, Expr::col(L::Quantity))
            .filter(L::FulfilmentId.is_in(ids.iter().copied())),
        Scope::Line(id, units) => lines
            .col_expr(L::Cancelled, Expr::col(L::Cancelled).add(units))
            .filter(L::Id.eq(id)),
    };
    lines.exec(tx).await?;
    let whole: Vec<_> = cuts.iter().filter(|cut| cut.is_whole).collect();
    if !whole.is_empty() {
        let whole: Vec<_> = whole.iter().map(|cut| cut.part.id).collect();
        return change::each_part_to(tx, &whole, FulfilmentState::Cancelled, now).await;
    }
    for cut in cuts {
        let done = fulfilment::Entity::update_many()
            .col_expr(
                fulfilment::Column::Cancelled,
                Expr::col(fulfilment::Column::Cancelled).add(cut.amount),
            )
            .col_expr(
                fulfilment::Column::Version,
                Expr::col(fulfilment::Column::Version).add(1),
            )
            .col_expr(fulfilment::Column::UpdatedAt, Expr::value(now))
            .filter(fulfilment::Column::Id.eq(cut.part.id))
            .filter(fulfilment::Column::State.eq(FulfilmentState::Open))
            .exec(tx)
            .await?;
        if done.rows_affected == 0 {
            return Err(Error::Conflict(
                "This has been sent meanwhile. Look at the order again.".to_owned(),
            ));
        }
    }
    Ok(())
}
