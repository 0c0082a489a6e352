//! Having everyone told, at once.

use super::{Subscriptions, relay};
use crate::{
    app::App,
    error::{Error, Result},
    jobs::{Registry, Worker},
    platform::database::lists,
};
use sea_orm::{ConnectionTrait, Statement};
use std::time::{Duration, Instant};

/// After so long something is in the way: a queue is paused, or a subscriber fails again and again.
const PATIENCE: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_millis(10);

/// Hands on every event that waits and has its subscribers do their work, for commands that leave nothing behind to be
/// done. NATS is not waited for.
///
/// # Errors
/// Conflict when that takes more than a minute; whatever the database says.
pub(crate) async fn settle(app: &App, subscriptions: &Subscriptions) -> Result<()> {
    let worker = Worker::start(app.clone(), subscriptions.register(Registry::default()));
    let settled = wait(app, subscriptions).await;
    worker.stop(Duration::from_secs(1)).await;
    settled
}

async fn wait(app: &App, subscriptions: &Subscriptions) -> Result<()> {
    let give_up = Instant::now() + PATIENCE;
    while Instant::now() < give_up {
        if relay::round(app, subscriptions).await? == 0 && !is_any_open(app, subscriptions).await? {
            return Ok(());
        }
        tokio::time::sleep(PAUSE).await;
    }
    Err(Error::Conflict(
        "Some events still wait for their subscribers. See `tradewind jobs list` for what is in their way.".to_owned(),
    ))
}

/// Whether an event waits, also where another relay is at work, or a subscriber has still to do its work.
async fn is_any_open(app: &App, subscriptions: &Subscriptions) -> Result<bool> {
    let backend = app.database.backend();
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM outbox_event WHERE feed_position IS NULL) OR \
         EXISTS (SELECT 1 FROM job WHERE state IN ('WAITING', 'RUNNING') AND kind {}) AS is_open",
        lists::among_texts(backend)
    );
    let names = lists::of_texts(backend, &subscriptions.names());
    let statement = Statement::from_sql_and_values(backend, sql, [names]);
    let row = app.database.write().query_one_raw(statement).await?;
    Ok(row
        .map(|row| row.try_get("", "is_open"))
        .transpose()?
        .unwrap_or_default())
}
