//! Buying what is in a cart: all of it is written down in one transaction, and nobody is asked for money in it.

use super::{Checkout, OrderPlaced, OrderView, place};
use crate::{
    caller::Caller,
    cart::{self, CartRef, Problem, Taken},
    error::Result,
    inventory::{self, ReserveWish},
    ledger,
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
    pub(crate) means: Means,
}

/// By what an order is paid.
#[derive(Clone, Debug)]
pub(crate) enum Means {
    /// By this, through the provider of payments.
    Method(Method),
    /// From the shopper's wallet.
    Wallet,
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
    /// The wallet is to pay, and the cart is a guest's.
    NoWallet,
    /// The wallet is to pay, and holds less than it comes to.
    TooLittle { held: Money, total: Money },
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
    let total = total_of(&taken);
    if new.expected_total.is_some_and(|expected| expected != total) {
        return Ok(Err(Refusal::Total(total)));
    }
    if taken.customer.is_none() {
        // A guest's order is nobody's by name; the token of the cart has shown whose it is.
        walls::write_as_system(tx, caller.writer()).await?;
    }
    let id = OrderId::generate();
    let paying = match pay(caller, tx, &new.means, &taken, id).await? {
        Ok(paying) => paying,
        Err(refusal) => return Ok(Err(refusal)),
    };
    let checkout = Checkout {
        order: id,
        cart: taken.cart,
        payment: paying.payment.as_ref().map(|payment| payment.id),
        customer: taken.customer,
        placed_at: now,
    };
    let ground = place::Ground {
        id,
        token_hash: match &new.cart {
            CartRef::Token(hash) => Some(hash.clone()),
            CartRef::Id(_) | CartRef::Own => None,
        },
        payment: paying.payment,
        from_wallet: paying.from_wallet,
        saga: sagas::start(tx, now, &checkout)?,
        settings: &caller.settings,
        now,
    };
    let placed = place::place(tx, &taken, ground)?;
    let mut events = Batch::default();
    if let Some(refusal) = promise(caller, tx, id, &taken, &mut events).await? {
        return Ok(Err(refusal));
    }
    events.add(&[OrderPlaced {
        order_id: id,
        customer_id: taken.customer,
        seller_ids: taken.sellers.iter().map(|part| part.seller).collect(),
    }])?;
    events.emit_with_next(tx);
    Ok(Ok(placed))
}

/// How what is to be paid will be; neither where that is nothing.
#[derive(Default)]
struct Paying {
    payment: Option<Payment>,
    from_wallet: bool,
}

/// Opens the payment, or looks whether there is enough in the wallet. It is taken from there when the order is settled, and asked again then.
async fn pay(
    caller: &Caller,
    tx: &Tx,
    means: &Means,
    taken: &Taken,
    order: OrderId,
) -> Result<Result<Paying, Refusal>> {
    let total = total_of(taken);
    let mut paying = Paying::default();
    match means {
        _ if total.minor == 0 => {}
        Means::Method(method) => {
            let payment = NewPayment {
                subject: order.0,
                customer: taken.customer,
                amount: total,
                method: method.clone(),
            };
            let opened = payments::open_for_new(tx, caller, caller.clock.now(), &payment)?;
            paying.payment = Some(opened);
        }
        Means::Wallet => {
            let Some(customer) = taken.customer else {
                return Ok(Err(Refusal::NoWallet));
            };
            let held = Money {
                minor: ledger::wallet_balance(tx, customer, total.currency).await?,
                currency: total.currency,
            };
            if held.minor < total.minor {
                return Ok(Err(Refusal::TooLittle { held, total }));
            }
            paying.from_wallet = true;
        }
    }
    Ok(Ok(paying))
}

fn total_of(taken: &Taken) -> Money {
    Money {
        minor: taken.totals.total,
        currency: taken.currency,
    }
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
    let promising = inventory::stock_reserve_for_new(tx, order.0, &wishes, (now, until), events);
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
