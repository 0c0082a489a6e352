//! What payments do to wallets, and what providers keep of them.

use super::{
    account::{AccountKey, PlatformAccount},
    events::WalletChanged,
    post::{Line, Posted, Posting, post},
};
use crate::{
    error::{Error, Result},
    outbox,
    platform::database::Tx,
};
use chrono::{DateTime, Utc};
use entity::{
    ids::{AccountId, PaymentId},
    ledger::{
        entry::Reason,
        transaction::{Kind, SourceKind},
    },
    money::Money,
};

/// A payment into a wallet.
#[derive(Clone, Copy, Debug)]
pub struct TopUp {
    /// The payment, captured: it is posted once.
    pub payment: PaymentId,
    /// Whose wallet.
    pub customer: AccountId,
    /// How much.
    pub money: Money,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Puts into a customer's wallet what was paid for it, and tells of it.
///
/// # Errors
/// Conflict when it is nothing, or too large.
pub async fn top_up(tx: &Tx, top_up: &TopUp) -> Result<Posted> {
    let wallet = AccountKey::Wallet(top_up.customer);
    let clearing = AccountKey::Platform(PlatformAccount::ProviderClearing);
    let source = (SourceKind::Payment, top_up.payment.0);
    let moved = Moved {
        from: clearing,
        to: wallet,
        reason: Reason::Payment,
        money: top_up.money,
    };
    let posted = post(tx, &moved.posting(Kind::TopUp, source, None, top_up.at)?).await?;
    if posted.is_new {
        let event = WalletChanged::new(top_up.customer, top_up.money.currency, posted.id);
        outbox::emit_one(tx, &event).await?;
    }
    Ok(posted)
}

/// Posts what a provider kept of a payment.
///
/// # Errors
/// Conflict when it is nothing, or too large.
pub async fn provider_fee(
    tx: &Tx,
    payment: PaymentId,
    fee: Money,
    at: DateTime<Utc>,
) -> Result<Posted> {
    let moved = Moved {
        from: AccountKey::Platform(PlatformAccount::Fees),
        to: AccountKey::Platform(PlatformAccount::ProviderClearing),
        reason: Reason::ProviderFee,
        money: fee,
    };
    let source = (SourceKind::Payment, payment.0);
    post(tx, &moved.posting(Kind::ProviderFee, source, None, at)?).await
}

/// An amount that goes from one account to another.
pub(super) struct Moved {
    pub(super) from: AccountKey,
    pub(super) to: AccountKey,
    pub(super) reason: Reason,
    pub(super) money: Money,
}

impl Moved {
    pub(super) fn posting(
        &self,
        kind: Kind,
        source: (SourceKind, uuid::Uuid),
        note: Option<String>,
        at: DateTime<Utc>,
    ) -> Result<Posting> {
        if self.money.minor <= 0 {
            return Err(Error::Conflict(
                "An amount is of more than nothing.".to_owned(),
            ));
        }
        let line = |account, amount| Line {
            account,
            reason: self.reason,
            amount,
            seller: None,
        };
        Ok(Posting {
            kind,
            source,
            currency: self.money.currency,
            of: None,
            note,
            at,
            lines: vec![
                line(self.from, -self.money.minor),
                line(self.to, self.money.minor),
            ],
            fingerprint: None,
        })
    }
}
