//! What a provider is asked, from what is written down.

use super::{AttemptRow, Payment};
use crate::{
    app::App,
    ports::payments::{Method, Operation as Asked, Request},
};
use entity::money::Money;
use entity::payments::attempt::Operation;

/// The call that `attempt` is: the same whenever it is made.
pub(super) fn request_of(app: &App, payment: &Payment, attempt: &AttemptRow) -> Request {
    let operation = match attempt.operation {
        Operation::Authorise => Asked::Authorise,
        Operation::Capture => Asked::Capture,
        Operation::Void => Asked::Void,
        Operation::Refund => Asked::Refund,
    };
    Request {
        operation,
        key: attempt.key.clone(),
        payment: payment.id,
        reference: payment.reference.clone(),
        money: Money {
            minor: attempt.amount,
            currency: payment.currency,
        },
        method: (operation == Asked::Authorise).then(|| Method(payment.method.clone())),
        return_url: app.settings.storefront_url.to_string(),
    }
}
