//! Taking jobs that are due.

use super::Lease;
use crate::{
    error::Result,
    platform::database::{Database, time},
};
use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::time::Duration;
use uuid::Uuid;

/// A job that was taken.
#[derive(Clone, Debug)]
pub(in crate::jobs) struct Claimed {
    pub(in crate::jobs) lease: Lease,
    pub(in crate::jobs) kind: String,
    pub(in crate::jobs) version: i16,
    /// As it is in the table, which may be no JSON at all.
    pub(in crate::jobs) payload: String,
    /// Which attempt this is; the first is 1.
    pub(in crate::jobs) attempt: u16,
    /// How many of those before it ended with their worker.
    pub(in crate::jobs) losses: u16,
    pub(in crate::jobs) request_id: Option<String>,
    /// Whether another job may wait for this one to end.
    pub(in crate::jobs) is_ordered: bool,
}

/// Which of `queues` have a job that is due and may be taken. Asked before the table is written to: on SQLite a claim
/// that finds nothing would hold up writers all the same.
///
/// # Errors
/// Whatever the database says.
pub(in crate::jobs) async fn queues_with_work(
    database: &Database,
    queues: &[&str],
) -> Result<Vec<String>> {
    let backend = database.backend();
    // A replica would be late.
    let db = match backend {
        DbBackend::Postgres => database.write(),
        _ => database.read(),
    };
    let wanted = match backend {
        DbBackend::Postgres => "json_array_elements_text(CAST($1 AS json)) AS wanted (name)",
        _ => "(SELECT value AS name FROM json_each($1)) AS wanted",
    };
    let due = due(backend, "wanted.name");
    let sql = format!("SELECT name FROM {wanted} WHERE EXISTS (SELECT 1 FROM job WHERE {due})");
    let names = serde_json::json!(queues).to_string();
    let rows = db
        .query_all_raw(Statement::from_sql_and_values(backend, sql, [names.into()]))
        .await?;
    rows.iter()
        .map(|row| Ok(row.try_get("", "name")?))
        .collect()
}

/// Who claims, for how long at first, and how much.
#[derive(Clone, Copy, Debug)]
pub(in crate::jobs) struct Claim<'a> {
    pub(in crate::jobs) queue: &'a str,
    pub(in crate::jobs) worker: &'a str,
    pub(in crate::jobs) lease: Duration,
    pub(in crate::jobs) most: usize,
}

/// Takes jobs that are due, in the order of their rank. The attempt is counted here, so that one
/// that ends with its worker counts too.
///
/// # Errors
/// Whatever the database says.
pub(in crate::jobs) async fn claim(database: &Database, wanted: Claim<'_>) -> Result<Vec<Claimed>> {
    let backend = database.backend();
    let (now, until) = (time::now(backend), time::from_now(backend, "$4"));
    let due = due(backend, "$1");
    let skip = match backend {
        DbBackend::Postgres if database.capabilities().skip_locked => "FOR UPDATE SKIP LOCKED",
        DbBackend::Postgres => "FOR UPDATE",
        // A statement that writes is alone.
        _ => "",
    };
    let picked = format!("SELECT id FROM job WHERE {due} ORDER BY rank_at LIMIT $5 {skip}");
    let is_picked = match backend {
        // As an array it is found once. PostgreSQL may run what stands in `IN` again for each row, and with rows locked
        // in between, more than LIMIT are picked in all.
        DbBackend::Postgres => format!("id = ANY (ARRAY({picked}))"),
        _ => format!("id IN ({picked})"),
    };
    let sql = format!(
        "UPDATE job SET state = 'RUNNING', attempts = attempts + 1, lease_id = $2, worker = $3, leased_until = {until}, \
             started_at = {now}, progress = NULL \
         WHERE {is_picked} AND state = 'WAITING' \
         RETURNING id, kind, version, CAST(payload AS text) AS payload, attempts, losses, \
             request_id, rank_at, order_key"
    );
    let lease = Uuid::now_v7();
    let values = [
        wanted.queue.into(),
        lease.into(),
        wanted.worker.into(),
        wanted.lease.as_secs_f64().into(),
        i64::try_from(wanted.most).unwrap_or(i64::MAX).into(),
    ];
    let rows = database
        .write()
        .query_all_raw(Statement::from_sql_and_values(backend, sql, values))
        .await?;
    let mut claimed = rows
        .iter()
        .map(|row| {
            let rank: DateTime<Utc> = row.try_get("", "rank_at")?;
            let attempts: i64 = row.try_get("", "attempts")?;
            let losses: i64 = row.try_get("", "losses")?;
            let order_key: Option<String> = row.try_get("", "order_key")?;
            let claimed = Claimed {
                lease: Lease {
                    job: row.try_get("", "id")?,
                    id: lease,
                },
                kind: row.try_get("", "kind")?,
                version: row.try_get("", "version")?,
                payload: row.try_get("", "payload")?,
                attempt: u16::try_from(attempts).unwrap_or(u16::MAX),
                losses: u16::try_from(losses).unwrap_or(u16::MAX),
                request_id: row.try_get("", "request_id")?,
                is_ordered: order_key.is_some(),
            };
            Ok((rank, claimed))
        })
        .collect::<Result<Vec<_>>>()?;
    // They are returned in any order.
    claimed.sort_by_key(|(rank, claimed)| (*rank, claimed.lease.job));
    Ok(claimed.into_iter().map(|(_, claimed)| claimed).collect())
}

/// SQL that is true for jobs of `queue` that may be taken now: due, of a queue that is not paused, and, where they have an
/// order, with none before them that is still to be done. What is due lies at the beginning of the index by rank, for
/// a rank is never later than its `run_at`.
fn due(backend: DbBackend, queue: &str) -> String {
    let now = time::now(backend);
    format!(
        "job.state = 'WAITING' AND job.queue = {queue} AND job.rank_at <= {now} AND job.run_at <= {now} \
         AND NOT EXISTS (SELECT 1 FROM job_queue WHERE name = {queue} AND paused_at IS NOT NULL) \
         AND (job.order_key IS NULL OR NOT EXISTS (SELECT 1 FROM job earlier WHERE earlier.order_key = job.order_key \
             AND earlier.order_number < job.order_number AND earlier.state IN ('WAITING', 'RUNNING')))"
    )
}
