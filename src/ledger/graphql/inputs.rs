//! What mutations about wallets, and lists of accounts, are given.

use super::account::LedgerAccountKind;
use crate::{
    accounts::Email,
    error::{Error, Result},
    graphql::{
        ids::decode,
        scalars::{CurrencyCode, MoneyInput},
    },
    ledger::{AccountFilter as Filter, Recipient},
    platform::currency,
};
use async_graphql::{ID, InputObject};
use entity::money::Money;

/// To whom money is sent: one of the two.
#[derive(InputObject)]
pub(crate) struct WalletRecipientInput {
    /// The account.
    account_id: Option<ID>,
    /// The address of the account, of which it was shown that mail arrives there.
    email: Option<String>,
}

impl WalletRecipientInput {
    pub(super) fn is_by_email(&self) -> bool {
        self.email.is_some()
    }

    pub(super) fn read(&self) -> Result<Recipient> {
        match (&self.account_id, &self.email) {
            (Some(id), None) => decode(id, "input.recipient.accountId").map(Recipient::Account),
            (None, Some(email)) => {
                Email::parse(email, "input.recipient.email").map(Recipient::Email)
            }
            _ => Err(Error::invalid(
                "input.recipient",
                "Name either `accountId` or `email`.",
            )),
        }
    }
}

/// Money that is sent to someone.
#[derive(InputObject)]
pub(crate) struct WalletTransferInput {
    /// To whom.
    pub(super) recipient: WalletRecipientInput,
    /// How much, of the wallet of that currency.
    pub(super) amount: MoneyInput,
    /// What the recipient reads of it: one line of at most 200 characters.
    #[graphql(default)]
    pub(super) note: String,
}

/// Money that is given to a customer.
#[derive(InputObject)]
pub(crate) struct WalletCreditInput {
    /// To whom.
    pub(super) account_id: ID,
    /// How much.
    pub(super) amount: MoneyInput,
    /// Why, in 1 to 500 characters, for those who read the audit log.
    pub(super) reason: String,
    /// What the customer reads of it: one line of at most 200 characters.
    #[graphql(default)]
    pub(super) note: String,
}

/// The amount in minor units.
pub(crate) fn money(input: MoneyInput) -> Result<Money> {
    let currency = input.currency.0;
    let minor = currency::to_minor(input.amount.0, currency, "input.amount.amount")?;
    Ok(Money { minor, currency })
}

/// Which accounts of the ledger are asked for; what is left out does not narrow.
#[derive(InputObject, Default)]
pub(crate) struct LedgerAccountFilter {
    /// Of any of these.
    kinds: Option<Vec<LedgerAccountKind>>,
    /// Of this currency.
    currency: Option<CurrencyCode>,
    /// Of this shop.
    seller_id: Option<ID>,
    /// Of this customer.
    account_id: Option<ID>,
}

impl LedgerAccountFilter {
    pub(super) fn read(self) -> Result<Filter> {
        let seller = self.seller_id.as_ref();
        let customer = self.account_id.as_ref();
        Ok(Filter {
            kinds: self
                .kinds
                .map(|kinds| kinds.into_iter().map(Into::into).collect()),
            currency: self.currency.map(|code| code.0),
            seller: seller.map(|id| decode(id, "filter.sellerId")).transpose()?,
            customer: customer
                .map(|id| decode(id, "filter.accountId"))
                .transpose()?,
        })
    }
}
