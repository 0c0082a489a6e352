//! Buying what is in a cart: all of it is written down in one transaction, and nobody is asked for money in it.

use super::{Checkout, OrderPlaced, place};
use crate::{
    caller::Caller,
    cart::{self, CartRef, Problem, Taken},
    error::Result,
    inventory::{self, ReserveWish},
    outbox,
    payments::{self, NewPayment},
    platform::database::{Tx, walls},
    ports::payments::Method,
    sagas,
};
use entity::ids::OrderId;
use entity::money::Money;

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

/// Writes the order down, promises the stock, and has the payment made. The cart is held first, vouchers last but for stock, whose rows most
/// others wait for. A refusal is to roll all of it back.
///
/// # Errors
/// As [`cart::take`]; whatever the database says.
pub(crate) async fn checkout_complete(
    caller: &Caller,
    tx: &Tx,
    new: &CheckoutComplete,
) -> Result<Result<OrderId, Refusal>> {
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
    let payment = if total.minor == 0 {
        None
    } else {
        let payment = NewPayment {
            subject: id.0,
            customer: taken.customer,
            amount: total,
            method: new.method.clone(),
        };
        Some(payments::open(tx, caller, now, &payment).await?)
    };
    let checkout = Checkout {
        order: id,
        cart: taken.cart,
        payment,
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
    Box::pin(place::place(tx, &taken, ground)).await?;
    if let Some(refusal) = promise(caller, tx, id, &taken).await? {
        return Ok(Err(refusal));
    }
    let placed = OrderPlaced {
        order_id: id,
        customer_id: taken.customer,
        seller_ids: taken.sellers.iter().map(|part| part.seller).collect(),
    };
    outbox::emit(tx, &[placed]).await?;
    Ok(Ok(id))
}

/// Promises what is bought, and uses the vouchers.
async fn promise(
    caller: &Caller,
    tx: &Tx,
    order: OrderId,
    taken: &Taken,
) -> Result<Option<Refusal>> {
    let now = caller.clock.now();
    let wishes = taken.lines.iter().map(|line| ReserveWish {
        variant: line.variant,
        quantity: line.quantity,
    });
    let wishes: Vec<_> = wishes.collect();
    let until = now + caller.settings.reservation();
    let shortages = Box::pin(inventory::stock_reserve(tx, order.0, &wishes, until, now)).await?;
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
