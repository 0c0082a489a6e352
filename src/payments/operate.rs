//! One call: written down, made, and written down what came of it.

use super::{
    Call, Standing,
    intend::{Intended, Intent, intend},
    request::request_of,
    settle::{Waking, settle},
};
use crate::{app::App, error::Result, platform::database::transactions};
use entity::ids::PaymentId;
use entity::payments::attempt::State;

/// Asks the provider for what is intended, or what came of it where it was asked before.
///
/// # Errors
/// As [`intend`]; a fault of ours in what is asked.
pub(super) async fn operate(
    app: &App,
    payment: PaymentId,
    intent: Intent,
    call: &Call,
) -> Result<Standing> {
    transactions::refuse("payments")?;
    let Intended {
        payment,
        attempt,
        is_new,
    } = app
        .transaction(async |tx| intend(tx, payment, intent, call, app.clock.now()).await)
        .await?;
    if matches!(attempt.state, State::Succeeded | State::Declined) {
        return Ok(Standing::of(&payment, &attempt));
    }
    let place = |what: &str| format!("payments.{:?}/{what}", attempt.operation).to_lowercase();
    app.probes.pass(|| place("intended")).await?;
    let request = request_of(app, &payment, &attempt);
    let found = if is_new {
        None
    } else {
        app.payments.find(&request).await?
    };
    let answer = match found {
        Some(answer) => answer,
        // Known to have never arrived, or never sent.
        None => app.payments.call(&request).await?,
    };
    app.probes.pass(|| place("answered")).await?;
    // Whoever asks is there to hear it.
    settle(app, &attempt, &answer, Waking::Nobody).await
}
