//! What becomes of jobs that are done, fail, or cannot be read.

use super::kinds::{Faulty, Note, Once, Versioned};
use crate::support::TestApp;
use std::time::Duration;
use tradewind::{
    error::{Error, Result},
    jobs::{enqueue, enqueue_in},
    platform::statements::counted,
};

const PATIENCE: Duration = Duration::from_secs(20);

fn once(text: &str) -> Once {
    Once {
        text: text.to_owned(),
        group: None,
        millis: 0,
    }
}

impl TestApp {
    /// Of the only job: its state, how often it was begun, and why it failed.
    async fn fate(&self) -> (String, i64, String) {
        (
            self.value("SELECT state FROM job").await,
            self.value("SELECT attempts FROM job").await,
            self.value("SELECT coalesce(last_error, '') FROM job").await,
        )
    }

    /// Has the worker do all there is, and tells what became of the only job.
    async fn fate_of<J: tradewind::jobs::Job>(&self, job: J) -> (String, i64, String) {
        self.enqueue(job).await;
        let worker = self.work();
        self.until_done().await;
        worker.stop(PATIENCE).await;
        self.fate().await
    }
}

on_both_databases! {
    async fn a_job_is_one_statement_and_exists_when_committed(app: TestApp) {
        let app = app.with_effects().await;
        let failed: Result<()> = app.app.transaction(async |tx| {
            enqueue(tx, &Note("never".to_owned())).await?;
            Err(Error::NotFound("reason"))
        }).await;
        assert!(failed.is_err());
        assert_eq!(app.value::<i64>("SELECT count(*) FROM job").await, 0);

        let statements = app.app.transaction(async |tx| {
            let (job, cost) = counted(enqueue(tx, &Note("once".to_owned()))).await;
            assert!(job?.is_some());
            Ok(cost.count)
        }).await.unwrap();
        assert_eq!(statements, 1);
        let worker = app.work();
        app.until_done().await;
        worker.stop(PATIENCE).await;
        assert_eq!(app.effects().await, ["once"]);
        let (state, attempts, _) = app.fate().await;
        assert_eq!((state.as_str(), attempts), ("DONE", 1));
    }

    async fn one_of_a_unique_key_lives_at_a_time(app: TestApp) {
        let app = app.with_effects().await;
        let ids = app.app.transaction(async |tx| Ok([
            enqueue(tx, &once("a")).await?,
            enqueue(tx, &once("a")).await?,
            enqueue(tx, &once("b")).await?,
        ])).await.unwrap();
        assert!(ids[0].is_some() && ids[1].is_none() && ids[2].is_some());
        let worker = app.work();
        app.until_done().await;
        // What is over is no obstacle.
        app.enqueue(once("a")).await;
        app.until_done().await;
        worker.stop(PATIENCE).await;
        let mut effects = app.effects().await;
        effects.sort();
        assert_eq!(effects, ["a", "a", "b"]);
    }

    async fn a_job_waits_for_its_time(app: TestApp) {
        let app = app.with_effects().await;
        let soon = Duration::from_secs(2);
        app.app.transaction(async |tx| {
            enqueue_in(tx, &Note("later".to_owned()), soon).await?;
            enqueue(tx, &Note("now".to_owned())).await
        }).await.unwrap();
        let worker = app.work();
        app.until("SELECT count(*) FROM effect", 1).await;
        assert_eq!(app.effects().await, ["now"]);
        app.until_done().await;
        worker.stop(PATIENCE).await;
        assert_eq!(app.effects().await, ["now", "later"]);
        let waited = match app.app.database.backend() {
            sea_orm::DbBackend::Postgres => "started_at >= run_at",
            _ => "julianday(started_at) >= julianday(run_at)",
        };
        let early = format!("SELECT count(*) FROM job WHERE NOT ({waited})");
        assert_eq!(app.value::<i64>(&early).await, 0);
    }

    async fn what_fails_is_tried_again_and_then_dead(app: TestApp) {
        let (state, attempts, error) = app.fate_of(Faulty::Fails).await;
        assert_eq!((state.as_str(), attempts), ("DEAD", 3));
        assert_eq!(error, "It does not want to.");
    }

    async fn what_is_wrong_is_dead_at_once(app: TestApp) {
        let (state, attempts, error) = app.fate_of(Faulty::IsWrong).await;
        assert_eq!((state.as_str(), attempts), ("DEAD", 1));
        assert_eq!(error, "payload.name: There is no such name.");
    }

    async fn a_panic_is_a_failure(app: TestApp) {
        let (state, attempts, error) = app.fate_of(Faulty::Panics).await;
        assert_eq!((state.as_str(), attempts), ("DEAD", 3));
        assert_eq!(error, "It panicked: at the disco");
    }

    async fn what_takes_too_long_is_stopped(app: TestApp) {
        let (state, attempts, error) = app.fate_of(Faulty::Hangs).await;
        assert_eq!((state.as_str(), attempts), ("DEAD", 3));
        assert_eq!(error, "It took longer than 0.2 s.");
    }

    /// A loop that never pauses cannot be stopped; it must not be begun again, and others go on.
    async fn what_never_pauses_is_given_up(app: TestApp) {
        let app = app.with_effects().await;
        app.enqueue(Faulty::Spins(20_000)).await;
        let worker = app.work();
        app.until("SELECT count(*) FROM job WHERE state = 'RUNNING'", 1).await;
        app.enqueue(Note("beside it".to_owned())).await;
        app.until("SELECT count(*) FROM effect", 1).await;
        app.until("SELECT count(*) FROM job WHERE state = 'DEAD'", 1).await;
        worker.stop(PATIENCE).await;
        let error: String = app.value("SELECT last_error FROM job WHERE state = 'DEAD'").await;
        assert!(error.contains("never pauses"), "{error}");
        assert_eq!(app.value::<i64>("SELECT attempts FROM job WHERE state = 'DEAD'").await, 1);
    }

    async fn between_attempts_the_wait_is_kept(app: TestApp) {
        app.enqueue(Note("no table to write to".to_owned())).await;
        let worker = app.work();
        app.until("SELECT count(*) FROM job WHERE state = 'WAITING' AND attempts = 1", 1).await;
        worker.stop(PATIENCE).await;
        let waits = match app.app.database.backend() {
            sea_orm::DbBackend::Postgres => "extract(epoch FROM run_at - started_at)::bigint",
            _ => "CAST((julianday(run_at) - julianday(started_at)) * 86400 AS integer)",
        };
        let waits: i64 = app.value(&format!("SELECT {waits} FROM job")).await;
        assert!((1..=3).contains(&waits), "{waits}");
        let error: String = app.value("SELECT last_error FROM job").await;
        assert!(error.contains("effect"), "{error}");
    }

    async fn older_payloads_are_read_or_put_aside(app: TestApp) {
        let app = app.with_effects().await;
        for name in ["two", "one", "zero", "three"] {
            app.enqueue(Versioned { name: name.to_owned() }).await;
        }
        let rename = |name: &str, version: i16, payload: &str| {
            let is = match app.app.database.backend() {
                sea_orm::DbBackend::Postgres => "payload ->> 'name'",
                _ => "payload ->> '$.name'",
            };
            format!("UPDATE job SET version = {version}, payload = '{payload}' WHERE {is} = '{name}'")
        };
        app.execute(&rename("one", 1, "\"one\"")).await;
        app.execute(&rename("zero", 0, "\"zero\"")).await;
        app.execute(&rename("three", 3, "{\"name\": \"three\"}")).await;
        let worker = app.work();
        app.until("SELECT count(*) FROM job WHERE attempts > 0", 4).await;
        app.until("SELECT count(*) FROM job WHERE state = 'RUNNING'", 0).await;
        worker.stop(PATIENCE).await;
        let mut effects = app.effects().await;
        effects.sort();
        assert_eq!(effects, ["one", "two"]);
        let states = "SELECT state || ' ' || coalesce(last_error, '') FROM job ORDER BY version";
        let states: Vec<String> = app.column(states).await;
        assert_eq!(states[0], "DEAD payload: Version 0 is forgotten.");
        // Perhaps a newer server comes by.
        assert!(states[3].starts_with("WAITING The payload is of version 3"), "{states:?}");
    }

    async fn an_unknown_kind_is_left_for_others_for_a_while(app: TestApp) {
        app.enqueue(Note("x".to_owned())).await;
        app.execute("UPDATE job SET kind = 'test.from_another_version'").await;
        let worker = app.work();
        app.until("SELECT attempts FROM job", 1).await;
        app.until("SELECT count(*) FROM job WHERE state = 'WAITING'", 1).await;
        let (_, _, error) = app.fate().await;
        assert_eq!(error, "No worker knows jobs of this kind.");
        app.execute("UPDATE job SET attempts = 4, run_at = created_at, rank_at = created_at").await;
        app.until("SELECT count(*) FROM job WHERE state = 'DEAD'", 1).await;
        worker.stop(PATIENCE).await;
    }
}

/// PostgreSQL's column holds nothing but JSON; SQLite's may.
#[tokio::test]
async fn a_payload_that_is_not_json_is_put_aside() {
    let app = TestApp::on_sqlite().await;
    app.enqueue(Note("x".to_owned())).await;
    app.execute("UPDATE job SET payload = '{broken'").await;
    let worker = app.work();
    app.until_done().await;
    worker.stop(PATIENCE).await;
    let (state, attempts, error) = app.fate().await;
    assert_eq!((state.as_str(), attempts), ("DEAD", 1));
    assert!(error.starts_with("payload: It is not JSON"), "{error}");
}

#[tokio::test]
async fn a_payload_that_is_too_large_is_refused() {
    let app = TestApp::on_sqlite().await;
    let large = Note("x".repeat(70_000));
    let refused = app
        .app
        .transaction(async |tx| enqueue(tx, &large).await)
        .await;
    assert!(
        matches!(refused, Err(Error::Internal { .. })),
        "{refused:?}"
    );
}
