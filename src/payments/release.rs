//! Giving all back, whatever the payment has come to: what undoes a payment.

use super::{
    Call, Payment, Standing, State, authorise, find, late,
    refresh::{self, Closing},
};
use crate::{
    app::App,
    error::{Error, Result},
};
use entity::ids::PaymentId;

/// Most changes of state until all is given back: to find out, to let go or to give back, and to find out once more.
const ROUNDS: usize = 6;

/// Has all given back that is held or was taken: lets it go, or refunds what is left. What is not known is found out first. Done once
/// it returns `Voided` or `Refunded`; while a refund is on its way it returns `Pending`.
///
/// # Errors
/// `NotFound`; Unavailable while it cannot be found out what came of a call: try again later; Conflict when the provider refuses to give
/// it back.
pub async fn release(app: &App, payment: PaymentId, call: &Call) -> Result<Standing> {
    for _ in 0..ROUNDS {
        let row = find::payment(app, payment).await?;
        let stands = match row.state {
            State::Voided | State::Failed => return Ok(Standing::Voided),
            State::Authorising | State::Capturing | State::Voiding => {
                Box::pin(refresh::open_attempts(
                    app,
                    payment,
                    Closing::WhatNeverArrived,
                ))
                .await?;
                continue;
            }
            State::Created | State::RequiresAction | State::Pending | State::Authorised => {
                let version = row.version;
                authorise::void(app, payment, &call.part(&format!("void:{version}"))).await
            }
            State::Captured => give_back(app, &row, call).await,
        };
        match stands {
            Ok(Standing::Voided) => return Ok(Standing::Voided),
            Ok(Standing::Pending) => return Ok(Standing::Pending),
            Ok(Standing::Declined { code }) => {
                // It may have been taken by a call that arrived late.
                if !Box::pin(late::arrived(app, payment)).await? {
                    return Err(Error::Conflict(format!(
                        "The provider does not give it back: {code}."
                    )));
                }
            }
            Ok(Standing::Unknown) => return Err(Error::Unavailable),
            Ok(Standing::Refunded) if is_empty(app, payment).await? => {
                return Ok(Standing::Refunded);
            }
            // Somebody else changed it meanwhile.
            Err(Error::Conflict(_)) | Ok(_) => {}
            Err(error) => return Err(error),
        }
    }
    Err(Error::Unavailable)
}

async fn is_empty(app: &App, payment: PaymentId) -> Result<bool> {
    let row = find::payment(app, payment).await?;
    Ok(row.refunded == row.captured)
}

async fn give_back(app: &App, row: &Payment, call: &Call) -> Result<Standing> {
    if row.refunding > 0 {
        Box::pin(refresh::open_attempts(
            app,
            row.id,
            Closing::WhatNeverArrived,
        ))
        .await?;
        let now = find::payment(app, row.id).await?;
        return Ok(if now.refunding > 0 {
            Standing::Pending
        } else {
            Standing::Refunded
        });
    }
    let left = row.captured - row.refunded;
    if left == 0 {
        return Ok(Standing::Refunded);
    }
    // What is left says which refund it is: the same while nothing went back, another after.
    let call = call.part(&format!("refund:{}", row.version));
    authorise::refund(app, row.id, left, &call).await
}
