//! What must always hold for money.

use crate::{error::Result, platform::database::faults};
use sea_orm::ConnectionTrait;

/// Transactions whose entries do not sum to zero, or are of another currency than the transaction.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn transactions(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    faults(
        db,
        "SELECT t.id, 'its ' || count(e.id) || ' entries sum to ' || coalesce(sum(e.amount), 0) || ' ' || t.currency AS fault \
         FROM ledger_transaction t LEFT JOIN ledger_entry e ON e.transaction_id = t.id \
         GROUP BY t.id, t.currency \
         HAVING count(e.id) < 2 OR sum(e.amount) <> 0 OR min(e.currency) <> t.currency OR max(e.currency) <> t.currency",
    )
    .await
}

/// Accounts whose balance is not the sum of their entries.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn balances(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    faults(
        db,
        "SELECT a.id, 'it says ' || a.balance || ' by ' || a.entries || ' entries, its ' || coalesce(e.number, 0) \
         || ' entries sum to ' || coalesce(e.total, 0) AS fault \
         FROM ledger_account a LEFT JOIN ( \
           SELECT account_id, sum(amount) AS total, count(*) AS number, max(sequence) AS last FROM ledger_entry GROUP BY account_id \
         ) e ON e.account_id = a.id \
         WHERE a.balance <> coalesce(e.total, 0) OR a.entries <> coalesce(e.number, 0) OR a.entries <> coalesce(e.last, 0)",
    )
    .await
}

/// Entries that say another balance than the entries until then sum to, or stand before the one before them.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn running_balances(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    faults(
        db,
        "SELECT e.id, 'it says a balance of ' || e.balance_after || ' after ' || e.amount || ', the one before it of ' \
         || coalesce(p.balance_after, 0) AS fault \
         FROM ledger_entry e LEFT JOIN ledger_entry p ON p.account_id = e.account_id AND p.sequence = e.sequence - 1 \
         WHERE e.balance_after <> coalesce(p.balance_after, 0) + e.amount OR e.posted_at < p.posted_at",
    )
    .await
}

/// Accounts that hold less than their kind may.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn overdrawn(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    faults(
        db,
        "SELECT id, 'a wallet of ' || balance || ' ' || currency AS fault FROM ledger_account \
         WHERE kind = 'CUSTOMER_WALLET' AND balance < 0",
    )
    .await
}

/// Currencies whose accounts do not sum to zero; each is named by one of them.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn totals(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    faults(
        db,
        "SELECT (SELECT id FROM ledger_account one WHERE one.currency = a.currency ORDER BY id LIMIT 1) AS id, \
         'all accounts in ' || a.currency || ' sum to ' || sum(a.balance) AS fault \
         FROM ledger_account a GROUP BY a.currency HAVING sum(a.balance) <> 0",
    )
    .await
}
