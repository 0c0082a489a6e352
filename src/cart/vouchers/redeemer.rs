//! Whose uses of a voucher are counted together.

use crate::accounts::{Email, token_hash};
use entity::ids::AccountId;

/// Whoever uses vouchers: a customer, or a guest by its address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Redeemer {
    pub(super) customer: Option<AccountId>,
    /// Of a guest's address only a hash is kept.
    pub(super) key: String,
}

impl Redeemer {
    /// The customer, or else the guest with this address.
    #[must_use]
    pub fn of(customer: Option<AccountId>, email: &str) -> Self {
        let key = if let Some(customer) = customer {
            customer.0.to_string()
        } else {
            let read = Email::parse(email, "email");
            let key = read.map_or_else(|_| email.to_lowercase(), |email| email.key);
            format!("guest {}", token_hash(&key))
        };
        Self { customer, key }
    }

    /// Whoever's cart it is; nothing where that is not known yet.
    pub(in crate::cart) fn of_cart(
        customer: Option<AccountId>,
        email: Option<&str>,
    ) -> Option<Self> {
        match (customer, email) {
            (None, None) => None,
            (customer, email) => Some(Self::of(customer, email.unwrap_or_default())),
        }
    }
}
