//! Calls that arrived after they were given up: the provider did what nobody wants any more.

use super::{AttemptRow, Payment, State, find, refresh::NEVER_ARRIVED, request::request_of};
use crate::{
    app::App,
    error::Result,
    platform::database::Tx,
    ports::payments::{Answer, Operation as Asked, Request},
};
use chrono::{DateTime, Utc};
use entity::ids::PaymentId;
use entity::payments::attempt::Operation;
use sea_orm::{ConnectionTrait, Statement};

/// Writes down that the money was taken. Whether that was news.
async fn write_taken(
    tx: &Tx,
    now: DateTime<Utc>,
    payment: &Payment,
    attempt: &AttemptRow,
) -> Result<bool> {
    let backend = tx.get_database_backend();
    let sql = "UPDATE payment SET state = 'CAPTURED', captured = amount, version = version + 1, updated_at = $2 \
         WHERE id = $1 AND state = 'AUTHORISED'";
    let statement = Statement::from_sql_and_values(backend, sql, [payment.id.into(), now.into()]);
    if tx.execute_raw(statement).await?.rows_affected() == 0 {
        return Ok(false);
    }
    let sql = "UPDATE payment_attempt SET state = 'SUCCEEDED', code = NULL, updated_at = $2 WHERE id = $1";
    let statement = Statement::from_sql_and_values(backend, sql, [attempt.id.into(), now.into()]);
    tx.execute_raw(statement).await?;
    Ok(true)
}

/// Looks for calls that were given up and arrived all the same, and mends what is to be mended: what is held is let go, and what was
/// taken is written down, so that it can be given back. Whether there were any.
///
/// # Errors
/// `NotFound`; whatever the database says.
pub(super) async fn arrived(app: &App, id: PaymentId) -> Result<bool> {
    let payment = find::payment(app, id).await?;
    let attempts = find::attempts(app, id).await?;
    let mut mended = false;
    for attempt in attempts
        .iter()
        .filter(|attempt| attempt.code.as_deref() == Some(NEVER_ARRIVED))
    {
        let request = request_of(app, &payment, attempt);
        if let Some(answer) = app.payments.find(&request).await? {
            mended |= mend(app, &payment, attempt, &answer).await?;
        }
    }
    Ok(mended)
}

async fn mend(app: &App, payment: &Payment, attempt: &AttemptRow, answer: &Answer) -> Result<bool> {
    let is_over = matches!(payment.state, State::Failed | State::Voided);
    match (attempt.operation, answer) {
        (
            Operation::Authorise,
            Answer::Succeeded { reference }
            | Answer::Pending { reference }
            | Answer::RequiresAction { reference, .. },
        ) if is_over => {
            tracing::warn!(payment = %payment.id.0, "money was held by a call that was given up; it is let go");
            let void = Request {
                operation: Asked::Void,
                key: format!("{}:late", attempt.key),
                reference: Some(reference.clone()),
                ..request_of(app, payment, attempt)
            };
            let let_go = app.payments.call(&void).await?;
            Ok(matches!(let_go, Answer::Succeeded { .. }))
        }
        (Operation::Capture, Answer::Succeeded { .. }) => {
            tracing::warn!(payment = %payment.id.0, "money was taken by a call that was given up");
            app.transaction(async |tx| write_taken(tx, app.clock.now(), payment, attempt).await)
                .await
        }
        _ => Ok(false),
    }
}
