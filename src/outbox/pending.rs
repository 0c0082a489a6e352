//! Whether someone has still to be told.

use super::{Event, Subscriber, subscriptions::order_key_sql};
use crate::{app::App, error::Result, jobs::Queue};
use sea_orm::{ConnectionTrait, DbBackend, Statement};

/// SQL that is true while `S` has still to be told something of the aggregate whose id is the expression `id`: what it
/// keeps may be behind until then, and a check of it waits. A dead letter is not waited for.
#[must_use]
pub(crate) fn is_pending<S: Subscriber>(backend: DbBackend, id: &str) -> String {
    let aggregate = S::Event::AGGREGATE;
    let key = order_key_sql(backend == DbBackend::Postgres, S::NAME, aggregate, id);
    format!(
        "(EXISTS (SELECT 1 FROM outbox_event WHERE feed_position IS NULL AND name = '{}' \
             AND aggregate = '{aggregate}' AND aggregate_id = {id}) \
          OR EXISTS (SELECT 1 FROM job WHERE order_key = {key} AND state IN ('WAITING', 'RUNNING')))",
        S::Event::NAME
    )
}

/// The age of the oldest event that `S` has still to be told of, in seconds; nothing waits where it is 0. A dead letter is not waited for.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn oldest_pending<S: Subscriber>(app: &App) -> Result<f64> {
    let backend = app.database.backend();
    let age = |since: &str| match backend {
        DbBackend::Postgres => format!(
            "CAST(extract(epoch FROM clock_timestamp() - CAST({since} AS timestamptz)) AS double precision)"
        ),
        _ => format!("(julianday('now') - julianday({since})) * 86400.0"),
    };
    let (of_event, of_job) = (age("occurred_at"), age("payload ->> 'occurredAt'"));
    let (event, kind, queue) = (S::Event::NAME, S::NAME, Queue::EVENTS.name);
    // A state at a time, each by its own index.
    let jobs = |state: &str| {
        format!(
            "SELECT {of_job} AS age FROM job WHERE queue = '{queue}' AND state = '{state}' AND kind = '{kind}'"
        )
    };
    let sql = format!(
        "SELECT max(open.age) AS age FROM ( \
           SELECT {of_event} AS age FROM outbox_event WHERE feed_position IS NULL AND name = '{event}' \
           UNION ALL {} UNION ALL {}) AS open",
        jobs("WAITING"),
        jobs("RUNNING")
    );
    let statement = Statement::from_string(backend, sql);
    let row = app.database.write().query_one_raw(statement).await?;
    let age: Option<f64> = row.map(|row| row.try_get("", "age")).transpose()?.flatten();
    Ok(age.unwrap_or_default().max(0.0))
}
