//! An account's statement as a file: comma-separated values, written as they are read.

use super::LedgerAccount;
use crate::{
    caller::Caller,
    error::{Error, Result},
    platform::currency,
};
use chrono::{DateTime, SecondsFormat, Utc};
use entity::money::Money;
use futures_util::stream::{Stream, try_unfold};
use sea_orm::{FromQueryResult, Statement};
use std::{borrow::Cow, sync::Arc};
use uuid::Uuid;

/// Most entries that are read at once.
const PAGE: usize = 500;

const HEAD: [&str; 9] = [
    "number",
    "posted_at",
    "kind",
    "reason",
    "amount",
    "currency",
    "balance",
    "source",
    "note",
];

#[derive(FromQueryResult)]
struct Row {
    sequence: i64,
    posted_at: DateTime<Utc>,
    kind: String,
    reason: String,
    amount: i64,
    balance_after: i64,
    source_kind: String,
    source_id: Uuid,
    note: Option<String>,
}

/// Where the writing is: behind which entry, until which.
struct Place {
    caller: Caller,
    account: Arc<LedgerAccount>,
    after: i64,
    is_over: bool,
}

/// All entries of the account until now, oldest first. Where reading fails midway it ends, and lacks its last lines; the account was
/// found before, as the caller may see it.
pub(crate) fn statement(
    caller: Caller,
    account: Arc<LedgerAccount>,
) -> impl Stream<Item = Result<Vec<u8>>> + Send {
    let place = Place {
        caller,
        account,
        after: 0,
        is_over: false,
    };
    try_unfold(place, async |mut place| {
        if place.is_over {
            return Ok(None);
        }
        let rows = rows(&place).await?;
        let is_first = place.after == 0;
        place.is_over = rows.len() < PAGE;
        place.after = rows.last().map_or(place.after, |row| row.sequence);
        let piece = piece(&place.account, is_first, &rows)?;
        Ok(Some((piece, place)))
    })
}

async fn rows(place: &Place) -> Result<Vec<Row>> {
    // No further than when it was asked for: it would not end while others post.
    let sql = format!(
        "SELECT entry.sequence, entry.posted_at, posted.kind, entry.reason, entry.amount, entry.balance_after, posted.source_kind, \
         posted.source_id, posted.note FROM ledger_entry AS entry JOIN ledger_transaction AS posted ON posted.id = entry.transaction_id \
         WHERE entry.account_id = $1 AND entry.sequence > $2 AND entry.sequence <= $3 ORDER BY entry.sequence LIMIT {PAGE}"
    );
    let values = [
        place.account.id.0.into(),
        place.after.into(),
        place.account.entries.into(),
    ];
    let database = &place.caller.database;
    let statement = Statement::from_sql_and_values(database.backend(), sql, values);
    Ok(Row::find_by_statement(statement)
        .all(database.write())
        .await?)
}

fn piece(account: &LedgerAccount, is_first: bool, rows: &[Row]) -> Result<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(Vec::new());
    let amount = |minor| {
        let currency = account.currency;
        currency::to_decimal(Money { minor, currency }).to_string()
    };
    if is_first {
        csv.write_record(HEAD).map_err(Error::internal)?;
    }
    for row in rows {
        let note = row.note.as_deref().unwrap_or_default();
        csv.write_record([
            row.sequence.to_string().as_str(),
            &row.posted_at.to_rfc3339_opts(SecondsFormat::Micros, true),
            &row.kind,
            &row.reason,
            &amount(row.amount),
            account.currency.as_str(),
            &amount(row.balance_after),
            &format!("{} {}", row.source_kind, row.source_id),
            &harmless(note),
        ])
        .map_err(Error::internal)?;
    }
    csv.into_inner()
        .map_err(|error| Error::internal(anyhow::anyhow!("{error}")))
}

/// The text as a spreadsheet takes for no formula.
fn harmless(text: &str) -> Cow<'_, str> {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_no_formulas() {
        assert_eq!(harmless("=1+1"), "'=1+1");
        assert_eq!(harmless("@x"), "'@x");
        assert_eq!(harmless("thanks"), "thanks");
    }
}
