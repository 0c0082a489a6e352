//! What is kept of a person's money, for the person.

use crate::{
    caller::Caller,
    error::Result,
    told::{PAGE, Rows},
};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, Statement};
use serde_json::json;
use uuid::Uuid;

async fn rows(
    caller: &Caller,
    sql: &str,
    after: Option<Uuid>,
) -> Result<Vec<sea_orm::QueryResult>> {
    let person = caller.require_person()?;
    let values = [
        person.account.0.into(),
        after.unwrap_or(Uuid::nil()).into(),
        PAGE.cast_signed().into(),
    ];
    let statement = Statement::from_sql_and_values(caller.database.backend(), sql, values);
    Ok(caller.database.read().query_all_raw(statement).await?)
}

/// The caller's wallets.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn wallets(caller: &Caller, after: Option<Uuid>) -> Result<Rows> {
    let sql = "SELECT id, currency, balance, created_at FROM ledger_account \
        WHERE customer_id = $1 AND id > $2 ORDER BY id LIMIT $3";
    let mut told = Rows::new();
    for row in rows(caller, sql, after).await? {
        let wallet = json!({
            "currency": row.try_get::<String>("", "currency")?,
            "balanceInMinorUnits": row.try_get::<i64>("", "balance")?,
            "since": row.try_get::<DateTime<Utc>>("", "created_at")?,
        });
        told.push((row.try_get("", "id")?, wallet));
    }
    Ok(told)
}

/// What was posted to them.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn entries(caller: &Caller, after: Option<Uuid>) -> Result<Rows> {
    let sql = "SELECT entry.id, entry.currency, entry.amount, entry.balance_after, posted.kind, posted.note, entry.posted_at \
        FROM ledger_entry AS entry JOIN ledger_transaction AS posted ON posted.id = entry.transaction_id \
        WHERE entry.customer_id = $1 AND entry.id > $2 ORDER BY entry.id LIMIT $3";
    let mut told = Rows::new();
    for row in rows(caller, sql, after).await? {
        let entry = json!({
            "kind": row.try_get::<String>("", "kind")?,
            "currency": row.try_get::<String>("", "currency")?,
            "amountInMinorUnits": row.try_get::<i64>("", "amount")?,
            "balanceInMinorUnits": row.try_get::<i64>("", "balance_after")?,
            "note": row.try_get::<Option<String>>("", "note")?,
            "at": row.try_get::<DateTime<Utc>>("", "posted_at")?,
        });
        told.push((row.try_get("", "id")?, entry));
    }
    Ok(told)
}
