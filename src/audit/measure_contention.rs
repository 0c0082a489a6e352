//! What it costs that audited writes wait for the heads of their chains: figures, not a test.
//!
//! `DATABASE_URL=… cargo test --lib measure_contention -- --ignored --nocapture`, on an empty database, which is filled.

use super::{Agent, Entry, invariants::chains, record::record_in};
use crate::{
    app::App,
    error::Error,
    platform::{config::Settings, migrations},
};
use sea_orm::{ConnectionTrait, Statement};
use std::time::{Duration, Instant};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

const WRITERS: usize = 16;
const EACH: usize = 100;

/// One audited write: a row of its own, and the entry about it.
async fn write(app: &App, chains: u32) -> Result<(), Error> {
    let name = Uuid::now_v7();
    app.transaction(async |tx| {
        let sql = "INSERT INTO job_queue (name) VALUES ($1)";
        let statement = Statement::from_sql_and_values(
            tx.get_database_backend(),
            sql,
            [name.to_string().into()],
        );
        tx.execute_raw(statement).await?;
        if chains == 0 {
            return Ok(());
        }
        let entry = Entry::new("product.update", "product", name).change("name", "Mug", "Cup");
        record_in(tx, &Agent::system(None), &[entry], chains).await
    })
    .await
}

async fn measure(app: &App, chains: u32) {
    let (send, mut receive) = tokio::sync::mpsc::unbounded_channel();
    let (tasks, began) = (TaskTracker::new(), Instant::now());
    for _ in 0..WRITERS {
        let (app, send) = (app.clone(), send.clone());
        tasks.spawn(async move {
            for _ in 0..EACH {
                let began = Instant::now();
                while let Err(error) = write(&app, chains).await {
                    println!("  once more: {error}");
                }
                send.send(began.elapsed()).unwrap();
            }
        });
    }
    tasks.close();
    tasks.wait().await;
    let elapsed = began.elapsed();
    drop(send);
    let mut times: Vec<Duration> = Vec::new();
    while let Some(time) = receive.recv().await {
        times.push(time);
    }
    times.sort_unstable();
    println!(
        "{chains} chains: {} writes/s, p50 {:.1?}, p99 {:.1?}",
        times.len() as u128 * 1_000 / elapsed.as_millis(),
        times[times.len() / 2],
        times[times.len() * 99 / 100],
    );
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "prints figures"]
async fn measure_contention() {
    let settings = Settings::defaults();
    migrations::up(&settings, None).await.unwrap();
    let app = App::from_settings(settings).await.unwrap();
    for _ in 0..3 {
        for number in [0, 1, 8] {
            measure(&app, number).await;
        }
    }
    assert_eq!(chains(app.database.write()).await.unwrap(), [""; 0]);
}
