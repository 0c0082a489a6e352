//! The one way in which anything is written into the ledger.

use super::{
    account::AccountKey,
    rules::{LARGEST_AMOUNT, sum, too_large},
};
use crate::{
    error::{Error, Result},
    platform::database::{Tx, lists},
};
use chrono::{DateTime, Utc};
use entity::{
    ids::{LedgerAccountId, LedgerEntryId, LedgerTransactionId, SellerId},
    ledger::{
        account,
        entry::Reason,
        transaction::{self, Kind, SourceKind},
    },
    money::CurrencyCode,
};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter,
    Statement, Value,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, fmt::Write};
use uuid::Uuid;

/// What is posted: a transaction and its entries.
#[derive(Clone, Debug)]
pub struct Posting {
    /// What happened.
    pub kind: Kind,
    /// What caused it; with the kind it is posted once.
    pub source: (SourceKind, Uuid),
    /// Of every entry.
    pub currency: CurrencyCode,
    /// The transaction that it takes back.
    pub of: Option<LedgerTransactionId>,
    /// What is said of it.
    pub note: Option<String>,
    /// Now.
    pub at: DateTime<Utc>,
    /// Its entries, which sum to zero. Those of zero are left out.
    pub lines: Vec<Line>,
    /// By what the same is known again; nothing where the lines say all.
    pub fingerprint: Option<String>,
}

/// An entry to be.
#[derive(Clone, Copy, Debug)]
pub struct Line {
    /// On which account.
    pub account: AccountKey,
    /// What for.
    pub reason: Reason,
    /// Minor units; credit is positive.
    pub amount: i64,
    /// The shop whose sale it is of.
    pub seller: Option<SellerId>,
}

/// What was posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The transaction.
    pub id: LedgerTransactionId,
    /// Whether it was posted now, rather than before.
    pub is_new: bool,
}

/// An account while it is held.
#[derive(FromQueryResult)]
struct Held {
    id: LedgerAccountId,
    balance: i64,
    entries: i64,
    posted_at: DateTime<Utc>,
}

/// What a posting does to an account.
struct Change {
    key: AccountKey,
    amount: i64,
    lines: i64,
}

/// A wallet holds less than is to be taken from it. Some of the posting is written by then, so the transaction is to be rolled back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooLittle;

/// Posts a transaction, once: the same source posted again gives the one that is there. Four statements, and two more where an account
/// is posted to for the first time.
///
/// Its accounts are held from here to the end of the transaction, in the order of their ids, so two postings never wait for each other in
/// a circle. So post last, before events and the audit log.
///
/// # Errors
/// Conflict when a wallet holds too little, or something is too large; Internal when the entries do not sum to zero, or the
/// source was posted with something else.
pub async fn post(tx: &Tx, posting: &Posting) -> Result<Posted> {
    let posted = post_if_covered(tx, posting).await?;
    posted.map_err(|TooLittle| too_little())
}

/// The same for whoever has something else to do where a wallet holds too little.
///
/// # Errors
/// As [`post`], but for wallets.
pub(super) async fn post_if_covered(
    tx: &Tx,
    posting: &Posting,
) -> Result<Result<Posted, TooLittle>> {
    let lines = checked(posting)?;
    let changes = changes(posting, &lines)?;
    let held = hold(tx, posting, &changes).await?;
    // A clock that is behind another's does not put an entry before one that is there.
    let at = held.values().map(|held| held.posted_at).max();
    let at = at.map_or(posting.at, |last| last.max(posting.at));
    let id = LedgerTransactionId::generate();
    let fingerprint = fingerprint(posting, &lines);
    if !insert_transaction(tx, posting, id, &fingerprint, at).await? {
        let known = find_transaction(tx, posting.kind, posting.source).await?;
        return known
            .ok_or_else(|| fault("it is there and is not found", posting))
            .and_then(|known| again(&known, &fingerprint).map(Ok));
    }
    if let Err(short) = move_balances(tx, &changes, &held, at).await? {
        return Ok(Err(short));
    }
    insert_entries(tx, posting, id, &lines, held, at).await?;
    Ok(Ok(Posted { id, is_new: true }))
}

