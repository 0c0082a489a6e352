//! What is too old goes, a month at a time, and leaves behind from where the rest can be verified.

use crate::{
    error::{Error, Result},
    jobs::{Attempt, Job, Queue},
    platform::database::{Tx, time},
};
use chrono::{DateTime, Datelike, Months, NaiveTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde::{Deserialize, Serialize};

/// Rows of one statement: none holds its locks for long.
const BATCH: u64 = 1_000;

/// Lets go of entries of months that ended longer ago than the setting `AUDIT_RETENTION_MONTHS` says.
#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct SweepEntries {}

impl Job for SweepEntries {
    const KIND: &'static str = "audit.sweep";
    const QUEUE: Queue = Queue::MAINTENANCE;

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let bound = first_kept(attempt.clock.now(), attempt.settings.audit_retention_months)?;
        attempt
            .transaction(async |tx| {
                write_anchors(tx, bound).await?;
                drop_partitions(tx, bound).await
            })
            .await?;
        // The rest: all of them on SQLite, and on PostgreSQL those that no month's table was made for.
        for chain in chains(attempt.database.write()).await? {
            let sql = format!(
                "DELETE FROM audit_entry WHERE chain = {chain} AND sequence IN \
                 (SELECT sequence FROM audit_entry WHERE chain = {chain} AND sequence <= \
                    (SELECT coalesce(max(sequence), 0) FROM audit_anchor WHERE chain = {chain}) \
                  ORDER BY sequence LIMIT {BATCH})"
            );
            let db = attempt.database.write();
            while db.execute_unprepared(&sql).await?.rows_affected() == BATCH {
                if attempt.is_stopping() {
                    return Err(attempt.interrupted());
                }
            }
        }
        Ok(())
    }
}

/// The first moment of the first month that is kept.
fn first_kept(now: DateTime<Utc>, months: u32) -> Result<DateTime<Utc>> {
    let day = now.date_naive().with_day(1);
    let day = day.and_then(|day| day.checked_sub_months(Months::new(months)));
    let day = day.ok_or_else(|| Error::internal(anyhow::anyhow!("no month is before {now}")))?;
    Ok(day.and_time(NaiveTime::MIN).and_utc())
}

async fn chains(db: &impl ConnectionTrait) -> Result<Vec<i16>> {
    let sql = "SELECT chain FROM audit_chain ORDER BY chain";
    let statement = Statement::from_string(db.get_database_backend(), sql);
    let rows = db.query_all_raw(statement).await?;
    Ok(rows
        .iter()
        .map(|row| row.try_get("", "chain"))
        .collect::<Result<_, _>>()?)
}

/// Writes down the last entry before `bound` of each chain. A chain's times never go back, so all that is before it is
/// older.
async fn write_anchors(tx: &Tx, bound: DateTime<Utc>) -> Result<()> {
    let backend = tx.get_database_backend();
    let sql = format!(
        "INSERT INTO audit_anchor (chain, sequence, hash, written_at) \
         SELECT e.chain, e.sequence, e.hash, {} FROM audit_chain c \
         JOIN audit_entry e ON e.chain = c.chain AND e.sequence = coalesce( \
           (SELECT kept.sequence FROM audit_entry kept WHERE kept.chain = c.chain AND kept.occurred_at >= $1 \
            ORDER BY kept.sequence LIMIT 1), c.sequence + 1) - 1 \
         WHERE true ON CONFLICT (chain, sequence) DO NOTHING",
        time::now(backend)
    );

    let statement = Statement::from_sql_and_values(backend, sql, [bound.into()]);
    tx.execute_raw(statement).await?;
    Ok(())
}

/// Drops the tables of the months before `bound`, whose entries an anchor now stands behind.
async fn drop_partitions(tx: &Tx, bound: DateTime<Utc>) -> Result<()> {
    let backend = tx.get_database_backend();
    if backend != DbBackend::Postgres {
        return Ok(());
    }
    let sql = "SELECT CAST(inhrelid::regclass AS text) AS name FROM pg_inherits \
         WHERE inhparent = 'audit_entry'::regclass AND CAST(inhrelid::regclass AS text) ~ '^audit_entry_[0-9]{4}_[0-9]{2}$' \
           AND CAST(inhrelid::regclass AS text) < $1";
    let first = bound.format("audit_entry_%Y_%m").to_string();
    let statement = Statement::from_sql_and_values(backend, sql, [first.into()]);
    for row in tx.query_all_raw(statement).await? {
        let name: String = row.try_get("", "name")?;
        tx.execute_unprepared(&format!("DROP TABLE {name}")).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_months_are_kept() {
        let first = |now: &str, months| {
            first_kept(now.parse().unwrap(), months)
                .unwrap()
                .to_rfc3339()
        };
        assert_eq!(
            first("2026-11-21T08:00:00Z", 24),
            "2024-11-01T00:00:00+00:00"
        );
        assert_eq!(
            first("2026-01-31T23:59:59Z", 1),
            "2025-12-01T00:00:00+00:00"
        );
    }
}
