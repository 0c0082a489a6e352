//! Asking for work.

use super::{Job, Priority};
use crate::{
    error::{Error, Result},
    platform::{
        database::{Tx, time, transactions},
        telemetry::RequestId,
        wakes::Topic,
    },
};
use entity::ids::JobId;
use sea_orm::{ActiveEnum, ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use std::{borrow::Cow, time::Duration};

/// Largest payload, in bytes of JSON: a job knows ids and looks up the rest.
const LARGEST_PAYLOAD: usize = 64 * 1024;
/// Longest key, in bytes: keys are indexed.
const LONGEST_KEY: usize = 255;

/// A job that is not written yet.
#[derive(Clone, Debug)]
pub(crate) struct NewJob {
    pub(crate) queue: &'static str,
    pub(crate) kind: Cow<'static, str>,
    pub(crate) version: i16,
    pub(crate) payload: Value,
    pub(crate) priority: Priority,
    /// How long it waits at least.
    pub(crate) delay: Duration,
    pub(crate) max_attempts: u16,
    pub(crate) unique_key: Option<String>,
    pub(crate) order: Option<(String, i64)>,
    /// The request that asks for it.
    pub(crate) request_id: Option<RequestId>,
}

impl NewJob {
    /// `job`, to be done at once.
    ///
    /// # Errors
    /// Internal when its payload cannot be written as JSON, or is too large.
    pub(crate) fn of<J: Job>(job: &J) -> Result<Self> {
        let payload = serde_json::to_value(job).map_err(Error::internal)?;
        let size = payload.to_string().len();
        let (unique_key, order) = (job.unique_key(), job.order());
        let keys = [unique_key.as_ref(), order.as_ref().map(|(key, _)| key)];
        let longest = keys.into_iter().flatten().map(String::len).max();
        if size > LARGEST_PAYLOAD || longest.unwrap_or_default() > LONGEST_KEY {
            return Err(Error::internal(anyhow::anyhow!(
                "a job {} has a payload of {size} bytes or a key that is too long",
                J::KIND
            )));
        }
        Ok(Self {
            queue: J::QUEUE.name,
            kind: J::KIND.into(),
            version: J::VERSION,
            payload,
            priority: J::PRIORITY,
            delay: Duration::ZERO,
            max_attempts: J::MAX_ATTEMPTS,
            unique_key,
            order,
            request_id: RequestId::current(),
        })
    }

    fn as_json(&self, id: JobId) -> Value {
        json!({
            "id": id.0.simple().to_string(),
            "queue": self.queue,
            "kind": self.kind,
            "version": self.version,
            "payload": self.payload,
            "priority": self.priority.to_value(),
            "delay": (self.delay.as_secs_f64() * 1_000.0).round() / 1_000.0,
            "head_start": head_start(self.priority).as_secs(),
            "max_attempts": self.max_attempts,
            "unique_key": self.unique_key,
            "order_key": self.order.as_ref().map(|(key, _)| key),
            "order_number": self.order.as_ref().map(|(_, number)| number),
            "request_id": self.request_id.as_ref().map(RequestId::as_str),
        })
    }
}

/// By how much a job is served before others of the same age. What has waited longer than that is served first all
/// the same, so that nothing waits for ever.
pub(super) fn head_start(priority: Priority) -> Duration {
    Duration::from_secs(match priority {
        Priority::Low => 0,
        Priority::Normal => 60,
        Priority::High => 600,
    })
}

/// Asks for `job` to be done once `tx` is committed, in one statement. Nothing is returned where one of the same
/// unique key waits or runs already.
///
/// # Errors
/// Whatever the database says.
pub async fn enqueue<J: Job>(tx: &Tx, job: &J) -> Result<Option<JobId>> {
    enqueue_in(tx, job, Duration::ZERO).await
}

/// The same, but not before `delay` has passed.
///
/// # Errors
/// Whatever the database says.
pub async fn enqueue_in<J: Job>(tx: &Tx, job: &J, delay: Duration) -> Result<Option<JobId>> {
    let job = NewJob {
        delay,
        ..NewJob::of(job)?
    };
    Ok(enqueue_all(tx, &[job]).await?.pop())
}

/// Asks for all of `jobs` in one statement, and returns the ids of those that are new.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn enqueue_all(tx: &Tx, jobs: &[NewJob]) -> Result<Vec<JobId>> {
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    let inserted = tx
        .query_all_raw(statement(tx, jobs, " RETURNING id"))
        .await?;
    transactions::wake_after_commit(Topic::Jobs);
    inserted
        .iter()
        .map(|row| Ok(row.try_get("", "id")?))
        .collect()
}

/// Asks for all of `jobs` with what `tx` does next, where nobody wants to know which of them are new.
pub(crate) fn enqueue_with_next(tx: &Tx, jobs: &[NewJob]) {
    if !jobs.is_empty() {
        tx.put_off(statement(tx, jobs, ""));
        transactions::wake_after_commit(Topic::Jobs);
    }
}

fn statement(tx: &Tx, jobs: &[NewJob], returning: &str) -> Statement {
    let backend = tx.get_database_backend();
    let rows = jobs.iter().map(|job| job.as_json(JobId::generate()));
    let rows = rows.collect::<Value>().to_string();
    let sql = insert(backend) + returning;
    Statement::from_sql_and_values(backend, sql, [rows.into()])
}

/// One text for any number of jobs: they are bound as one value.
fn insert(backend: DbBackend) -> String {
    let now = time::now(backend);
    let run_at = time::from_now(backend, "delay");
    let rank_at = time::from_now(backend, "delay - head_start");
    let rows = match backend {
        DbBackend::Postgres => {
            "json_to_recordset(CAST($1 AS json)) AS new (id uuid, queue text, kind text, version smallint, payload jsonb, \
             priority text, delay double precision, head_start double precision, max_attempts bigint, unique_key text, \
             order_key text, order_number bigint, request_id text)"
        }
        _ => {
            "(SELECT unhex(value ->> 'id') AS id, value ->> 'queue' AS queue, value ->> 'kind' AS kind, \
             value ->> 'version' AS version, value -> 'payload' AS payload, value ->> 'priority' AS priority, \
             value ->> 'delay' AS delay, value ->> 'head_start' AS head_start, value ->> 'max_attempts' AS max_attempts, \
             value ->> 'unique_key' AS unique_key, value ->> 'order_key' AS order_key, \
             value ->> 'order_number' AS order_number, value ->> 'request_id' AS request_id FROM json_each($1)) AS new"
        }
    };
    format!(
        "INSERT INTO job (id, queue, kind, version, payload, state, priority, run_at, rank_at, max_attempts, unique_key, \
             order_key, order_number, request_id, created_at) \
         SELECT id, queue, kind, version, payload, 'WAITING', priority, {run_at}, {rank_at}, max_attempts, unique_key, \
             order_key, order_number, request_id, {now} FROM {rows} WHERE true \
         ON CONFLICT (kind, unique_key) WHERE unique_key IS NOT NULL AND state IN ('WAITING', 'RUNNING') DO NOTHING"
    )
}