/// What was posted of this kind by this source.
pub(super) async fn find_transaction(
    tx: &Tx,
    kind: Kind,
    (source_kind, source_id): (SourceKind, Uuid),
) -> Result<Option<transaction::Model>> {
    let found = transaction::Entity::find()
        .filter(transaction::Column::SourceKind.eq(source_kind))
        .filter(transaction::Column::SourceId.eq(source_id))
        .filter(transaction::Column::Kind.eq(kind));
    Ok(found.one(tx).await?)
}

/// What was posted before, if it is the same.
pub(super) fn again(known: &transaction::Model, fingerprint: &str) -> Result<Posted> {
    if known.fingerprint != fingerprint {
        return Err(Error::internal(anyhow::anyhow!(
            "{:?} of {:?} {} was posted before with something else",
            known.kind,
            known.source_kind,
            known.source_id
        )));
    }
    Ok(Posted {
        id: known.id,
        is_new: false,
    })
}

fn fault(what: &str, posting: &Posting) -> Error {
    let (source_kind, source_id) = posting.source;
    Error::internal(anyhow::anyhow!(
        "{:?} of {source_kind:?} {source_id} cannot be posted: {what}",
        posting.kind
    ))
}

/// The lines that are not zero.
fn checked(posting: &Posting) -> Result<Vec<Line>> {
    let lines = posting.lines.iter().filter(|line| line.amount != 0);
    let lines: Vec<Line> = lines.copied().collect();
    let within = |line: &Line| (-LARGEST_AMOUNT..=LARGEST_AMOUNT).contains(&line.amount);
    if !lines.iter().all(within) {
        return Err(too_large());
    }
    if lines.len() < 2 || i16::try_from(lines.len()).is_err() {
        return Err(fault(&format!("it has {} entries", lines.len()), posting));
    }
    let total: i128 = lines.iter().map(|line| i128::from(line.amount)).sum();
    if total != 0 {
        return Err(fault(&format!("its entries sum to {total}"), posting));
    }
    Ok(lines)
}

/// The same for the same lines, whenever they are posted.
fn fingerprint(posting: &Posting, lines: &[Line]) -> String {
    let told = posting.fingerprint.clone().unwrap_or_else(|| {
        let lines = lines.iter().map(|line| {
            let account = line.account.id(posting.currency, posting.source.1);
            format!("{} {} {}", account.0, line.reason.to_value(), line.amount)
        });
        lines.collect::<Vec<_>>().join("\n")
    });
    fingerprint_of(posting.currency, &told)
}

