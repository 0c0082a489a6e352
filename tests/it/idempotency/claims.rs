//! Who may do what a key stands for, when several want to or someone died.

use super::{FINISHED, KEYS, PAUSE, intent, write};
use crate::support::{TestApp, admin};
use axum::http::StatusCode;
use sea_orm::ConnectionTrait;
use serde_json::json;
use std::{future::pending, time::Duration};
use tokio::sync::Notify;
use tradewind::{
    error::Error,
    idempotency::{Fingerprint, Intent},
    jobs::Worker,
    platform::database::time,
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
            assert_eq!(reply.statements, 1);
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

    async fn what_the_dead_left_is_taken_over_after_its_lease(app: TestApp) {
        let app = app.with_effects().await;
        let input = json!({ "amount": 1 });
        app.leave_claim("leased", &input, 60).await;
        let leased = app.note(&intent("leased", &input), "leased").await;
        assert!(matches!(leased, Err(Error::IdempotencyInProgress)));

        app.leave_claim("left", &input, -1).await;
        let other = app.note(&intent("left", &json!({ "amount": 2 })), "other").await;
        assert!(matches!(other, Err(Error::IdempotencyKeyReused)));
        // The counter is the process's: other tests take claims over meanwhile.
        let before = outcomes("taken_over");
        for replayed in [false, true] {
            let once = app.note(&intent("left", &input), "left").await.unwrap();
            assert_eq!((once.value.as_str(), once.replayed), ("left", replayed));
        }
        assert!(outcomes("taken_over") > before);
        assert_eq!(app.effects().await, ["left"]);
    }

    /// Between the beginning of its work and its end, another took the claim over.
    async fn who_lost_the_claim_cannot_commit(app: TestApp) {
        let app = app.with_effects().await;
        let intent = intent("a", &json!({}));
        let another = match app.app.database.backend() {
            sea_orm::DbBackend::Postgres => "gen_random_uuid()",
            _ => "randomblob(16)",
        };
        let sql = format!("UPDATE idempotency_key SET claim_id = {another}");
        let caller = app.caller(admin());
        let lost = caller.once(&intent, async |tx| {
            write(tx, "zombie").await?;
            tx.execute_unprepared(&sql).await?;
            Ok(())
        });
        assert!(matches!(lost.await, Err(Error::IdempotencyInProgress)));
        assert!(app.effects().await.is_empty());
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

        let mended = app.note(&intent("a", &json!({ "a": 2 })), "mended").await.unwrap();
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

/// The first sleeps beyond its lease, a second one does the work, and then the first wakes. SQLite has one writer, so that
/// there the second would wait for the first to end.
#[tokio::test]
async fn a_zombie_is_rolled_back_on_postgres() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let app = app.with_effects().await;
    let intent = intent("a", &json!({}));
    let (begun, go_on) = (Notify::new(), Notify::new());
    let caller = app.caller(admin());
    let zombie = caller.once(&intent, async |tx| {
        write(tx, "zombie").await?;
        begun.notify_one();
        go_on.notified().await;
        Ok("zombie".to_owned())
    });
    let second = async {
        begun.notified().await;
        let before = time::from_now(app.app.database.backend(), "-1");
        app.execute(&format!(
            "UPDATE idempotency_key SET leased_until = {before}"
        ))
        .await;
        let second = app.note(&intent, "second").await.unwrap();
        assert!(!second.replayed);
        go_on.notify_one();
    };
    let (zombie, ()) = tokio::join!(zombie, second);
    assert!(matches!(zombie, Err(Error::IdempotencyInProgress)));
    assert_eq!(app.effects().await, ["second"]);
    let third = app.note(&intent, "third").await.unwrap();
    assert_eq!((third.value.as_str(), third.replayed), ("second", true));
}

/// How many requests with a key came to this, in this process.
fn outcomes(outcome: &str) -> u64 {
    let metrics = tradewind::platform::telemetry::render_metrics();
    let line = format!("idempotency_requests_total{{outcome=\"{outcome}\"}} ");
    let count = metrics.lines().find_map(|text| text.strip_prefix(&line));
    count.map_or(0, |count| count.parse().unwrap())
}

fn panics() -> Error {
    panic!("on purpose")
}
