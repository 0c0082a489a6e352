//! From where an order is paid, and where money goes back to.

use super::account::{AccountKey, PlatformAccount};
use entity::ids::AccountId;

/// Who pays, or is paid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Funding {
    /// A provider of payments.
    Provider,
    /// A customer's wallet.
    Wallet(AccountId),
}

impl Funding {
    pub(super) fn account(self) -> AccountKey {
        match self {
            Self::Provider => AccountKey::Platform(PlatformAccount::ProviderClearing),
            Self::Wallet(customer) => AccountKey::Wallet(customer),
        }
    }
}
