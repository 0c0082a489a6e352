//! What accounts there are, and how each is known before it is there.

use chrono::{DateTime, Utc};
use entity::{
    ids::{AccountId, LedgerAccountId, SellerId},
    ledger::account::{Kind, Model},
    money::CurrencyCode,
};
use sea_orm::ActiveEnum;
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

/// In how many stripes each of the marketplace's own accounts is kept, so that not every sale waits for every other.
pub(super) const STRIPES: u8 = 8;

/// Whose account it is, and what of. With a currency it is one account, or one for each stripe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AccountKey {
    /// What we owe a shop.
    Seller(SellerId),
    /// What we owe a customer.
    Wallet(AccountId),
    /// One of the marketplace's own.
    Platform(PlatformAccount),
}

/// The marketplace's own accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum PlatformAccount {
    /// What lies with the providers of payments.
    ProviderClearing,
    /// What commission has earned.
    Revenue,
    /// What is owed to tax offices.
    Tax,
    /// What providers of payments have kept.
    Fees,
    /// What vouchers have cost.
    VoucherCost,
    /// What was given away out of goodwill.
    GoodwillCost,
}

impl AccountKey {
    /// What it is of.
    #[must_use]
    pub fn kind(self) -> Kind {
        match self {
            Self::Seller(_) => Kind::Seller,
            Self::Wallet(_) => Kind::CustomerWallet,
            Self::Platform(PlatformAccount::ProviderClearing) => Kind::ProviderClearing,
            Self::Platform(PlatformAccount::Revenue) => Kind::PlatformRevenue,
            Self::Platform(PlatformAccount::Tax) => Kind::Tax,
            Self::Platform(PlatformAccount::Fees) => Kind::Fees,
            Self::Platform(PlatformAccount::VoucherCost) => Kind::VoucherCost,
            Self::Platform(PlatformAccount::GoodwillCost) => Kind::GoodwillCost,
        }
    }

    pub(super) fn seller(self) -> Option<SellerId> {
        match self {
            Self::Seller(seller) => Some(seller),
            Self::Wallet(_) | Self::Platform(_) => None,
        }
    }

    pub(super) fn customer(self) -> Option<AccountId> {
        match self {
            Self::Wallet(customer) => Some(customer),
            Self::Seller(_) | Self::Platform(_) => None,
        }
    }

    /// In which stripe what `source` causes is kept.
    fn stripe(self, source: Uuid) -> u8 {
        match self {
            // The last of a UUID is random.
            Self::Platform(_) => source.as_bytes()[15] % STRIPES,
            Self::Seller(_) | Self::Wallet(_) => 0,
        }
    }

    /// The id of the account that has what `source` causes: the same in every process, so that it takes no question to know it.
    pub(super) fn id(self, currency: CurrencyCode, source: Uuid) -> LedgerAccountId {
        let owner = match self {
            Self::Seller(seller) => seller.0,
            Self::Wallet(customer) => customer.0,
            Self::Platform(_) => Uuid::nil(),
        };
        let name = format!(
            "ledger account\n{}\n{owner}\n{currency}\n{}",
            self.kind().to_value(),
            self.stripe(source)
        );
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&Sha256::digest(name.as_bytes())[..16]);
        LedgerAccountId(Builder::from_custom_bytes(bytes).into_uuid())
    }

    /// The account before anything was posted to it.
    pub(super) fn empty(self, currency: CurrencyCode, source: Uuid, now: DateTime<Utc>) -> Model {
        Model {
            id: self.id(currency, source),
            kind: self.kind(),
            seller_id: self.seller(),
            customer_id: self.customer(),
            currency,
            stripe: self.stripe(source).into(),
            balance: 0,
            entries: 0,
            created_at: now,
            posted_at: now,
        }
    }
}

/// The id of a customer's wallet.
pub(super) fn wallet_id(customer: AccountId, currency: CurrencyCode) -> LedgerAccountId {
    AccountKey::Wallet(customer).id(currency, Uuid::nil())
}

/// The id of a shop's account.
pub(super) fn seller_account_id(seller: SellerId, currency: CurrencyCode) -> LedgerAccountId {
    AccountKey::Seller(seller).id(currency, Uuid::nil())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn ids_are_the_same_for_ever_and_differ_by_what_they_are_of() {
        let (euro, dollar) = ("EUR".parse().unwrap(), "USD".parse().unwrap());
        let person = Uuid::from_u128(7);
        let wallet = AccountKey::Wallet(person.into());
        // Accounts that are there would be lost if this changed.
        assert_eq!(
            wallet.id(euro, Uuid::now_v7()).0.to_string(),
            "ca401744-4a8a-8dbd-aec4-3498d3327fbe"
        );
        let clearing = AccountKey::Platform(PlatformAccount::ProviderClearing);
        let ids = [
            wallet.id(euro, person),
            wallet.id(dollar, person),
            AccountKey::Seller(person.into()).id(euro, person),
            clearing.id(euro, Uuid::from_u128(0)),
            clearing.id(euro, Uuid::from_u128(1)),
        ];
        assert_eq!(BTreeSet::from(ids).len(), ids.len());
        assert_eq!(
            clearing.id(euro, Uuid::from_u128(1)),
            clearing.id(euro, Uuid::from_u128(9))
        );
    }
}
