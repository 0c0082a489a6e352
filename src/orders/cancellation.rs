//! Why an order came to nothing: one of a few reasons, which anyone may read, and what whoever cancelled it said. What a saga says of its failure is for
//! support, who read it there.

use super::{CancelReason, LONGEST_REASON};
use crate::{payments, sagas::Outcome};
use entity::orders::order;
use sea_orm::{ActiveEnum, UpdateMany, sea_query::Expr};

/// Why an order is cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cancellation {
    pub(super) reason: CancelReason,
    /// What whoever cancelled it said.
    pub(super) note: Option<String>,
}

impl Cancellation {
    /// What the checkout's saga is told, and [`Self::of_saga`] reads.
    pub(super) fn for_saga(&self) -> String {
        let note = self.note.as_deref().unwrap_or_default();
        format!("{}: {note}", self.reason.to_value())
    }

    /// Why the checkout is undone. What is not listed are faults, which left the provider unasked or unheard.
    pub(super) fn of_saga(text: &str) -> Self {
        let code = payments::code_of(text).to_owned();
        let reason = CancelReason::try_from_value(&code);
        let reason = reason.unwrap_or(CancelReason::ProviderUnavailable);
        let note = if reason.is_of_people() {
            let said = text[code.len()..].trim_start_matches(':').trim();
            let said: String = said.chars().take(LONGEST_REASON).collect();
            (!said.is_empty()).then_some(said)
        } else {
            None
        };
        Self { reason, note }
    }

    /// Writes it down with an update of the order.
    pub(super) fn write(self, update: UpdateMany<order::Entity>) -> UpdateMany<order::Entity> {
        update
            .col_expr(order::Column::CancelReason, Expr::value(self.reason))
            .col_expr(order::Column::Reason, Expr::value(self.note))
    }
}

/// The reason, for people.
pub(crate) fn sentence(reason: CancelReason) -> &'static str {
    match reason {
        CancelReason::Declined => "The payment was declined. Nothing was charged.",
        CancelReason::Expired => "The payment was not confirmed in time. Nothing was charged.",
        CancelReason::SoldOut => "Something in it was sold out meanwhile. Nothing is charged.",
        CancelReason::ShopClosed => "A shop in it has closed meanwhile. Nothing is charged.",
        CancelReason::InsufficientFunds => {
            "Your wallet held too little when it was to pay. Nothing was taken from it; top it up, or pay by card."
        }
        CancelReason::ByShopper => "It was cancelled as you asked.",
        CancelReason::ByShop => "The shop cannot send it. What was paid for it goes back.",
        CancelReason::BySupport => "Support cancelled it. What was paid for it goes back.",
        CancelReason::ProviderUnavailable => {
            "The payment could not be made. Nothing is charged; try again later."
        }
    }
}

/// A step of a checkout that comes to nothing for this.
pub(super) fn refused(reason: CancelReason) -> Outcome {
    Outcome::fail(format!("{}: ", reason.to_value()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use sea_orm::Iterable;

    #[test]
    fn what_a_saga_says_is_read_as_one_of_a_few() {
        for reason in CancelReason::iter() {
            let Outcome::Fail { reason: text } = refused(reason) else {
                panic!("it fails");
            };
            let read = Cancellation::of_saga(&text);
            assert_eq!((read.reason, read.note), (reason, None));
        }
        for (failure, reason) in [
            (payments::Failure::Declined, CancelReason::Declined),
            (payments::Failure::Expired, CancelReason::Expired),
        ] {
            let Outcome::Fail { reason: text } = failure.outcome("card_declined") else {
                panic!("it fails");
            };
            assert_eq!(Cancellation::of_saga(&text).reason, reason);
        }
    }

    #[test]
    fn only_what_people_said_is_repeated() {
        let said = Cancellation {
            reason: CancelReason::BySupport,
            note: Some("A duplicate: see the other one.".to_owned()),
        };
        assert_eq!(Cancellation::of_saga(&said.for_saga()), said);
        for text in [
            "",
            "connection to 10.0.0.7:5432 refused",
            "It fails: BY_SUPPORT",
            "SOLD_OUT: variant 7",
        ] {
            assert_eq!(Cancellation::of_saga(text).note, None, "{text}");
        }
        let long = format!("BY_SHOPPER: {}", "ü".repeat(900));
        let note = Cancellation::of_saga(&long).note.unwrap_or_default();
        assert_eq!(note.chars().count(), LONGEST_REASON);
    }
}