/// By what a posting of `currency` is known again of which `told` says all.
pub(super) fn fingerprint_of(currency: CurrencyCode, told: &str) -> String {
    let digest = Sha256::digest(format!("{currency}\n{told}").as_bytes());
    digest.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// What the lines do to each account, in the order of accounts.
fn changes(posting: &Posting, lines: &[Line]) -> Result<BTreeMap<LedgerAccountId, Change>> {
    let mut changes: BTreeMap<LedgerAccountId, Change> = BTreeMap::new();
    for line in lines {
        let id = line.account.id(posting.currency, posting.source.1);
        let change = changes.entry(id).or_insert(Change {
            key: line.account,
            amount: 0,
            lines: 0,
        });
        change.amount = sum([change.amount, line.amount])?;
        change.lines += 1;
    }
    Ok(changes)
}

/// The accounts, which nobody else posts to from here to the end of the transaction. Those that are missing are made.
async fn hold(
    tx: &Tx,
    posting: &Posting,
    changes: &BTreeMap<LedgerAccountId, Change>,
) -> Result<BTreeMap<LedgerAccountId, Held>> {
    let ids: Vec<_> = changes.keys().copied().collect();
    let held = select_held(tx, &ids).await?;
    if held.len() == ids.len() {
        return Ok(held);
    }
    // Those that are there are held already, and all who miss one find the same ones there: nobody waits in a circle.
    let missing = changes.iter().filter(|(id, _)| !held.contains_key(id));
    let missing = missing.map(|(_, change)| {
        change
            .key
            .empty(posting.currency, posting.source.1, posting.at)
    });
    insert_accounts(tx, missing.collect(), posting.at).await?;
    select_held(tx, &ids).await
}

async fn select_held(tx: &Tx, ids: &[LedgerAccountId]) -> Result<BTreeMap<LedgerAccountId, Held>> {
    let backend = tx.get_database_backend();
    let lock = match backend {
        DbBackend::Postgres => "FOR NO KEY UPDATE",
        // Nobody else writes.
        _ => "",
    };
    let sql = format!(
        "SELECT id, balance, entries, posted_at FROM ledger_account WHERE id {} ORDER BY id {lock}",
        lists::among_ids(backend)
    );
    let statement = Statement::from_sql_and_values(backend, sql, [lists::of_ids(backend, ids)]);
    let rows = Held::find_by_statement(statement).all(tx).await?;
    Ok(rows.into_iter().map(|row| (row.id, row)).collect())
}

/// Makes accounts, unless others have meanwhile.
async fn insert_accounts(tx: &Tx, accounts: Vec<account::Model>, now: DateTime<Utc>) -> Result<()> {
    let rows = accounts.into_iter().map(|account| {
        json!({
            "id": account.id.0.simple().to_string(),
            "kind": account.kind.to_value(),
            "seller_id": account.seller_id.map(|id| id.0.simple().to_string()),
            "customer_id": account.customer_id.map(|id| id.0.simple().to_string()),
            "currency": account.currency.as_str(),
            "stripe": account.stripe,
        })
    });
    let rows = serde_json::Value::from(rows.collect::<Vec<_>>()).to_string();
    let backend = tx.get_database_backend();
    let new = match backend {
        DbBackend::Postgres => {
            "json_to_recordset(CAST($1 AS json)) AS new \
             (id uuid, kind text, seller_id uuid, customer_id uuid, currency text, stripe smallint)"
        }
        _ => {
            "(SELECT unhex(value ->> 'id') AS id, value ->> 'kind' AS kind, unhex(value ->> 'seller_id') AS seller_id, \
             unhex(value ->> 'customer_id') AS customer_id, value ->> 'currency' AS currency, value ->> 'stripe' AS stripe \
             FROM json_each($1)) AS new"
        }
    };
    let sql = format!(
        "INSERT INTO ledger_account (id, kind, seller_id, customer_id, currency, stripe, balance, entries, created_at, posted_at) \
         SELECT id, kind, seller_id, customer_id, currency, stripe, 0, 0, $2, $2 FROM {new} WHERE true ORDER BY id \
         ON CONFLICT DO NOTHING"
    );
    let statement = Statement::from_sql_and_values(backend, sql, [rows.into(), now.into()]);
    tx.execute_raw(statement).await?;
    Ok(())
}

/// Writes the transaction down; false where its source was posted before. Whoever posts the same at the same time is waited for.
async fn insert_transaction(
    tx: &Tx,
    posting: &Posting,
    id: LedgerTransactionId,
    fingerprint: &str,
    at: DateTime<Utc>,
) -> Result<bool> {
    let (source_kind, source_id) = posting.source;
    let sql = "INSERT INTO ledger_transaction (id, kind, source_kind, source_id, currency, of_id, fingerprint, note, posted_at) \
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (source_kind, source_id, kind) DO NOTHING";
    let values: [Value; 9] = [
        id.0.into(),
        posting.kind.to_value().into(),
        source_kind.to_value().into(),
        source_id.into(),
        posting.currency.as_str().into(),
        posting.of.map(|id| id.0).into(),
        fingerprint.into(),
        posting.note.clone().into(),
        at.into(),
    ];
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, values);
    Ok(tx.execute_raw(statement).await?.rows_affected() > 0)
}

