//! How many jobs a worker does per second, what asking for one costs, and what a worker costs that has nothing to do.
//!
//! ```text
//! cargo bench --bench jobs                                   # SQLite, in a temporary folder
//! cargo bench --bench jobs -- postgres://USER@HOST/DATABASE  # an empty database; its tables are dropped first
//! ```

#![expect(
    clippy::unwrap_used,
    reason = "a measurement that cannot be made ends with a panic"
)]

use clap::Parser;
use sea_orm::{ConnectionTrait, Statement};
use serde::{Deserialize, Serialize};
use std::{
    fs,
    time::{Duration, Instant},
};
use tradewind::{
    app::App,
    error::Result,
    jobs::{Attempt, Job, Registry, Worker, enqueue},
    platform::{config::Settings, migrations},
};

const JOBS: u32 = 20_000;
const AT_ONCE: usize = 64;
const IDLE: Duration = Duration::from_secs(20);

/// Does nothing: what is measured is all that stands around it.
#[derive(Deserialize, Serialize)]
struct Nothing(u32);

impl Job for Nothing {
    const KIND: &'static str = "bench.nothing";

    async fn run(self, _attempt: &Attempt) -> Result<()> {
        Ok(())
    }
}

/// Writes a row and is finished in the same transaction: what a job does whose effect must happen once.
#[derive(Deserialize, Serialize)]
struct Note(u32);

impl Job for Note {
    const KIND: &'static str = "bench.note";

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let insert = format!("INSERT INTO bench_note (number) VALUES ({})", self.0);
        attempt
            .transaction(async |tx| {
                tx.execute_unprepared(&insert).await?;
                attempt.finish(tx).await
            })
            .await
    }
}

#[derive(Parser)]
struct Flags {
    #[command(flatten)]
    settings: Settings,
}

#[tokio::main]
async fn main() {
    let given = std::env::args()
        .skip(1)
        .find(|argument| argument.contains("://"));
    let folder = tempfile::tempdir().unwrap();
    let file = format!("sqlite://{}", folder.path().join("bench.db").display());
    let url = given.unwrap_or(file);
    let concurrency = format!("default={AT_ONCE}");
    let flags = [
        "bench",
        "--database-url",
        &url,
        "--jobs-concurrency",
        &concurrency,
    ];
    let settings = Flags::parse_from(flags).settings;
    migrations::fresh(&settings).await.unwrap();
    let app = App::from_settings(settings).await.unwrap();
    let backend = app.database.backend();
    println!("{backend:?}, {AT_ONCE} jobs at once, {JOBS} jobs");
    execute(&app, "CREATE TABLE bench_note (number bigint NOT NULL)").await;

    let asked = time(ask(&app, Nothing)).await;
    report("asked for, 1,000 in a transaction", asked);
    let done = time(work(&app)).await;
    report("claimed and finished", done);
    // A tenth of them is enough to know.
    let by_hand = time(finish_by_hand(&app)).await * 10;
    report("finished one by one, by hand, one connection", by_hand);
    println!(
        "{:44} {:>8.2} x",
        "a worker, compared with that",
        by_hand.as_secs_f64() / done.as_secs_f64()
    );

    execute(&app, "DELETE FROM job").await;
    ask(&app, Note).await;
    report(
        "done and written in one transaction",
        time(work(&app)).await,
    );

    let worker = Worker::start(app.clone(), registry());
    let before = cpu();
    tokio::time::sleep(IDLE).await;
    let share = cpu().saturating_sub(before).as_secs_f64() / IDLE.as_secs_f64();
    worker.stop(Duration::ZERO).await;
    println!(
        "{:44} {:>8.3} % of a core",
        "a worker with nothing to do",
        share * 100.0
    );
}

fn registry() -> Registry {
    Registry::default().with::<Nothing>().with::<Note>()
}

async fn ask<J: Job>(app: &App, job: impl Fn(u32) -> J) {
    for thousand in 0..JOBS / 1_000 {
        app.transaction(async |tx| {
            for number in 0..1_000 {
                enqueue(tx, &job(thousand * 1_000 + number)).await?;
            }
            Ok(())
        })
        .await
        .unwrap();
    }
}

/// Until all is done.
async fn work(app: &App) {
    let worker = Worker::start(app.clone(), registry());
    loop {
        tokio::time::sleep(Duration::from_millis(20)).await;
        let sql = "SELECT 1 FROM job WHERE state IN ('WAITING', 'RUNNING') LIMIT 1";
        let statement = Statement::from_string(app.database.backend(), sql);
        if app
            .database
            .read()
            .query_one_raw(statement)
            .await
            .unwrap()
            .is_none()
        {
            break;
        }
    }
    worker.stop(Duration::from_secs(10)).await;
}

/// The least that could be done: an UPDATE that takes the next job, and one that finishes it.
async fn finish_by_hand(app: &App) {
    execute(app, "UPDATE job SET state = 'WAITING', finished_at = NULL").await;
    let next = "UPDATE job SET state = 'RUNNING', lease_id = id, leased_until = created_at \
         WHERE id = (SELECT id FROM job WHERE state = 'WAITING' AND queue = 'default' ORDER BY rank_at LIMIT 1)";
    let done = "UPDATE job SET state = 'DONE', finished_at = created_at, lease_id = NULL, leased_until = NULL \
         WHERE state = 'RUNNING'";
    for _ in 0..JOBS / 10 {
        execute(app, next).await;
        execute(app, done).await;
    }
}

async fn execute(app: &App, sql: &str) {
    let statement = Statement::from_string(app.database.backend(), sql);
    app.database.write().execute_raw(statement).await.unwrap();
}

async fn time(work: impl Future<Output = ()>) -> Duration {
    let began = Instant::now();
    work.await;
    began.elapsed()
}

fn report(what: &str, elapsed: Duration) {
    let per_second = f64::from(JOBS) / elapsed.as_secs_f64();
    println!("{what:44} {per_second:>8.0} per second");
}

/// CPU that this process has used.
fn cpu() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<_> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    let ticks: u64 = fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap();
    // USER_HZ is 100 on every Linux there is.
    Duration::from_millis(ticks * 10)
}
