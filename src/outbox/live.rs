//! Passing the feed on inside this process, while anybody listens.

use super::{Envelope, envelope};
use crate::{app::App, error::Result, platform::wakes::Topic};
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::sync::broadcast;

/// How many events a listener may be behind.
const CAPACITY: usize = 2_048;
/// Most events of one statement.
pub(super) const PAGE: usize = 500;
/// How often to look without being told.
const POLL: Duration = Duration::from_secs(1);

/// An event of the feed.
#[derive(Clone, Debug)]
pub struct LiveEvent {
    /// Where it stands in the feed: all that is before was committed before it was read.
    pub position: i64,
    /// The event.
    pub envelope: Envelope,
}

type Sender = broadcast::Sender<Arc<LiveEvent>>;

/// The listeners of this process. One task reads the feed for all of them, and ends when the last has left.
#[derive(Clone, Debug, Default)]
pub(super) struct Live(Arc<Mutex<Option<Sender>>>);

impl Live {
    /// Hears of what the task reads from now on. Where there is no task it begins after the position `last`.
    pub(super) fn receiver(&self, app: &App, last: i64) -> broadcast::Receiver<Arc<LiveEvent>> {
        let mut sender = self.lock();
        if let Some(sender) = &*sender {
            return sender.subscribe();
        }
        let (new, receiver) = broadcast::channel(CAPACITY);
        *sender = Some(new.clone());
        app.tasks
            .spawn(pass_on(app.clone(), self.clone(), new, last));
        receiver
    }

    /// Forgets the task, unless someone came.
    fn leave(&self, mine: &Sender) -> bool {
        let mut sender = self.lock();
        let is_alone = mine.receiver_count() == 0;
        if is_alone {
            *sender = None;
        }
        is_alone
    }

    fn lock(&self) -> MutexGuard<'_, Option<Sender>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn pass_on(app: App, live: Live, sender: Sender, mut last: i64) {
    let mut news = app.wakes.listen(Topic::Feed);
    loop {
        news.mark_unchanged();
        match pass_page_on(&app, &sender, &mut last).await {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(
                error = error.for_operator(),
                "those who listen to events are not told for now"
            ),
        }
        tokio::select! {
            _ = news.changed() => {}
            () = tokio::time::sleep(POLL) => {}
            () = sender.closed() => {}
        }
        if live.leave(&sender) {
            return;
        }
    }
}

/// Passes on what comes after `last`, and says whether there may be more.
async fn pass_page_on(app: &App, sender: &Sender, last: &mut i64) -> Result<bool> {
    let page = page(app, *last).await?;
    let is_more = page.len() == PAGE;
    for event in page {
        *last = event.position;
        // Fails when nobody listens any more.
        let _ = sender.send(Arc::new(event));
    }
    Ok(is_more)
}

/// The position of the event that was handed on last.
pub(super) async fn last_position(app: &App) -> Result<i64> {
    let sql = "SELECT last_position FROM outbox_feed WHERE id = 1";
    let statement = Statement::from_string(app.database.backend(), sql);
    let row = source(app).query_one_raw(statement).await?;
    let position = row
        .map(|row| row.try_get("", "last_position"))
        .transpose()?;
    Ok(position.unwrap_or_default())
}

/// The first events after the position `after`.
pub(super) async fn page(app: &App, after: i64) -> Result<Vec<LiveEvent>> {
    let sql = format!(
        "SELECT {} FROM outbox_event WHERE feed_position > $1 ORDER BY feed_position LIMIT {PAGE}",
        envelope::COLUMNS
    );
    let statement = Statement::from_sql_and_values(app.database.backend(), sql, [after.into()]);
    let rows = source(app).query_all_raw(statement).await?;
    rows.iter()
        .map(|row| {
            Ok(LiveEvent {
                position: row.try_get("", "feed_position")?,
                envelope: Envelope::from_row(row)?,
            })
        })
        .collect()
}

/// Where the feed is read: not from a replica, which would be late.
fn source(app: &App) -> &DatabaseConnection {
    match app.database.backend() {
        DbBackend::Postgres => app.database.write(),
        _ => app.database.read(),
    }
}
