//! Events and subscribers for tests. What subscribers hear is seen in a table, `heard`.

use crate::support::TestApp;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tradewind::{
    error::{Error, Result},
    jobs::{Attempt, Registry, Worker},
    outbox::{self, Delivered, Event, Subscriber, Subscriptions, relay},
};
use uuid::Uuid;

/// A thing moved.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct Moved {
    pub thing: Uuid,
    pub number: i64,
}

impl Event for Moved {
    const NAME: &'static str = "test.moved";
    const AGGREGATE: &'static str = "test_thing";

    fn aggregate_id(&self) -> Uuid {
        self.thing
    }
}

/// A thing got another name; in the form of version 1 it was a bare text.
#[derive(Debug, Deserialize, PartialEq, Serialize)]
pub struct Renamed {
    pub thing: Uuid,
    pub name: String,
}

impl Event for Renamed {
    const NAME: &'static str = "test.renamed";
    const VERSION: i16 = 2;
    const AGGREGATE: &'static str = "test_thing";

    fn aggregate_id(&self) -> Uuid {
        self.thing
    }

    fn upgrade(version: i16, payload: Value) -> Result<Self> {
        match payload {
            Value::String(name) if version == 1 => Ok(Self {
                thing: Uuid::nil(),
                name,
            }),
            _ => Err(Error::invalid("payload", "It is no name.")),
        }
    }
}

/// Writes down what moved, once for each delivery that counts.
pub struct WriteDown;

impl Subscriber for WriteDown {
    const NAME: &'static str = "test.write_down";
    type Event = Moved;

    async fn receive(delivered: &Delivered<Moved>, attempt: &Attempt) -> Result<()> {
        let Delivered {
            sequence, event, ..
        } = delivered;
        write_down(attempt, event.thing, *sequence, &event.number.to_string()).await
    }
}

/// Writes down new names. Two attempts are all it has.
pub struct WriteName;

impl Subscriber for WriteName {
    const NAME: &'static str = "test.write_name";
    const MAX_ATTEMPTS: u16 = 2;
    type Event = Renamed;

    async fn receive(delivered: &Delivered<Renamed>, attempt: &Attempt) -> Result<()> {
        let (thing, name) = (delivered.aggregate_id, &delivered.event.name);
        write_down(attempt, thing, delivered.sequence, name).await
    }
}

async fn write_down(attempt: &Attempt, thing: Uuid, sequence: i64, note: &str) -> Result<()> {
    let sql = "INSERT INTO heard (thing, sequence, note, request) VALUES ($1, $2, $3, $4)";
    let backend = attempt.database.backend();
    let values = [
        thing.to_string().into(),
        sequence.into(),
        note.into(),
        attempt.request_id.clone().into(),
    ];
    let insert = Statement::from_sql_and_values(backend, sql, values);
    attempt.database.write().execute_raw(insert).await?;
    Ok(())
}

pub fn subscriptions() -> Subscriptions {
    Subscriptions::default()
        .with::<WriteDown>()
        .with::<WriteName>()
}

impl TestApp {
    /// Makes the table that the subscribers write to.
    pub async fn with_ears(self) -> Self {
        let (number, time) = match self.app.database.backend() {
            DbBackend::Postgres => (
                "bigint GENERATED ALWAYS AS IDENTITY",
                "timestamptz NOT NULL DEFAULT clock_timestamp()",
            ),
            _ => (
                "integer PRIMARY KEY AUTOINCREMENT",
                "text NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'))",
            ),
        };
        self.execute(&format!(
            "CREATE TABLE heard (number {number}, thing text NOT NULL, sequence bigint NOT NULL, note text NOT NULL, request text, \
             heard_at {time})"
        ))
        .await;
        self
    }

    /// A worker that tells the subscribers of these tests.
    pub fn tell(&self) -> Worker {
        Worker::start(
            self.app.clone(),
            subscriptions().register(Registry::default()),
        )
    }

    /// A relay; it ends when the token is cancelled.
    pub fn relay(&self) -> (CancellationToken, TaskTracker) {
        let (stop, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(relay::run(self.app.clone(), subscriptions(), stop.clone()));
        tasks.close();
        (stop, tasks)
    }

    /// Hands on everything that waits, and returns how much it was.
    pub async fn relay_all(&self) -> usize {
        let mut relayed = 0;
        // Another may be at it.
        while self.waiting().await > 0 {
            relayed += relay::round(&self.app, &subscriptions()).await.unwrap();
        }
        relayed
    }

    async fn waiting(&self) -> i64 {
        self.value("SELECT count(*) FROM outbox_event WHERE feed_position IS NULL")
            .await
    }

    /// Tells of `events`.
    pub async fn emit<E: Event>(&self, events: &[E]) {
        let emit = self
            .app
            .transaction(async |tx| outbox::emit(tx, events).await);
        emit.await.unwrap();
    }

    /// How many seconds after each event its subscriber first heard of it.
    pub async fn lags(&self) -> Vec<f64> {
        let (lag, id) = match self.app.database.backend() {
            DbBackend::Postgres => (
                "CAST(extract(epoch FROM min(h.heard_at) - e.occurred_at) AS double precision)",
                "CAST(e.aggregate_id AS text)",
            ),
            _ => (
                "(julianday(min(h.heard_at)) - julianday(e.occurred_at)) * 86400.0",
                "lower(hex(e.aggregate_id))",
            ),
        };
        self.column(&format!(
            "SELECT {lag} FROM outbox_event e JOIN heard h ON replace(h.thing, '-', '') = replace({id}, '-', '') \
             AND h.sequence = e.sequence GROUP BY e.position, e.occurred_at"
        ))
        .await
    }

    /// Waits until no delivery waits or runs.
    pub async fn until_told(&self) {
        let open = "SELECT (SELECT count(*) FROM outbox_event WHERE feed_position IS NULL) \
             + (SELECT count(*) FROM job WHERE state IN ('WAITING', 'RUNNING'))";
        self.until(open, 0).await;
    }
}

/// The first `count` moves of `thing`.
pub fn moves(thing: Uuid, count: i64) -> Vec<Moved> {
    (1..=count).map(|number| Moved { thing, number }).collect()
}
