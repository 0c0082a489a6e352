//! A saga for tests. What it writes by itself is seen in the table `effect`, and what it asks of others in `outside`, by key.

use crate::{jobs::kinds::write, support::TestApp};
use entity::ids::SagaId;
use sea_orm::{ConnectionTrait, Statement};
use serde::{Deserialize, Serialize};
use tradewind::{
    app::App,
    error::{Error, Result},
    jobs::{Registry, Worker},
    sagas::{self, Outcome, Saga, Step, Turn, Work},
};
use uuid::Uuid;

/// Reserves, charges, looks and ships.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub struct Trip {
    pub id: Uuid,
    /// The step that cannot be done.
    #[serde(default)]
    pub refused_at: String,
    /// The step that goes wrong whenever it is tried.
    #[serde(default)]
    pub broken_at: String,
    /// Whether charging waits for a row in `signal`.
    #[serde(default)]
    pub waits: bool,
}

impl Trip {
    pub fn new() -> Self {
        Self {
            id: Uuid::now_v7(),
            ..Self::default()
        }
    }

    /// Goes wrong where it is to.
    fn check(&self, step: &str) -> Result<Option<Outcome>> {
        if self.broken_at == step {
            return Err(Error::Conflict(format!("{step} is broken.")));
        }
        Ok((self.refused_at == step).then(|| Outcome::fail(format!("{step} is refused."))))
    }

    async fn own(&self, turn: &Turn, step: &str) -> Result<Outcome> {
        turn.transaction(async |tx| {
            write(tx, &format!("{} {step}", self.id)).await?;
            if let Some(refused) = self.check(step)? {
                return Ok(refused);
            }
            Outcome::done(&step)
        })
        .await
    }

    async fn charge(&self, turn: &Turn) -> Result<Outcome> {
        if let Some(refused) = self.check("charge")? {
            return Ok(refused);
        }
        let signals = "SELECT note FROM signal LIMIT 1";
        let signals = Statement::from_string(turn.database.backend(), signals);
        let signal = turn.database.write().query_one_raw(signals).await?;
        if self.waits && signal.is_none() {
            return Ok(Outcome::Wait { until: None });
        }
        ask(turn).await?;
        Outcome::done(&"charged")
    }

    fn look(turn: &Turn) -> Result<Outcome> {
        let charged: Option<String> = turn.output("charge")?;
        assert_eq!(charged.as_deref(), Some("charged"));
        Outcome::done(&())
    }
}

/// Asks somebody else, who does it once per key.
async fn ask(turn: &Turn) -> Result<Outcome> {
    let sql = "INSERT INTO outside (key, calls) VALUES ($1, 1) ON CONFLICT (key) DO UPDATE SET calls = outside.calls + 1";
    let values = [turn.key().into()];
    let statement = Statement::from_sql_and_values(turn.database.backend(), sql, values);
    turn.database.write().execute_raw(statement).await?;
    Outcome::done(&())
}

fn undo_ship<'a>(trip: &'a Trip, turn: &'a Turn) -> Work<'a> {
    Box::pin(trip.own(turn, "ship:undo"))
}

impl Saga for Trip {
    const KIND: &'static str = "test.trip";

    fn subject(&self) -> Uuid {
        self.id
    }

    fn steps() -> Vec<Step<Self>> {
        vec![
            Step::new("reserve", |trip: &Self, turn| {
                Box::pin(trip.own(turn, "reserve"))
            })
            .undone_by(|trip, turn| Box::pin(trip.own(turn, "reserve:undo"))),
            Step::new("charge", |trip: &Self, turn| Box::pin(trip.charge(turn)))
                .undone_by(|_, turn| Box::pin(ask(turn)))
                .tried(2)
                .or_compensate(),
            Step::new("look", |_: &Self, turn| {
                Box::pin(async { Self::look(turn) })
            }),
            Step::new("ship", |trip: &Self, turn| Box::pin(trip.own(turn, "ship")))
                .undone_by(undo_ship)
                .tried(2),
        ]
    }
}

pub fn registry() -> Registry {
    Registry::default().with::<sagas::Run<Trip>>()
}

impl TestApp {
    /// Makes the tables that the saga writes to.
    pub async fn with_trips(self) -> Self {
        let app = self.with_effects().await;
        app.execute("CREATE TABLE outside (key text PRIMARY KEY, calls bigint NOT NULL)")
            .await;
        app.execute("CREATE TABLE signal (note text)").await;
        app
    }

    pub async fn start(&self, trip: &Trip) -> SagaId {
        let now = self.app.clock.now();
        let started = self.app.transaction(async |tx| sagas::start(tx, now, trip));
        started.await.unwrap()
    }

    pub async fn wake(&self, saga: SagaId) {
        let woken = self.app.transaction(async |tx| sagas::wake(tx, saga).await);
        woken.await.unwrap();
    }

    /// A worker that carries the sagas of these tests on.
    pub fn carry_on(&self) -> Worker {
        carry_on(self.app.clone())
    }

    /// How the only saga stands: its state, its step, and why.
    pub async fn saga_fate(&self) -> String {
        self.value("SELECT state || ' ' || step || ' ' || coalesce(reason, '') FROM saga")
            .await
    }

    /// The effects of a trip without its id.
    pub async fn trip_effects(&self, trip: &Trip) -> Vec<String> {
        let prefix = format!("{} ", trip.id);
        let effects = self.effects().await;
        effects
            .iter()
            .filter_map(|note| note.strip_prefix(&prefix).map(str::to_owned))
            .collect()
    }
}

pub fn carry_on(app: App) -> Worker {
    Worker::start(app, registry())
}
