//! What happens to wallets.

use crate::{outbox::Event, platform::cache::CacheTag};
use entity::ids::{AccountId, LedgerTransactionId};
use entity::money::CurrencyCode;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Someone's wallet holds something else now.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WalletChanged {
    /// Whose it is.
    pub(crate) account_id: AccountId,
    pub(crate) currency: String,
    /// By what.
    pub(crate) transaction_id: LedgerTransactionId,
}

impl WalletChanged {
    pub(super) fn new(
        customer: AccountId,
        currency: CurrencyCode,
        transaction: LedgerTransactionId,
    ) -> Self {
        Self {
            account_id: customer,
            currency: currency.to_string(),
            transaction_id: transaction,
        }
    }
}

impl Event for WalletChanged {
    const NAME: &'static str = "ledger.wallet_changed";
    const AGGREGATE: &'static str = "wallet";

    fn aggregate_id(&self) -> Uuid {
        self.account_id.0
    }

    /// Nobody else sees it.
    fn purges(&self) -> Vec<CacheTag> {
        Vec::new()
    }
}
