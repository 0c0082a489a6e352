//! Waking those who wait for new rows: in this process at once, in others by PostgreSQL's `NOTIFY`.
//!
//! A wake is a hint. It can get lost (a process that ends, a connection that breaks), so whoever listens also looks by
//! itself every so often; with SQLite, other processes are found only so. `NOTIFY` is sent after the commit rather than
//! in it, and at most once in a few milliseconds: PostgreSQL takes a lock on the whole database to commit a
//! transaction that notifies.

use super::database::Database;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// PostgreSQL's name for what is sent between processes.
const CHANNEL: &str = "tradewind";

/// How long notifications are gathered.
const GATHER: Duration = Duration::from_millis(5);

/// What there may be news of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// A job waits.
    Jobs,
    /// An event waits for the relay.
    Outbox,
    /// The relay passed events on.
    Feed,
}

impl Topic {
    const ALL: [Self; 3] = [Self::Jobs, Self::Outbox, Self::Feed];

    fn name(self) -> &'static str {
        match self {
            Self::Jobs => "jobs",
            Self::Outbox => "outbox",
            Self::Feed => "feed",
        }
    }
}

/// Wakes those who wait, cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Wakes(Arc<[Bell; 3]>);

#[derive(Debug, Default)]
struct Bell {
    /// Every receiver sees that there was news since it last looked, however often it was told.
    local: watch::Sender<()>,
    /// Whether a notification is on its way.
    notifying: AtomicBool,
}

impl Wakes {
    /// Hears of `topic` from now on.
    #[must_use]
    pub fn listen(&self, topic: Topic) -> watch::Receiver<()> {
        self.bell(topic).local.subscribe()
    }

    /// Wakes those who wait for `topic` in this process.
    pub fn wake_here(&self, topic: Topic) {
        self.bell(topic).local.send_replace(());
    }

    /// Wakes those who wait for `topic` here and, where `database` can tell them, in other processes.
    pub fn wake(&self, topic: Topic, database: &Database, tasks: &TaskTracker) {
        self.wake_here(topic);
        if !database.capabilities().listen_notify
            || self.bell(topic).notifying.swap(true, Ordering::AcqRel)
        {
            return;
        }
        let (wakes, database) = (self.clone(), database.clone());
        tasks.spawn(async move {
            tokio::time::sleep(GATHER).await;
            wakes.bell(topic).notifying.store(false, Ordering::Release);
            let sql = "SELECT pg_notify($1, $2)";
            let values = [CHANNEL.into(), topic.name().into()];
            let notify = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
            if let Err(error) = database.write().execute_raw(notify).await {
                tracing::debug!(%error, "other processes could not be woken");
            }
        });
    }

    /// Passes on what other processes tell, until `stop`; nothing where the database cannot tell.
    pub async fn relay(&self, database: &Database, stop: &CancellationToken) {
        if !database.capabilities().listen_notify {
            return;
        }
        let mut pause = Duration::from_millis(100);
        while !stop.is_cancelled() {
            let heard = stop.run_until_cancelled(self.hear(database)).await;
            if let Some(Err(error)) = heard {
                tracing::debug!(%error, "the database does not tell of news; looking every so often");
                let _ = stop.run_until_cancelled(tokio::time::sleep(pause)).await;
                pause = (pause * 2).min(Duration::from_secs(30));
            }
        }
    }

    async fn hear(&self, database: &Database) -> Result<(), sqlx::Error> {
        let mut listener = database.listener().await?;
        listener.listen(CHANNEL).await?;
        // What came before this connection listened was not heard.
        self.wake_all_here();
        loop {
            match listener.try_recv().await? {
                Some(notification) => {
                    let topic = Topic::ALL
                        .iter()
                        .find(|topic| topic.name() == notification.payload());
                    if let Some(topic) = topic {
                        self.wake_here(*topic);
                    }
                }
                None => self.wake_all_here(),
            }
        }
    }

    fn wake_all_here(&self) {
        for topic in Topic::ALL {
            self.wake_here(topic);
        }
    }

    fn bell(&self, topic: Topic) -> &Bell {
        &self.0[topic as usize]
    }
}
