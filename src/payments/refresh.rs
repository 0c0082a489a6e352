//! Finding out what came of calls.

use super::{
    AttemptRow, Payment, find,
    request::request_of,
    settle::{Waking, settle},
};
use crate::{
    app::App,
    error::{Error, Result},
    ports::payments::Answer,
};
use chrono::TimeDelta;
use entity::ids::PaymentId;
use entity::payments::attempt::{Operation, State};

/// The code of a call that the provider knows nothing of.
pub(super) const NEVER_ARRIVED: &str = "never_arrived";

/// What is made of calls that the provider knows nothing of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    /// They stay open: whoever made them asks again.
    Nothing,
    /// They are over, but for those that let money go: these are made again.
    WhatNeverArrived,
}

/// Asks about every call of the payment whose end is not known.
///
/// # Errors
/// Unavailable when something stays unknown that is to be closed; `NotFound`.
pub(super) async fn open_attempts(app: &App, id: PaymentId, closing: Closing) -> Result<()> {
    let payment = find::payment(app, id).await?;
    let attempts = find::attempts(app, id).await?;
    let open = attempts
        .iter()
        .filter(|attempt| !matches!(attempt.state, State::Succeeded | State::Declined));
    for attempt in open {
        one(app, &payment, attempt, closing).await?;
    }
    Ok(())
}

async fn one(app: &App, payment: &Payment, attempt: &AttemptRow, closing: Closing) -> Result<()> {
    let request = request_of(app, payment, attempt);
    let waking = match closing {
        Closing::Nothing => Waking::Saga,
        Closing::WhatNeverArrived => Waking::Nobody,
    };
    let found = app.payments.find(&request).await?;
    let answer = match (found, closing) {
        (Some(answer), _) => answer,
        (None, Closing::Nothing) => return Ok(()),
        (None, Closing::WhatNeverArrived) if attempt.operation == Operation::Void => {
            app.payments.call(&request).await?
        }
        (None, Closing::WhatNeverArrived) => {
            // Somebody may be about to make it.
            let patience = TimeDelta::from_std(2 * app.settings.payments.timeout());
            let patience = patience.unwrap_or(TimeDelta::minutes(2));
            if app.clock.now() - attempt.updated_at < patience {
                return Err(Error::Unavailable);
            }
            Answer::Declined {
                reference: None,
                code: NEVER_ARRIVED.to_owned(),
            }
        }
    };
    let is_unknown = matches!(answer, Answer::Unknown { .. });
    settle(app, attempt, &answer, waking).await?;
    if is_unknown && closing == Closing::WhatNeverArrived {
        return Err(Error::Unavailable);
    }
    Ok(())
}
