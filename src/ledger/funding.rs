//! From where an order is paid, and where money goes back to.

use super::{
    account::{AccountKey, PlatformAccount},
    events::WalletChanged,
    post::Posted,
};
use entity::ids::AccountId;
use entity::money::CurrencyCode;

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

    /// What is to be told of what was posted to it: nothing of a provider, nor of what was posted before.
    pub(crate) fn changed(self, currency: CurrencyCode, posted: Posted) -> Option<WalletChanged> {
        match self {
            Self::Wallet(customer) if posted.is_new => {
                Some(WalletChanged::new(customer, currency, posted.id))
            }
            Self::Wallet(_) | Self::Provider => None,
        }
    }
}
