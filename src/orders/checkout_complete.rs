//! Buying what is in a cart: all of it is written down in one transaction, and nobody is asked for money in it.

use super::{Checkout, OrderPlaced, OrderView, place};
use crate::{
    caller::Caller,
    cart::{self, CartRef, Problem, Taken},
    error::Result,
    inventory::{self, ReserveWish},
    outbox::Batch,
    payments::{self, NewPayment, Payment},
    platform::database::{Tx, walls},
    ports::payments::Method,
    sagas,
};
use entity::ids::OrderId;
use entity::money::Money;
use std::sync::Arc;

/// What someone buys, and how it is paid.
#[derive(Clone, Debug)]
pub(crate) struct CheckoutComplete {
    pub(crate) cart: CartRef,
    /// The version of the cart that was read.
    pub(crate) expected_version: Option<i64>,
    /// What the shopper was shown that it comes to.
    pub(crate) expected_total: Option<Money>,
    pub(crate) method: Method,
}

/// What keeps a cart from being bought, which the shopper can mend.
#[derive(Clone, Debug)]
pub(crate) enum Refusal {
    /// The cart cannot be bought as it is.
    Problems(Vec<Problem>),
    /// Others were quicker: of each of these, how many are left and how many are wanted.
    Short(Vec<Short>),
    /// A voucher was used up, by its code.
    UsedUp(String),
    /// It comes to something else than the shopper was shown.
    Total(Money),
}

/// Something of which there is too little.
#[derive(Clone, Debug)]
pub(crate) struct Short {
    pub(crate) name: String,
    pub(crate) wanted: i64,
    pub(crate) available: i64,
}

/// Writes the order down, promises the stock, and has the payment made; returns the order as it is then. The cart is held first, vouchers
/// last but for stock, whose rows most others wait for, and all that happened is told at the end. A refusal is to roll all of it back.
///
/// # Errors
/// As [`cart::take`]; whatever the database says.
pub(crate) async fn checkout_complete(
    caller: &Caller,
    tx: &Tx,
    new: &CheckoutComplete,
) -> Result<Result<Arc<OrderView>, Refusal>> {
    let now = caller.clock.now();
    let taken = match Box::pin(cart::take(tx, caller, &new.cart, new.expected_version)).await? {
        Ok(taken) => taken,
        Err(problems) => return Ok(Err(Refusal::Problems(problems))),
    };
    let total = Money {
        minor: taken.totals.total,
        currency: taken.currency,
    };
    if new.expected_total.is_some_and(|expected| expected != total) {
        return Ok(Err(Refusal::Total(total)));
    }
    if taken.customer.is_none() {
        // A guest's order is nobody's by name; the token of the cart has shown whose it is.
        walls::write_as_system(tx, caller.writer()).await?;
    }
    let id = OrderId::generate();
    let payment = pay(caller, tx, new, &taken, id).await?;
    let checkout = Checkout {
        order: id,
        cart: taken.cart,
        payment: payment.as_ref().map(|payment| payment.id),
        customer: taken.customer,
        placed_at: now,
    };
    let ground = place::Ground {
        id,
        token_hash: match &new.cart {
            CartRef::Token(hash) => Some(hash.clone()),
            CartRef::Id(_) | CartRef::Own => None,
        },
        payment,
        saga: sagas::start(tx, now, &checkout).await?,
        settings: &caller.settings,
        now,
    };
    let placed = Box::pin(place::place(tx, &taken, ground)).await?;
    let mut events = Batch::default();
    if let Some(refusal) = promise(caller, tx, id, &taken, &mut events).await? {
        return Ok(Err(refusal));
    }
    events.add(&[OrderPlaced {
        order_id: id,
        customer_id: taken.customer,
        seller_ids: taken.sellers.iter().map(|part| part.seller).collect(),
    }])?;
    events.emit(tx).await?;
    Ok(Ok(placed))
}

/// Opens the payment; nothing where nothing is to be paid.
async fn pay(
    caller: &Caller,
    tx: &Tx,
    new: &CheckoutComplete,
    taken: &Taken,
    order: OrderId,
) -> Result<Option<Payment>> {
    if taken.totals.total == 0 {
        return Ok(None);
    }
    let payment = NewPayment {
        subject: order.0,
        customer: taken.customer,
        amount: Money {
            minor: taken.totals.total,
            currency: taken.currency,
        },
        method: new.method.clone(),
    };
    let opened = payments::open(tx, caller, caller.clock.now(), &payment).await?;
    Ok(Some(opened))
}

/// Promises what is bought, and uses the vouchers; what there is to tell of it goes into `events`.
async fn promise(
    caller: &Caller,
    tx: &Tx,
    order: OrderId,
    taken: &Taken,
    events: &mut Batch,
) -> Result<Option<Refusal>> {
    let now = caller.clock.now();
    let wishes = taken.lines.iter().map(|line| ReserveWish {
        variant: line.variant,
        quantity: line.quantity,
    });
    let wishes: Vec<_> = wishes.collect();
    let until = now + caller.settings.reservation();
    let promising = inventory::stock_reserve_with(tx, order.0, &wishes, (now, until), events);
    let shortages = Box::pin(promising).await?;
    if !shortages.is_empty() {
        let short = shortages.iter().map(|shortage| {
            let line = taken
                .lines
                .iter()
                .find(|line| line.variant == shortage.variant);
            Short {
                name: line.map_or_else(String::new, |line| line.product_name.clone()),
                wanted: shortage.wanted,
                available: shortage.available,
            }
        });
        return Ok(Some(Refusal::Short(short.collect())));
    }
    let used_up = cart::voucher_redeem(tx, order, &taken.redeemer(), &taken.uses(), now).await?;
    Ok(used_up.map(|voucher| {
        let found = taken.vouchers.iter().find(|used| used.id == voucher);
        Refusal::UsedUp(found.map_or_else(String::new, |used| used.code.clone()))
    }))
}
