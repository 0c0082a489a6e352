//! Handing events on.
//!
//! Any number of relays may run; the row of `outbox_feed` lets one at a time work. Which events were handed on is a
//! column of theirs rather than a cursor: a transaction that began early may end late, and its events have lower
//! positions than those that were handed on meanwhile.

use super::{Envelope, Subscriptions, envelope};
use crate::{
    app::App,
    error::Result,
    jobs::{self, NewJob},
    platform::{
        database::{Tx, transactions},
        telemetry::RequestId,
        wakes::Topic,
    },
};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Most events of one transaction.
const MOST: usize = 500;
/// Most jobs of one statement: their payloads are bound as one value.
const MOST_JOBS: usize = 2_000;
/// How often to look without being told.
const POLL: Duration = Duration::from_secs(1);

/// Hands events to `subscriptions`, to those who listen, and to NATS where it is set, until `stop`.
pub async fn run(app: App, subscriptions: Subscriptions, stop: CancellationToken) {
    let mut news = app.wakes.listen(Topic::Outbox);
    while !stop.is_cancelled() {
        news.mark_unchanged();
        match round(&app, &subscriptions).await {
            Ok(MOST) => continue,
            Ok(_) => {}
            Err(error) => {
                tracing::warn!(error = error.for_operator(), "no events could be handed on");
            }
        }
        // Not all at the same time.
        let pause = POLL.mul_f64(0.8 + 0.4 * fastrand::f64());
        tokio::select! {
            _ = news.changed() => {}
            () = tokio::time::sleep(pause) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Hands on what waits, up to 500 events, and says how many they were; none also when another relay is at work.
///
/// # Errors
/// Whatever the database says; then nothing was handed on.
pub async fn round(app: &App, subscriptions: &Subscriptions) -> Result<usize> {
    if !is_any_waiting(app).await? {
        return Ok(0);
    }
    let with_nats;
    let subscriptions = if app.settings.nats_url.is_some() {
        with_nats = subscriptions.clone().and_nats();
        &with_nats
    } else {
        subscriptions
    };
    let relayed = app
        .transaction(async |tx| {
            let Some(last) = take_feed(app, tx).await? else {
                return Ok(Vec::new());
            };
            let relayed = give_positions(tx, last).await?;
            let mut jobs = Vec::new();
            for (envelope, request_id) in &relayed {
                jobs.extend(subscriptions.jobs(envelope, request_id.as_ref())?);
            }
            finish(tx, last, relayed.len(), &jobs).await?;
            Ok(relayed)
        })
        .await?;
    for (envelope, _) in &relayed {
        metrics::counter!("outbox_events_relayed_total", "event" => envelope.name.clone())
            .increment(1);
    }
    Ok(relayed.len())
}

/// Asked before the table is written to: on SQLite a transaction that finds nothing would hold up writers all the same.
async fn is_any_waiting(app: &App) -> Result<bool> {
    let backend = app.database.backend();
    let db = match backend {
        // A replica would be late.
        DbBackend::Postgres => app.database.write(),
        _ => app.database.read(),
    };
    let sql = "SELECT 1 AS waits FROM outbox_event WHERE feed_position IS NULL LIMIT 1";
    let row = db
        .query_one_raw(Statement::from_string(backend, sql))
        .await?;
    Ok(row.is_some())
}

/// The last position that was given, for this transaction alone; nothing where another is at it.
async fn take_feed(app: &App, tx: &Tx) -> Result<Option<i64>> {
    let backend = app.database.backend();
    let lock = match backend {
        DbBackend::Postgres if app.database.capabilities().skip_locked => "FOR UPDATE SKIP LOCKED",
        DbBackend::Postgres => "FOR UPDATE",
        // A transaction that may write is alone.
        _ => "",
    };
    let sql = format!("SELECT last_position FROM outbox_feed WHERE id = 1 {lock}");
    let row = tx
        .query_one_raw(Statement::from_string(backend, sql))
        .await?;
    Ok(row
        .map(|row| row.try_get("", "last_position"))
        .transpose()?)
}

/// Gives the first events that wait the positions after `last`, and returns them in that order.
async fn give_positions(tx: &Tx, last: i64) -> Result<Vec<(Envelope, Option<RequestId>)>> {
    // Of one aggregate, what was committed later has the higher position: it was given under the aggregate's lock. And
    // this statement, begun when the feed was held, sees whatever the relay before it saw.
    let sql = format!(
        "UPDATE outbox_event SET feed_position = given.place \
         FROM (SELECT waiting.position, CAST($1 AS bigint) + row_number() OVER (ORDER BY waiting.position) AS place \
               FROM (SELECT position FROM outbox_event WHERE feed_position IS NULL ORDER BY position LIMIT {MOST}) AS waiting \
              ) AS given \
         WHERE outbox_event.position = given.position RETURNING {}",
        envelope::COLUMNS
    );
    let statement = Statement::from_sql_and_values(tx.get_database_backend(), sql, [last.into()]);
    let mut relayed = Vec::new();
    for row in tx.query_all_raw(statement).await? {
        let place: i64 = row.try_get("", "feed_position")?;
        let request_id: Option<String> = row.try_get("", "request_id")?;
        let request_id = request_id.and_then(|id| RequestId::parse(&id));
        relayed.push((place, Envelope::from_row(&row)?, request_id));
    }
    // They are returned in any order.
    relayed.sort_unstable_by_key(|(place, ..)| *place);
    let relayed = relayed.into_iter();
    Ok(relayed
        .map(|(_, envelope, request_id)| (envelope, request_id))
        .collect())
}

/// Writes the jobs, and how far the feed is now.
async fn finish(tx: &Tx, last: i64, relayed: usize, jobs: &[NewJob]) -> Result<()> {
    if relayed == 0 {
        return Ok(());
    }
    for jobs in jobs.chunks(MOST_JOBS) {
        jobs::enqueue_with_next(tx, jobs);
    }
    let last = last + i64::try_from(relayed).unwrap_or(i64::MAX);
    let sql = "UPDATE outbox_feed SET last_position = $1 WHERE id = 1";
    tx.execute_raw(Statement::from_sql_and_values(
        tx.get_database_backend(),
        sql,
        [last.into()],
    ))
    .await?;
    transactions::wake_after_commit(Topic::Feed);
    Ok(())
}
