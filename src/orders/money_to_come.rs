//! Money of orders that may still go back into a wallet.

use crate::{
    error::{Error, Result},
    platform::database::Tx,
};
use entity::ids::AccountId;
use sea_orm::{ConnectionTrait, Statement};

/// Makes sure that nothing goes back into the wallet of an account any more, before it is closed: nobody could spend it. Hold the account before.
///
/// What was sent is not taken back, and an order that is placed from now on finds nothing in the wallet.
///
/// # Errors
/// Conflict where something may.
pub(crate) async fn refuse_money_to_come(tx: &Tx, customer: AccountId) -> Result<()> {
    let sql = "SELECT o.id FROM customer_order o WHERE o.customer_id = $1 AND o.from_wallet AND (o.state = 'PENDING' \
           OR o.number IS NOT NULL AND (o.refunded < o.cancelled \
             OR EXISTS (SELECT 1 FROM order_fulfilment f WHERE f.order_id = o.id AND f.state = 'OPEN'))) LIMIT 1";
    let values = [customer.into()];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    if tx.query_one_raw(statement).await?.is_none() {
        return Ok(());
    }
    Err(Error::Conflict(
        "An order that your wallet paid is not sent yet, or its money is on the way back into the wallet. Wait until it is sent, or cancel it and spend \
         the money first."
            .to_owned(),
    ))
}