/// Moves the balances, where each may be moved so.
async fn move_balances(
    tx: &Tx,
    changes: &BTreeMap<LedgerAccountId, Change>,
    held: &BTreeMap<LedgerAccountId, Held>,
    at: DateTime<Utc>,
) -> Result<Result<(), TooLittle>> {
    let rows = changes.iter().map(|(id, change)| {
        json!({ "id": id.0.simple().to_string(), "amount": change.amount, "lines": change.lines })
    });
    let rows = serde_json::Value::from(rows.collect::<Vec<_>>()).to_string();
    let backend = tx.get_database_backend();
    let (change, is_meant) = match backend {
        DbBackend::Postgres => (
            "SELECT * FROM json_to_recordset(CAST($1 AS json)) AS change (id uuid, amount bigint, lines bigint)",
            lists::is_looked_up("known.id", "id", "change"),
        ),
        _ => (
            "SELECT unhex(value ->> 'id') AS id, value ->> 'amount' AS amount, value ->> 'lines' AS lines FROM json_each($1)",
            "true".to_owned(),
        ),
    };
    // Neither side of the comparison can overflow: see LARGEST_AMOUNT.
    let sql = format!(
        "WITH change AS MATERIALIZED ({change}) \
         UPDATE ledger_account AS known SET balance = known.balance + change.amount, entries = known.entries + change.lines, \
         posted_at = $2 FROM change WHERE known.id = change.id AND {is_meant} \
         AND known.balance + change.amount BETWEEN -{LARGEST_AMOUNT} AND {LARGEST_AMOUNT} \
         AND (known.kind <> 'CUSTOMER_WALLET' OR known.balance + change.amount >= 0)"
    );
    let statement = Statement::from_sql_and_values(backend, sql, [rows.into(), at.into()]);
    let moved = tx.execute_raw(statement).await?.rows_affected();
    if usize::try_from(moved).is_ok_and(|moved| moved == changes.len()) {
        return Ok(Ok(()));
    }
    let is_short = changes.iter().any(|(id, change)| {
        let balance = held.get(id).map_or(0, |held| held.balance);
        change.key.customer().is_some() && balance.saturating_add(change.amount) < 0
    });
    if is_short {
        return Ok(Err(TooLittle));
    }
    Err(too_large())
}

/// What is said of a wallet that holds less than is to be taken from it.
pub(super) fn too_little() -> Error {
    Error::Conflict(
        "The wallet holds too little for this. Take less, or top it up first.".to_owned(),
    )
}

async fn insert_entries(
    tx: &Tx,
    posting: &Posting,
    id: LedgerTransactionId,
    lines: &[Line],
    mut held: BTreeMap<LedgerAccountId, Held>,
    at: DateTime<Utc>,
) -> Result<()> {
    let mut rows = Vec::with_capacity(lines.len());
    for (line, number) in lines.iter().zip(1_i16..) {
        let account = line.account.id(posting.currency, posting.source.1);
        let held = held
            .get_mut(&account)
            .ok_or_else(|| fault("an account of it is not there", posting))?;
        held.entries += 1;
        let balance = held.balance.checked_add(line.amount);
        held.balance = balance.ok_or_else(too_large)?;
        let seller = line.account.seller().or(line.seller);
        rows.push(json!({
            "id": LedgerEntryId::generate().0.simple().to_string(),
            "line": number,
            "account_id": account.0.simple().to_string(),
            "sequence": held.entries,
            "reason": line.reason.to_value(),
            "amount": line.amount,
            "balance_after": held.balance,
            "seller_id": seller.map(|id| id.0.simple().to_string()),
            "customer_id": line.account.customer().map(|id| id.0.simple().to_string()),
        }));
    }
    let rows = serde_json::Value::from(rows).to_string();
    let backend = tx.get_database_backend();
    let new = match backend {
        DbBackend::Postgres => {
            "json_to_recordset(CAST($1 AS json)) AS new (id uuid, line smallint, account_id uuid, sequence bigint, reason text, \
             amount bigint, balance_after bigint, seller_id uuid, customer_id uuid)"
        }
        _ => {
            "(SELECT unhex(value ->> 'id') AS id, value ->> 'line' AS line, unhex(value ->> 'account_id') AS account_id, \
             value ->> 'sequence' AS sequence, value ->> 'reason' AS reason, value ->> 'amount' AS amount, \
             value ->> 'balance_after' AS balance_after, unhex(value ->> 'seller_id') AS seller_id, \
             unhex(value ->> 'customer_id') AS customer_id FROM json_each($1)) AS new"
        }
    };
    let sql = format!(
        "INSERT INTO ledger_entry (id, transaction_id, line, account_id, sequence, reason, amount, currency, balance_after, \
         seller_id, customer_id, posted_at) \
         SELECT id, $2, line, account_id, sequence, reason, amount, $3, balance_after, seller_id, customer_id, $4 FROM {new}"
    );
    let values: [Value; 4] = [
        rows.into(),
        id.0.into(),
        posting.currency.as_str().into(),
        at.into(),
    ];
    tx.execute_raw(Statement::from_sql_and_values(backend, sql, values))
        .await?;
    Ok(())
}
