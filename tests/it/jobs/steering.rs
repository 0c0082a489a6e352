//! Timers, pauses, and tidying up.

use super::kinds::{Note, registry, write};
use crate::support::TestApp;
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tradewind::{
    error::Result,
    jobs::{Attempt, Job, Worker},
};

const PATIENCE: Duration = Duration::from_secs(20);

/// Comes round once a year, and when a test moves its time.
#[derive(Default, Deserialize, Serialize)]
struct Yearly {}

impl Job for Yearly {
    const KIND: &'static str = "test.yearly";

    async fn run(self, attempt: &Attempt) -> Result<()> {
        attempt
            .transaction(async |tx| write(tx, "a year has passed").await)
            .await
    }
}

fn yearly(app: &TestApp) -> Worker {
    let registry = registry().with_timer::<Yearly>("0 0 1 1 *");
    Worker::start(app.app.clone(), registry)
}

on_both_databases! {
    async fn what_comes_round_is_done_once_by_many_workers(app: TestApp) {
        let app = app.with_effects().await;
        let workers = [yearly(&app), yearly(&app), yearly(&app)];
        app.until("SELECT count(*) FROM job_schedule WHERE name = 'test.yearly'", 1).await;
        assert_eq!(app.value::<i64>("SELECT count(*) FROM job").await, 0);
        // As if no worker had run for long: once is enough.
        app.execute("UPDATE job_schedule SET next_at = '2020-01-01T00:00:00+00:00'").await;
        app.until("SELECT count(*) FROM job WHERE state = 'DONE'", 1).await;
        // Time for the others to look.
        tokio::time::sleep(Duration::from_secs(6)).await;
        for worker in workers {
            worker.stop(PATIENCE).await;
        }
        assert_eq!(app.effects().await, ["a year has passed"]);
        let january = "SELECT count(*) FROM job_schedule WHERE CAST(next_at AS text) LIKE '%-01-01%00:00:00%' AND last_at IS NOT NULL";
        assert_eq!(app.value::<i64>(january).await, 1);
    }

    async fn a_pattern_that_changed_counts_from_now(app: TestApp) {
        app.execute("INSERT INTO job_schedule (name, pattern, next_at) VALUES ('test.yearly', '* * * * *', '2020-01-01T00:00:00+00:00')").await;
        let worker = yearly(&app);
        app.until("SELECT count(*) FROM job_schedule WHERE pattern = '0 0 1 1 *'", 1).await;
        worker.stop(PATIENCE).await;
        assert_eq!(app.value::<i64>("SELECT count(*) FROM job").await, 0);
    }

    async fn what_is_over_is_deleted_after_a_while(app: TestApp) {
        let app = app.with_effects().await;
        for text in ["old", "young", "dead"] {
            app.enqueue(Note(text.to_owned())).await;
        }
        let work = app.work();
        app.until_done().await;
        work.stop(PATIENCE).await;
        app.execute("UPDATE job SET finished_at = '2020-01-01T00:00:00+00:00' WHERE CAST(payload AS text) LIKE '%old%'").await;
        app.execute("UPDATE job SET state = 'DEAD', finished_at = '2020-01-01T00:00:00+00:00' WHERE CAST(payload AS text) LIKE '%dead%'").await;
        let worker = Worker::start(app.app.clone(), tradewind::worker::registry());
        app.until("SELECT count(*) FROM job_schedule WHERE name = 'jobs.sweep'", 1).await;
        app.execute("UPDATE job_schedule SET next_at = '2020-01-01T00:00:00+00:00' WHERE name = 'jobs.sweep'").await;
        app.until("SELECT count(*) FROM job WHERE kind = 'jobs.sweep' AND state = 'DONE'", 1).await;
        worker.stop(PATIENCE).await;
        let left = "SELECT CAST(payload AS text) FROM job WHERE kind = 'test.note' ORDER BY id";
        assert_eq!(app.column::<String>(left).await, ["\"young\"", "\"dead\""]);
    }
}
