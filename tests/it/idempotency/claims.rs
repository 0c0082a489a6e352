//! Who may do what a key stands for, when several want to or someone died.

use super::{FINISHED, KEYS, PAUSE, intent, note, write};
use crate::support::{TestApp, admin};
use axum::http::StatusCode;
use sea_orm::ConnectionTrait;
use serde_json::json;
use std::{future::pending, time::Duration};
use tokio::sync::Notify;
use tradewind::{
    app::App,
    error::Error,
    idempotency::{Fingerprint, Intent},
    jobs::Worker,
    worker::registry,
};

const PATIENCE: Duration = Duration::from_secs(20);

on_both_databases! {
    async fn a_twin_is_told_at_once_and_holds_nothing(app: TestApp) {
        let app = app.with_effects().await;
        let pause = Intent {
            operation: "queuePause".to_owned(),
            fingerprint: Fingerprint::of(&json!({ "input": { "name": "default" } })),
            ..intent("a", &json!({}))
        };
        let (begun, go_on) = (Notify::new(), Notify::new());
        let caller = app.caller(admin());
        let first = caller.once(&pause, async |tx| {
            begun.notify_one();
            go_on.notified().await;
            write(tx, "first").await
        });
        let twin = async {
            begun.notified().await;
            let reply = app.gql_keyed(admin(), "a", PAUSE, json!({})).await;
            assert_eq!(reply.error_code(), "IDEMPOTENCY_IN_PROGRESS");
            assert_eq!(reply.status, StatusCode::CONFLICT);
            assert_eq!(reply.header("retry-after"), Some("1"));
            assert_eq!(reply.statements, 0, "the process knows what it is at");
            // A connection is back in its pool a moment after its last statement; the first one's stays.
            let busy = || -> u32 { app.app.database.pools().iter().map(|pool| pool.busy).sum() };
            let since = std::time::Instant::now();
            while busy() > 1 {
                assert!(since.elapsed() < PATIENCE, "the twin keeps a connection");
                tokio::task::yield_now().await;
            }
            // Only now does the first go on: had the twin waited for it, both would still wait.
            go_on.notify_one();
        };
        let (first, ()) = tokio::join!(first, twin);
        assert!(!first.unwrap().replayed);
        let reply = app.gql_keyed(admin(), "a", PAUSE, json!({})).await;
        assert_eq!(reply.body["extensions"]["idempotency"]["replayed"], true);
        assert_eq!(app.effects().await, ["first"]);
    }

    /// Versions before this one claimed keys in a commit of their own.
    async fn what_older_versions_left_is_taken_over_after_its_lease(app: TestApp) {
        let app = app.with_effects().await;
        let input = json!({ "amount": 1 });
        app.leave_claim("leased", &input, 60).await;
        let leased = app.note(&intent("leased", &input), "leased").await;
        assert!(matches!(leased, Err(Error::IdempotencyInProgress)));

        app.leave_claim("left", &input, -1).await;
        let other = app.note(&intent("left", &json!({ "amount": 2 })), "other").await;
        assert!(matches!(other, Err(Error::IdempotencyKeyReused)));
        for replayed in [false, true] {
            let once = app.note(&intent("left", &input), "left").await.unwrap();
            assert_eq!((once.value.as_str(), once.replayed), ("left", replayed));
        }
        assert_eq!(app.effects().await, ["left"]);
    }

    /// Two processes know nothing of each other's keys but what the database tells them.
    async fn twins_of_two_processes_do_it_once(app: TestApp) {
        let app = app.with_effects().await;
        let other = app.second_process().await;
        for number in 0..20 {
            let intent = intent(&format!("key-{number}"), &json!({}));
            let insist = async |app: &App| loop {
                match note(app, &intent, "done").await {
                    Ok(once) => break once.replayed,
                    Err(Error::IdempotencyInProgress) => tokio::task::yield_now().await,
                    Err(error) => panic!("{error:?}"),
                }
            };
            let (one, two) = tokio::join!(insist(&app.app), insist(&other));
            assert!(one != two, "one of them is the first");
        }
        assert_eq!(app.effects().await.len(), 20);
    }

    async fn what_fails_or_stops_gives_the_key_back(app: TestApp) {
        let app = app.with_effects().await;
        let key = intent("a", &json!({ "a": 1 }));
        let caller = app.caller(admin());
        let failed = caller.once(&key, async |tx| {
            write(tx, "failed").await?;
            Err::<(), _>(Error::Conflict("It is sold out.".to_owned()))
        });
        assert!(matches!(failed.await, Err(Error::Conflict(_))));
        assert_eq!(app.value::<i64>(KEYS).await, 0);

        let begun = Notify::new();
        let stopped = caller.once(&key, async |tx| {
            write(tx, "stopped").await?;
            begun.notify_one();
            pending::<tradewind::error::Result<()>>().await
        });
        tokio::select! {
            _ = stopped => unreachable!("it waits for ever"),
            () = begun.notified() => {}
        }
        app.until(KEYS, 0).await;

        let panicked = futures_util::FutureExt::catch_unwind(std::panic::AssertUnwindSafe(caller.once(
            &key,
            async |tx| {
                write(tx, "panicked").await?;
                Err::<(), _>(panics())
            },
        )));
        assert!(panicked.await.is_err());
        app.until(KEYS, 0).await;

        // PostgreSQL hears of what was stopped a moment later.
        let mended = loop {
            match app.note(&intent("a", &json!({ "a": 2 })), "mended").await {
                Err(Error::IdempotencyInProgress) => tokio::task::yield_now().await,
                done => break done.unwrap(),
            }
        };
        assert!(!mended.replayed);
        assert_eq!(app.effects().await, ["mended"]);
    }

    async fn a_key_inside_a_transaction_is_refused_like_any_other(app: TestApp) {
        let caller = app.caller(admin());
        let nested = app.app.transaction(async |_| {
            caller.once(&intent("a", &json!({})), async |_| Ok(())).await
        });
        assert!(matches!(nested.await, Err(Error::Internal { .. })));
        assert_eq!(app.value::<i64>(KEYS).await, 0);
    }

    async fn keys_are_deleted_when_their_time_is_over(app: TestApp) {
        let app = app.with_effects().await;
        for key in ["a", "b"] {
            app.note(&intent(key, &json!({})), key).await.unwrap();
        }
        app.let_keys_expire().await;
        app.leave_claim("leased", &json!({}), 60).await;
        app.note(&intent("kept", &json!({})), "kept").await.unwrap();
        let worker = Worker::start(app.app.clone(), registry());
        app.until("SELECT count(*) FROM job_schedule WHERE name = 'idempotency.sweep'", 1).await;
        app.execute("UPDATE job_schedule SET next_at = '2020-01-01T00:00:00+00:00' WHERE name = 'idempotency.sweep'").await;
        app.until(KEYS, 2).await;
        worker.stop(PATIENCE).await;
        assert_eq!(app.value::<i64>(FINISHED).await, 1);
    }
}

/// The first loses its connection in the midst of its work, as when its process dies: what it did is undone, and the key free at once.
#[tokio::test]
async fn whose_connection_breaks_leaves_the_key_free_on_postgres() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let app = app.with_effects().await;
    let intent = intent("a", &json!({}));
    let caller = app.caller(admin());
    let broken = caller.once(&intent, async |tx| {
        write(tx, "broken").await?;
        // A task of its own: no transaction is open in it.
        let (other, of_twin) = (app.second_process().await, intent.clone());
        let twin = tokio::spawn(async move { note(&other, &of_twin, "twin").await });
        assert!(matches!(
            twin.await.unwrap(),
            Err(Error::IdempotencyInProgress)
        ));
        let _ = tx
            .execute_unprepared("SELECT pg_terminate_backend(pg_backend_pid())")
            .await;
        write(tx, "broken").await
    });
    assert!(broken.await.is_err());
    let second = app.note(&intent, "second").await.unwrap();
    assert!(!second.replayed);
    assert_eq!(app.effects().await, ["second"]);
}

fn panics() -> Error {
    panic!("on purpose")
}
