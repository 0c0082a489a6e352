//! What sagas that have something paid do with its payment, each to be the better part of a step: hold the money, take it, give all back.

use super::{Call, Standing, authorise, release};
use crate::{
    error::{Error, Result},
    sagas::{Outcome, Turn},
};
use entity::ids::PaymentId;

/// Why something was not paid, as whoever pays may know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The provider said no.
    Declined,
    /// Whoever pays did not confirm it in time, or the provider let it go.
    Expired,
}

impl Failure {
    /// What its reason begins with.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Declined => "DECLINED",
            Self::Expired => "EXPIRED",
        }
    }

    /// A step that comes to nothing for this. `detail` is for support.
    #[must_use]
    pub fn outcome(self, detail: &str) -> Outcome {
        Outcome::fail(format!("{}: {detail}", self.code()))
    }
}

/// What a saga's reason begins with, where it is one that people may know: what stands before the first colon.
#[must_use]
pub fn code_of(reason: &str) -> &str {
    reason.split(':').next().unwrap_or_default()
}

/// How holding the money stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    /// It is held.
    Yes,
    /// Whoever pays has to do something, or the provider takes its time: the saga is woken.
    Awaited,
    /// It is not, and will not be: what the step came to.
    No(Outcome),
}

/// Has the money held.
///
/// # Errors
/// Unavailable while it is not known what came of it: to be tried again.
pub async fn hold(turn: &Turn, payment: PaymentId) -> Result<Held> {
    Ok(
        match authorise::authorise(turn, payment, &Call::of(turn)).await? {
            Standing::Authorised | Standing::Captured => Held::Yes,
            Standing::RequiresAction { .. } | Standing::Pending => Held::Awaited,
            refused => Held::No(refusal(refused)?),
        },
    )
}

/// Has what is held taken.
///
/// # Errors
/// As [`hold`].
pub async fn take(turn: &Turn, payment: PaymentId) -> Result<Outcome> {
    match authorise::capture(turn, payment, &Call::of(turn)).await? {
        Standing::Captured => Outcome::done(&()),
        Standing::Pending | Standing::RequiresAction { .. } => Ok(Outcome::Wait { until: None }),
        refused => refusal(refused),
    }
}

/// Whatever the payment came to, all of it is given back: what is held is let go, what was taken is refunded.
///
/// # Errors
/// As [`hold`]; Conflict when the provider refuses.
pub async fn give_back(turn: &Turn, payment: PaymentId) -> Result<Outcome> {
    match release::release(turn, payment, &Call::of(turn)).await? {
        Standing::Voided | Standing::Refunded => Outcome::done(&()),
        Standing::Pending => Ok(Outcome::Wait { until: None }),
        _ => Err(Error::Unavailable),
    }
}

/// What a step came to whose call did not do what it was to.
fn refusal(standing: Standing) -> Result<Outcome> {
    match standing {
        Standing::Declined { code } => Ok(Failure::Declined.outcome(&code)),
        Standing::Voided | Standing::Refunded => Ok(Failure::Expired.outcome("it was let go")),
        _ => Err(Error::Unavailable),
    }
}
