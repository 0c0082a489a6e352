//! What goes with an account that is closed: the room `accounts` calls no shops, so this puts the two together, in the one
//! transaction of both.

use crate::{
    accounts, audit,
    caller::{Caller, Person},
    error::Result,
    ledger, orders,
    platform::database::Tx,
    sellers::members,
};

/// Closes the person's account, takes it out of the shops that it works in, has its orders erased soon, and writes down what others want to know of.
///
/// # Errors
/// Conflict when it is closed already, or that of the last admin, or of the last owner of a shop, or there is money in its wallet or may be again.
pub(crate) async fn account_close(caller: &Caller, tx: &Tx, person: Person) -> Result<()> {
    // The account first: from then on nobody gives it a shop, see `accounts::stays_open`.
    let mut entries = accounts::account_close(caller, tx, person).await?;
    ledger::refuse_money_left(tx, person.account).await?;
    orders::refuse_money_to_come(tx, person.account).await?;
    orders::erase_orders(tx, person.account, caller.clock.now()).await?;
    entries.extend(members::leave_all(tx, person.account).await?);
    audit::record(tx, caller, &entries).await
}
