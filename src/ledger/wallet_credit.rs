//! Money that the marketplace gives to customers.

use super::{
    account::{AccountKey, PlatformAccount},
    events::WalletChanged,
    note,
    post::{Posted, post},
    top_up::Moved,
};
use crate::{
    accounts,
    audit::{self, Entry},
    caller::{Actor, Caller},
    error::{Error, Result},
    outbox,
    permissions::Permission,
    platform::database::Tx,
};
use chrono::{DateTime, Utc};
use entity::{
    ids::{AccountId, LedgerTransactionId},
    ledger::{
        entry::Reason,
        transaction::{Kind, SourceKind},
    },
    money::Money,
};
use uuid::Uuid;

/// Longest reason, in characters.
const LONGEST_REASON: usize = 500;

/// Money that is given to a customer.
#[derive(Clone, Debug)]
pub struct Credit {
    /// What it is given for: it is posted once.
    pub source: Uuid,
    /// To whom.
    pub customer: AccountId,
    /// How much.
    pub money: Money,
    /// What it costs the marketplace as.
    pub cost: CreditCost,
    /// What the customer reads of it.
    pub note: Option<String>,
    /// Now.
    pub at: DateTime<Utc>,
}

/// Why the marketplace gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CreditCost {
    /// Out of goodwill.
    Goodwill,
    /// A voucher is paid out.
    Voucher,
}

/// Puts into a customer's wallet what the marketplace gives. Whoever calls tells of it.
///
/// # Errors
/// Conflict when it is nothing, or too large.
pub async fn credit(tx: &Tx, credit: &Credit) -> Result<Posted> {
    let (account, reason) = match credit.cost {
        CreditCost::Goodwill => (PlatformAccount::GoodwillCost, Reason::Credit),
        CreditCost::Voucher => (PlatformAccount::VoucherCost, Reason::Voucher),
    };
    let moved = Moved {
        from: AccountKey::Platform(account),
        to: AccountKey::Wallet(credit.customer),
        reason,
        money: credit.money,
    };
    let source = (SourceKind::Credit, credit.source);
    let note = credit.note.clone();
    post(tx, &moved.posting(Kind::Credit, source, note, credit.at)?).await
}

/// Money that an admin gives to a customer.
pub(crate) struct WalletCredit {
    pub(crate) customer: AccountId,
    money: Money,
    reason: String,
    note: Option<String>,
}

impl WalletCredit {
    /// Looks over what was asked for.
    ///
    /// # Errors
    /// Invalid when it is nothing or less, or the reason or note is none.
    pub(crate) fn read(
        customer: AccountId,
        money: Money,
        reason: &str,
        note: &str,
    ) -> Result<Self> {
        if money.minor <= 0 {
            return Err(Error::invalid(
                "input.amount.amount",
                "Give an amount of more than nothing.",
            ));
        }
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().nth(LONGEST_REASON).is_some() {
            let message = format!("Give a reason of 1 to {LONGEST_REASON} characters.");
            return Err(Error::invalid("input.reason", message));
        }
        Ok(Self {
            customer,
            money,
            reason: reason.to_owned(),
            note: note::read(note, "input.note")?,
        })
    }
}

/// Gives a customer money out of goodwill.
///
/// # Errors
/// Unauthenticated and Forbidden for those who may not; `StepUpRequired`; `NotFound` when the account is not in use; Conflict when the
/// wallet would hold too much, or it is the caller's own.
pub(crate) async fn wallet_credit(
    caller: &Caller,
    tx: &Tx,
    new: &WalletCredit,
) -> Result<LedgerTransactionId> {
    caller.require(Permission::WalletsCredit)?;
    if caller.actor != Actor::Operator && caller.require_step_up()?.account == new.customer {
        let message = "You cannot give yourself money. Have another admin do it.";
        return Err(Error::Conflict(message.to_owned()));
    }
    if accounts::stay_open(tx, &[new.customer]).await?.is_empty() {
        return Err(Error::NotFound("account"));
    }
    let given = Credit {
        source: Uuid::now_v7(),
        customer: new.customer,
        money: new.money,
        cost: CreditCost::Goodwill,
        note: new.note.clone(),
        at: caller.clock.now(),
    };
    let posted = credit(tx, &given).await?;
    let event = WalletChanged::new(new.customer, new.money.currency, posted.id);
    outbox::emit_one(tx, &event).await?;
    let entry = Entry::new("wallet.credit", "account", new.customer)
        .is("posting", posted.id)
        .is("minor", new.money.minor)
        .is("currency", new.money.currency.as_str())
        .is("reason", &new.reason);
    audit::record(tx, caller, &[entry]).await?;
    Ok(posted.id)
}
