//! Sending money from one wallet to another.

use super::{
    account::AccountKey,
    events::WalletChanged,
    find::wallet_balance,
    note,
    post::{post, too_little},
    top_up::Moved,
};
use crate::{
    accounts::{self, Email},
    audit::{self, Entry},
    caller::{Caller, Person},
    error::{Error, Result},
    outbox,
    platform::database::{Tx, walls},
};
use entity::{
    ids::{AccountId, LedgerTransactionId},
    ledger::{
        entry::Reason,
        transaction::{Kind, SourceKind},
    },
    money::Money,
};

/// To whom money is sent.
#[derive(Clone, Debug)]
pub(crate) enum Recipient {
    /// The account.
    Account(AccountId),
    /// The account that has this address, and has shown that mail arrives there.
    Email(Email),
}

/// Money that someone sends.
#[derive(Clone, Debug)]
pub(crate) struct WalletTransfer {
    recipient: Recipient,
    money: Money,
    note: Option<String>,
}

impl WalletTransfer {
    /// Looks over what was asked for.
    ///
    /// # Errors
    /// Invalid when it is nothing or less, or the note is too long.
    pub(crate) fn read(recipient: Recipient, money: Money, note: &str) -> Result<Self> {
        if money.minor <= 0 {
            return Err(Error::invalid(
                "input.amount.amount",
                "Send an amount of more than nothing.",
            ));
        }
        let note = note::read(note, "input.note")?;
        Ok(Self {
            recipient,
            money,
            note,
        })
    }
}

/// What is said of whoever cannot be sent money: the same for who is not there, has not shown that mail arrives, was suspended, or has
/// closed the account.
fn nobody() -> Error {
    Error::invalid(
        "input.recipient",
        "Nobody can be sent money there. Look whether it is written as the recipient gave it to you.",
    )
}

/// Sends money from the caller's wallet to another's.
///
/// # Errors
/// Unauthenticated; Forbidden for keys; `StepUpRequired`; Conflict when the wallet holds too little; Invalid when nobody can be sent money
/// there, or it is the caller's own.
pub(crate) async fn wallet_transfer(
    caller: &Caller,
    tx: &Tx,
    transfer: &WalletTransfer,
) -> Result<LedgerTransactionId> {
    let person = caller.require_step_up()?;
    // The recipient's wallet is not the caller's, and nobody's is written but by the ledger.
    walls::write_as_system(tx, caller.writer()).await?;
    // Before the recipient is looked for, so that who has nothing to send finds out about nobody. It is asked again as it is taken.
    let held = wallet_balance(tx, person.account, transfer.money.currency).await?;
    if held < transfer.money.minor {
        return Err(too_little());
    }
    let recipient = recipient(tx, person, &transfer.recipient).await?;
    let id = LedgerTransactionId::generate();
    let moved = Moved {
        from: AccountKey::Wallet(person.account),
        to: AccountKey::Wallet(recipient),
        reason: Reason::Transfer,
        money: transfer.money,
    };
    let source = (SourceKind::Transfer, id.0);
    let note = transfer.note.clone();
    let posting = moved.posting(Kind::Transfer, source, note, caller.clock.now())?;
    let posted = post(tx, &posting).await?;
    let currency = transfer.money.currency;
    let events = [person.account, recipient]
        .map(|customer| WalletChanged::new(customer, currency, posted.id));
    outbox::emit(tx, &events).await?;
    let entry = Entry::new("wallet.transfer", "posting", posted.id)
        .is("to", recipient)
        .is("minor", transfer.money.minor)
        .is("currency", currency.as_str());
    audit::record(tx, caller, &[entry]).await?;
    Ok(posted.id)
}

/// The recipient, who like the sender stays as it is until the end of the transaction.
async fn recipient(tx: &Tx, sender: Person, recipient: &Recipient) -> Result<AccountId> {
    let account = match recipient {
        Recipient::Account(account) => *account,
        Recipient::Email(email) => {
            let found = accounts::addressee(tx, &email.key).await?;
            found.ok_or_else(nobody)?.account
        }
    };
    if account == sender.account {
        return Err(Error::invalid(
            "input.recipient",
            "This is your own wallet. Name someone else's.",
        ));
    }
    let open = accounts::stay_open(tx, &[sender.account, account]).await?;
    if !open.contains(&sender.account) {
        return Err(Error::Unauthenticated);
    }
    if !open.contains(&account) {
        return Err(nobody());
    }
    Ok(account)
}
