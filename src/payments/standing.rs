//! What a call to a provider came to.

use super::{AttemptRow, Payment};
use entity::payments::attempt::{Operation, State};

/// What a call came to, as far as is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The money is held.
    Authorised,
    /// The money is taken.
    Captured,
    /// The money was let go, or never held.
    Voided,
    /// The money went back.
    Refunded,
    /// Whoever pays has to do something first.
    RequiresAction {
        /// Where.
        url: String,
    },
    /// The provider takes its time; whoever asked is woken.
    Pending,
    /// The provider says no.
    Declined {
        /// Why, in its words.
        code: String,
    },
    /// No answer came: ask again, with the same key.
    Unknown,
}

impl Standing {
    /// What `attempt` came to.
    pub(super) fn of(payment: &Payment, attempt: &AttemptRow) -> Self {
        match attempt.state {
            State::Asked | State::Unknown => Self::Unknown,
            State::Pending => Self::Pending,
            State::RequiresAction => payment
                .action_url
                .clone()
                .map_or(Self::Pending, |url| Self::RequiresAction { url }),
            State::Declined => Self::Declined {
                code: attempt.code.clone().unwrap_or_default(),
            },
            State::Succeeded => match attempt.operation {
                Operation::Authorise => Self::Authorised,
                Operation::Capture => Self::Captured,
                Operation::Void => Self::Voided,
                Operation::Refund => Self::Refunded,
            },
        }
    }
}
