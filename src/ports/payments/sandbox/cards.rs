//! The numbers of cards with which the sandbox can be paid, and what becomes of it. Those that Stripe has too are Stripe's.

use crate::{
    error::{Error, Result},
    ports::payments::Method,
};

/// How a card behaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Behaviour {
    /// All goes well.
    Success,
    /// The money is not held, for this reason.
    Decline(&'static str),
    /// Whoever pays has to confirm it on a page.
    ThreeDSecure,
    /// What came of holding the money is known a second later.
    Pending,
    /// The money is held, and cannot be taken.
    CaptureDecline,
    /// Every answer takes a second and a half.
    Slow,
    /// No answer comes, and nothing is done.
    TimeOut,
    /// Everything is done, and the first answer to each call does not come.
    LostAnswer,
    /// Every webhook comes twice.
    DuplicateWebhooks,
    /// The first webhook comes after the others.
    UnorderedWebhooks,
}

use Behaviour as B;

/// Number, name, behaviour.
const CARDS: [(&str, &str, Behaviour); 11] = [
    ("4242424242424242", "sandbox_success", B::Success),
    (
        "4000000000000002",
        "sandbox_decline",
        B::Decline("card_declined"),
    ),
    (
        "4000000000009995",
        "sandbox_insufficient_funds",
        B::Decline("insufficient_funds"),
    ),
    (
        "4000000000003220",
        "sandbox_three_d_secure",
        B::ThreeDSecure,
    ),
    (
        "4000000000000341",
        "sandbox_capture_decline",
        B::CaptureDecline,
    ),
    ("4000000000006009", "sandbox_pending", B::Pending),
    ("4000000000006017", "sandbox_slow", B::Slow),
    ("4000000000006025", "sandbox_time_out", B::TimeOut),
    ("4000000000006033", "sandbox_lost_answer", B::LostAnswer),
    (
        "4000000000006041",
        "sandbox_duplicate_webhooks",
        B::DuplicateWebhooks,
    ),
    (
        "4000000000006058",
        "sandbox_unordered_webhooks",
        B::UnorderedWebhooks,
    ),
];

/// By what someone wants to pay. A number becomes a name here, and is kept nowhere.
///
/// # Errors
/// Invalid when it is no card of these; what was sent is not repeated.
pub(super) fn method(text: &str) -> Result<Method> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let known = CARDS
        .iter()
        .find(|(number, name, _)| *number == digits || *name == text.trim());
    known
        .map(|(_, name, _)| Method((*name).to_owned()))
        .ok_or_else(|| {
            Error::invalid(
                "paymentMethod",
                "This shop takes the test cards of its sandbox only, such as 4242 4242 4242 4242. Never send a real card's number.",
            )
        })
}

/// How the card of this name behaves.
pub(super) fn behaviour(name: &str) -> Behaviour {
    let known = CARDS.iter().find(|(_, known, _)| *known == name);
    known.map_or(Behaviour::Decline("no_such_card"), |(_, _, behaviour)| {
        *behaviour
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_those_of_cards_and_become_names() {
        for (number, name, behaviour_of) in CARDS {
            let sum: u32 = number
                .bytes()
                .rev()
                .enumerate()
                .map(|(index, digit)| {
                    let digit = u32::from(digit - b'0') * if index % 2 == 1 { 2 } else { 1 };
                    digit / 10 + digit % 10
                })
                .sum();
            assert_eq!(sum % 10, 0, "{number} has a wrong check digit");
            assert_eq!(method(number).unwrap().token(), name);
            assert_eq!(method(name).unwrap().token(), name);
            assert_eq!(behaviour(name), behaviour_of);
        }
        assert_eq!(
            method("4242-4242 4242 4242").unwrap().token(),
            "sandbox_success"
        );
    }

    #[test]
    fn other_numbers_are_refused_and_not_repeated() {
        for text in [
            "5555555555554444",
            "",
            "pm_card_visa",
            "42424242424242424242",
        ] {
            let error = method(text).unwrap_err().to_string();
            assert!(text.is_empty() || !error.contains(text), "{error}");
        }
        assert!(!format!("{:?}", method("4242424242424242").unwrap()).contains("4242"));
    }
}
