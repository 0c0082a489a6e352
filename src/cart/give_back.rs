//! Giving a cart back, for an order that came to nothing.

use super::{
    Cart, MOST_LINES,
    absorb::{absorb, lines_together},
    cart_ref::ensure_own,
};
use crate::{
    error::{Error, Result},
    platform::database::Tx,
};
use chrono::{DateTime, Utc};
use entity::cart::cart::{Column, Entity, State};
use entity::ids::{AccountId, CartId};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Cond, Expr, ExprTrait},
};

/// Gives an ordered cart back to whoever's it was. A customer finds what was in it in the active cart, which is made where there is none; where the
/// two cannot be one, in currency or in size, it stays with the order alone. A guest goes on with the cart itself. Done twice, it changes nothing.
///
/// # Errors
/// `NotFound`; whatever the database says.
pub async fn give_back(tx: &Tx, cart: CartId, now: DateTime<Utc>) -> Result<()> {
    let found = Entity::find_by_id(cart).one(tx).await?;
    let found = found.ok_or(Error::NotFound("cart"))?;
    let Some(customer) = found.customer_id else {
        return set_state(tx, cart, State::Active, now).await;
    };
    let Some((own, ordered)) = hold_both(tx, customer, cart, now).await? else {
        return Ok(());
    };
    let differ =
        matches!((own.currency, ordered.currency), (Some(one), Some(other)) if one != other);
    if differ || lines_together(tx, own.id, ordered.id).await? > MOST_LINES {
        return set_state(tx, cart, State::Abandoned, now).await;
    }
    absorb(tx, own, ordered, now).await?;
    Ok(())
}

/// Brings a cart that is ordered into another state.
async fn set_state(tx: &Tx, cart: CartId, state: State, now: DateTime<Utc>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::State, Expr::value(state))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::Id.eq(cart))
        .filter(Column::State.eq(State::Ordered))
        .exec(tx)
        .await?;
    Ok(())
}

/// The customer's active cart and the ordered one, both held, taken in the order of their ids; nothing where it is ordered no more.
async fn hold_both(
    tx: &Tx,
    customer: AccountId,
    cart: CartId,
    now: DateTime<Utc>,
) -> Result<Option<(Cart, Cart)>> {
    // Once more where the active one was ordered while we waited for it.
    for _ in 0..3 {
        ensure_own(tx, customer, now).await?;
        let is_own = Cond::all()
            .add(Column::CustomerId.eq(customer))
            .add(Column::State.eq(State::Active));
        let held = Entity::find()
            .filter(Cond::any().add(is_own).add(Column::Id.eq(cart)))
            .order_by_asc(Column::Id)
            .lock_exclusive()
            .all(tx)
            .await?;
        let ordered = held.iter().find(|row| row.id == cart);
        let own = held.iter().find(|row| row.id != cart);
        match (own, ordered) {
            (_, Some(ordered)) if ordered.state != State::Ordered => return Ok(None),
            (Some(own), Some(ordered)) => return Ok(Some((own.clone(), ordered.clone()))),
            (_, None) => return Err(Error::NotFound("cart")),
            (None, Some(_)) => {}
        }
    }
    Err(Error::Contended)
}
