//! Jobs for tests. What they do is seen in a table, `effect`.

use crate::support::TestApp;
use sea_orm::{ConnectionTrait, Statement};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tradewind::{
    error::{Error, Result},
    jobs::{Attempt, Job, Priority, Queue, Registry, Worker, enqueue},
    platform::database::Tx,
};

/// Every kind below.
pub fn registry() -> Registry {
    Registry::default()
        .with::<Note>()
        .with::<NoteLow>()
        .with::<NoteHigh>()
        .with::<Once>()
        .with::<Faulty>()
        .with::<Versioned>()
        .with::<Hold>()
}

impl TestApp {
    /// Makes the table that the jobs write to.
    pub async fn with_effects(self) -> Self {
        let number = match self.app.database.backend() {
            sea_orm::DbBackend::Postgres => "bigserial",
            _ => "integer",
        };
        let table =
            format!("CREATE TABLE effect (number {number} PRIMARY KEY, note text NOT NULL)");
        self.execute(&table).await;
        self
    }

    /// A worker that does the jobs of these tests.
    pub fn work(&self) -> Worker {
        Worker::start(self.app.clone(), registry())
    }

    /// Asks for a job.
    pub async fn enqueue<J: Job>(&self, job: J) {
        self.app
            .transaction(async |tx| enqueue(tx, &job).await)
            .await
            .unwrap();
    }

    /// What the jobs wrote, in the order in which they did.
    pub async fn effects(&self) -> Vec<String> {
        self.column("SELECT note FROM effect ORDER BY number").await
    }

    /// Waits until no job waits or runs.
    pub async fn until_done(&self) {
        let living = "SELECT count(*) FROM job WHERE state IN ('WAITING', 'RUNNING')";
        self.until(living, 0).await;
    }
}

/// Writes an effect.
pub async fn write(tx: &Tx, note: &str) -> Result<()> {
    let sql = "INSERT INTO effect (note) VALUES ($1)";
    let insert = Statement::from_sql_and_values(tx.get_database_backend(), sql, [note.into()]);
    tx.execute_raw(insert).await?;
    Ok(())
}

macro_rules! notes {
    ($($name:ident $kind:literal $priority:ident;)+) => {$(
        /// Writes its text, and is finished in the same transaction.
        #[derive(Deserialize, Serialize)]
        pub struct $name(pub String);

        impl Job for $name {
            const KIND: &'static str = $kind;
            const PRIORITY: Priority = Priority::$priority;

            async fn run(self, attempt: &Attempt) -> Result<()> {
                let finish = async |tx: &Tx| {
                    write(tx, &self.0).await?;
                    attempt.finish(tx).await
                };
                attempt.transaction(finish).await
            }
        }
    )+};
}

notes! {
    Note "test.note" Normal;
    NoteLow "test.note_low" Low;
    NoteHigh "test.note_high" High;
}

/// Writes its text; there is one of each text, and all of one group come one after the other.
#[derive(Deserialize, Serialize)]
pub struct Once {
    pub text: String,
    pub group: Option<(String, i64)>,
    pub millis: u64,
}

impl Job for Once {
    const KIND: &'static str = "test.once";

    fn unique_key(&self) -> Option<String> {
        Some(self.text.clone())
    }

    fn order(&self) -> Option<(String, i64)> {
        self.group.clone()
    }

    async fn run(self, attempt: &Attempt) -> Result<()> {
        tokio::time::sleep(Duration::from_millis(self.millis)).await;
        attempt
            .transaction(async |tx| write(tx, &self.text).await)
            .await
    }
}

/// Does what it should not.
#[derive(Deserialize, Serialize)]
pub enum Faulty {
    Fails,
    IsWrong,
    Panics,
    Hangs,
    /// Never pauses, for so many milliseconds.
    Spins(u64),
    /// Takes the whole process with it, as one does that eats all memory.
    Aborts,
}

impl Job for Faulty {
    const KIND: &'static str = "test.faulty";
    const MAX_ATTEMPTS: u16 = 3;
    const MAX_LOSSES: u16 = 3;
    const TIMEOUT: Duration = Duration::from_millis(200);

    fn backoff(_attempt: u16) -> Duration {
        Duration::from_millis(10)
    }

    async fn run(self, _attempt: &Attempt) -> Result<()> {
        match self {
            Self::Fails => Err(Error::Conflict("It does not want to.".to_owned())),
            Self::IsWrong => Err(Error::invalid("payload.name", "There is no such name.")),
            Self::Panics => panic!("at the disco"),
            Self::Hangs => std::future::pending().await,
            Self::Spins(millis) => {
                std::thread::sleep(Duration::from_millis(millis));
                Ok(())
            }
            Self::Aborts => std::process::abort(),
        }
    }
}

/// Reads payloads of version 2, those of version 1 after a change, and none of version 0.
#[derive(Deserialize, Serialize)]
pub struct Versioned {
    pub name: String,
}

impl Job for Versioned {
    const KIND: &'static str = "test.versioned";
    const VERSION: i16 = 2;

    fn upgrade(version: i16, payload: serde_json::Value) -> Result<Self> {
        match (version, payload.as_str()) {
            (1, Some(name)) => Ok(Self {
                name: name.to_owned(),
            }),
            _ => Err(Error::invalid("payload", "Version 0 is forgotten.")),
        }
    }

    async fn run(self, attempt: &Attempt) -> Result<()> {
        attempt
            .transaction(async |tx| write(tx, &self.name).await)
            .await
    }
}

/// Waits for so many milliseconds, and then writes under its lease, or not at all.
#[derive(Deserialize, Serialize)]
pub struct Hold(pub u64);

impl Job for Hold {
    const KIND: &'static str = "test.hold";
    // That its worker died is not its failure.
    const MAX_ATTEMPTS: u16 = 1;
    const QUEUE: Queue = Queue::IMPORTS;
    const TIMEOUT: Duration = Duration::from_secs(120);

    fn backoff(_attempt: u16) -> Duration {
        Duration::ZERO
    }

    async fn run(self, attempt: &Attempt) -> Result<()> {
        // Past what a lost lease would stop.
        let millis = if attempt.number == 1 { self.0 } else { 0 };
        std::thread::sleep(Duration::from_millis(millis));
        let work = async |tx: &Tx| {
            attempt.hold(tx).await?;
            write(tx, &format!("attempt {}", attempt.number)).await
        };
        attempt.transaction(work).await
    }
}
