//! Which cart is meant, and holding it.
//!
//! A customer's cart is found by whose it is; a guest's by its token alone: 256 random bits, of which a hash is kept.

use super::{Cart, Choices};
use crate::{
    accounts::token_hash,
    caller::{Actor, Caller},
    error::{Error, Result},
    platform::database::Tx,
};
use chrono::{DateTime, Utc};
use entity::cart::cart::{Column, Entity, State};
use entity::ids::{AccountId, CartId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, Select, Statement,
    sea_query::{Cond, Expr},
};

/// Longest text that is looked at as a token.
const LONGEST_TOKEN: usize = 100;

/// Which cart is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CartRef {
    /// The one with this id, of the caller's.
    Id(CartId),
    /// The one whose token has this hash.
    Token(String),
    /// The caller's active one.
    Own,
}

impl CartRef {
    /// The cart with this id, or of this token, or the caller's own where neither is said.
    ///
    /// # Errors
    /// Invalid when both are, or the token is none.
    pub fn read(id: Option<CartId>, token: Option<&str>) -> Result<Self> {
        match (id, token) {
            (None, None) => Ok(Self::Own),
            (Some(id), None) => Ok(Self::Id(id)),
            (None, Some(token)) if token.len() <= LONGEST_TOKEN => {
                Ok(Self::Token(token_hash(token)))
            }
            (None, Some(_)) => Err(Error::invalid(
                "input.cartToken",
                "This is no token of a cart. Send the one that cartCreate gave out.",
            )),
            (Some(_), Some(_)) => Err(Error::invalid(
                "input.cartToken",
                "Name the cart by its id or by its token, not by both.",
            )),
        }
    }

    /// The cart, as far as the caller may see it.
    ///
    /// # Errors
    /// Unauthenticated where nobody is signed in and no token is sent.
    pub(super) fn find(&self, caller: &Caller) -> Result<Select<Entity>> {
        Ok(Entity::find().filter(self.is_meant(caller)?))
    }

    /// Whether it is the cart of the current row, and the caller's.
    pub(super) fn is_meant(&self, caller: &Caller) -> Result<Cond> {
        Ok(match self {
            Self::Token(hash) => Cond::all().add(Column::TokenHash.eq(hash.as_str())),
            Self::Id(id) => Cond::all()
                .add(Column::Id.eq(*id))
                .add(Column::CustomerId.eq(caller.require_session()?.0.account)),
            Self::Own => Cond::all()
                .add(Column::CustomerId.eq(caller.require_session()?.0.account))
                // Written out rather than bound, so that the planner can use the index that leaves the rest out.
                .add(Expr::cust("cart.state = 'ACTIVE'")),
        })
    }
}

/// The customer who calls; nothing for guests, and for programs with a key.
pub(super) fn customer(caller: &Caller) -> Option<AccountId> {
    match caller.actor {
        Actor::Person(person) => person.session().map(|_| person.account),
        Actor::Anonymous | Actor::Operator => None,
    }
}

/// Whether the cart is past its time.
pub(super) fn is_expired(cart: &Cart, now: DateTime<Utc>) -> bool {
    cart.expires_at.is_some_and(|at| at <= now)
}

/// The cart, if it can still be changed.
///
/// # Errors
/// `NotFound` where it went; Conflict where it was ordered.
pub(super) fn open(cart: Option<Cart>, now: DateTime<Utc>) -> Result<Cart> {
    match cart {
        Some(cart) if cart.state == State::Active && !is_expired(&cart, now) => Ok(cart),
        Some(cart) if cart.state == State::Ordered => Err(Error::Conflict(
            "This cart has become an order. Begin a new one.".to_owned(),
        )),
        _ => Err(Error::NotFound("cart")),
    }
}

/// Holds the cart until the transaction ends: one statement. A customer who has none gets one, in two more.
///
/// # Errors
/// `NotFound`; Conflict where it was ordered; Unauthenticated.
pub(super) async fn hold(tx: &Tx, caller: &Caller, cart: &CartRef) -> Result<Cart> {
    let now = caller.clock.now();
    let held = async || {
        cart.find(caller)?
            .lock_exclusive()
            .one(tx)
            .await
            .map_err(Error::from)
    };
    let mut found = held().await?;
    if found.is_none() && *cart == CartRef::Own {
        ensure_own(tx, caller.require_session()?.0.account, now).await?;
        found = held().await?;
    }
    open(found, now)
}

/// Sees to it that the customer has an active cart. It knows the address of the account's letters.
pub(super) async fn ensure_own(tx: &Tx, customer: AccountId, now: DateTime<Utc>) -> Result<()> {
    let sql = "INSERT INTO cart (id, customer_id, state, email, choices, version, created_at, updated_at) \
        VALUES ($1, $2, 'ACTIVE', (SELECT email FROM account_login WHERE account_id = $2), $3, 1, $4, $4) \
        ON CONFLICT DO NOTHING";
    let values = [
        CartId::generate().0.into(),
        customer.0.into(),
        Choices::default().written()?.into(),
        now.into(),
    ];
    let insert = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    tx.execute_raw(insert).await?;
    Ok(())
}
