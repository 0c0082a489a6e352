//! What may be done with a payment. None of it inside a transaction.

use super::{Call, Standing, State, find, intend::Intent, operate::operate};
use crate::{app::App, error::Result};
use entity::ids::PaymentId;
use sea_orm::{ConnectionTrait, Statement};

/// Has the money held.
///
/// # Errors
/// `NotFound`; Conflict when the payment is past that, or the key was used for something else.
pub async fn authorise(app: &App, payment: PaymentId, call: &Call) -> Result<Standing> {
    Box::pin(operate(app, payment, Intent::Authorise, call)).await
}

/// Has all that is held taken.
///
/// # Errors
/// `NotFound`; Conflict when nothing is held, or the key was used for something else.
pub async fn capture(app: &App, payment: PaymentId, call: &Call) -> Result<Standing> {
    Box::pin(operate(app, payment, Intent::Capture, call)).await
}

/// Lets go of what is held. Nothing is asked where nothing is held, or ever was.
///
/// # Errors
/// `NotFound`; Conflict when the money was taken, or it is not known what came of a call; or the key was used for something else.
pub async fn void(app: &App, payment: PaymentId, call: &Call) -> Result<Standing> {
    let row = find::payment(app, payment).await?;
    if matches!(row.state, State::Voided | State::Failed) || never_asked(app, payment).await? {
        return Ok(Standing::Voided);
    }
    Box::pin(operate(app, payment, Intent::Void, call)).await
}

/// Has `amount` given back, which may be a part of what was taken.
///
/// # Errors
/// `NotFound`; Conflict when that much was not taken or is given back already, or the key was used for something else.
pub async fn refund(app: &App, payment: PaymentId, amount: i64, call: &Call) -> Result<Standing> {
    Box::pin(operate(app, payment, Intent::Refund(amount), call)).await
}

/// Ends a payment of which nobody was ever asked anything; whether it was one.
async fn never_asked(app: &App, payment: PaymentId) -> Result<bool> {
    let sql = "UPDATE payment SET state = 'VOIDED', method = '', version = version + 1, updated_at = $2 \
         WHERE id = $1 AND state = 'CREATED'";
    let values = [payment.into(), app.clock.now().into()];
    let statement = Statement::from_sql_and_values(app.database.backend(), sql, values);
    let ended = app.database.write().execute_raw(statement).await?;
    Ok(ended.rows_affected() > 0)
}
