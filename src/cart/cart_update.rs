//! Changing a cart: several changes in one transaction, which holds the cart's row once.
//!
//! Statements, however many lines there are: the row; what is in it and what is wanted, with ways of shipping and rates of tax; vouchers, where there
//! are any; lines that are deleted; lines that are written; the row. What comes back is made of what was read, so that nothing is read twice.

use super::{
    CartChange, CartView, Choices, Fault, Said,
    cart_ref::hold,
    change::{apply, choose},
    choices::address_of,
    load::{self, Loaded},
    look::look,
    vouchers::code_key,
    write,
};
use crate::{
    caller::Caller,
    error::{Error, Result},
    platform::database::Tx,
};
use chrono::{DateTime, TimeDelta, Utc};

/// Changes the cart, and says what it is then. Where anything keeps any of it from being done, says what: the transaction is to be rolled back
/// then.
///
/// # Errors
/// `NotFound` and Unauthenticated for whoever's it is not; Conflict where it was ordered, or is of another version than was read; Invalid where
/// it would come to more than there are numbers for.
pub(crate) async fn cart_update(
    caller: &Caller,
    tx: &Tx,
    change: &CartChange,
) -> Result<Result<CartView, Vec<Fault>>> {
    let cart = hold(tx, caller, &change.cart).await?;
    if change
        .expected_version
        .is_some_and(|version| version != cart.version)
    {
        return Err(Error::Conflict(
            "The cart was changed since you read it. Read it again, and change that.".to_owned(),
        ));
    }
    let now = caller.clock.now();
    let mut loaded = read(tx, cart, change, now).await?;
    let written = match apply(&mut loaded, change) {
        Ok(written) => written,
        Err(faults) => return Ok(Err(faults)),
    };
    loaded.rate(caller).await?;
    let faults = choose(&mut loaded, change);
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let is_written = |line| written.lines.contains(&line);
    let offers = loaded.offers.iter();
    let offers = offers.filter(|offer| offer.line_id.is_some_and(is_written));
    // Deleted first: who takes a line out and puts the same in again writes another.
    write::gone(tx, &loaded.cart, &written.gone).await?;
    write::lines(tx, &loaded.cart, offers, now).await?;
    touch(&mut loaded, caller.settings.carts.guest_days(), now)?;
    write::row(tx, &loaded.cart).await?;
    look(loaded).map(Ok)
}

/// Reads what is in the cart, and what the change names.
async fn read(
    tx: &Tx,
    cart: super::Cart,
    change: &CartChange,
    now: DateTime<Utc>,
) -> Result<Loaded> {
    let (choices, address) = (Choices::of(&cart)?, address_of(&cart)?);
    let wanted: Vec<_> = change.add.iter().map(|(variant, _)| *variant).collect();
    let codes = change.add_codes.iter().chain(&change.remove_codes);
    let codes: Vec<_> = codes.map(|code| code_key(code)).collect();
    let goes_to = match &change.address {
        Said::As(said) => said.as_ref(),
        Said::Not => address.as_ref(),
    };
    let shelf = load::shelf(tx, &cart, &wanted, goes_to).await?;
    let vouchers = load::vouchers(tx, &cart, &choices.vouchers, &codes).await?;
    Ok(Loaded::of(cart, choices, address, shelf, vouchers, now))
}

/// Puts into the row what was chosen, and that it was changed now.
fn touch(loaded: &mut Loaded, guest_days: TimeDelta, now: DateTime<Utc>) -> Result<()> {
    let address = loaded.address.as_ref().map(serde_json::to_string);
    let cart = &mut loaded.cart;
    cart.address = address.transpose().map_err(Error::internal)?;
    cart.choices = loaded.choices.written()?;
    cart.version += 1;
    cart.updated_at = now;
    cart.expires_at = cart.expires_at.map(|_| now + guest_days);
    Ok(())
}
