//! Crowds that send the same at once, and hang up.

use super::{FINISHED, KEYS, intent, write};
use crate::support::admin;
use crate::support::{TestApp, gql_request};
use futures_util::{StreamExt, stream};
use sea_orm::DbBackend;
use serde_json::{Value, json};
use std::{
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant},
};
use tower::ServiceExt;
use tradewind::{error::Error, jobs::enqueue};

const KEYS_SENT: usize = 200;
const TWINS: usize = 20;
/// Of ten, so many hang up before they are answered.
const HANG_UP: u32 = 3;
/// So many keys are at work at once.
const AT_ONCE: usize = 4;
const PATIENCE: Duration = Duration::from_millis(50);

const RETRY: &str = "mutation ($id: ID!, $key: String!) {
    jobRetry(input: { id: $id }) @idempotent(key: $key) { job { id } userErrors { message } }
}";

#[derive(Default)]
struct Seen {
    sent: AtomicU32,
    hung_up: AtomicU32,
    in_progress: AtomicU32,
    replayed: AtomicU32,
    first: AtomicU32,
}

impl Seen {
    fn add(count: &AtomicU32) {
        count.fetch_add(1, Ordering::Relaxed);
    }
}

/// Every change of a job becomes an effect, so that what mutations did can be counted from outside.
async fn count_changes_of_jobs(app: &TestApp) {
    let insert = "INSERT INTO effect (note) VALUES ('retried')";
    match app.app.database.backend() {
        DbBackend::Postgres => {
            app.execute(&format!(
                "CREATE FUNCTION count_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {insert}; RETURN NULL; END $$"
            ))
            .await;
            app.execute("CREATE TRIGGER count_change AFTER UPDATE ON job FOR EACH ROW EXECUTE FUNCTION count_change()")
                .await;
        }
        _ => {
            app.execute(&format!(
                "CREATE TRIGGER count_change AFTER UPDATE ON job BEGIN {insert}; END"
            ))
            .await;
        }
    }
}

/// Sends the same until it is answered, as a client would that has little patience and less luck.
async fn insist(app: &TestApp, id: &str, key: &str, seen: &Seen) {
    loop {
        let request = gql_request(admin(), RETRY, &json!({ "id": id, "key": key }));
        Seen::add(&seen.sent);
        let hangs_up = fastrand::u32(0..10) < HANG_UP;
        let patience = if hangs_up {
            Duration::from_micros(fastrand::u64(0..4_000))
        } else {
            Duration::from_secs(60)
        };
        // Dropped like this when the connection is closed.
        let Ok(answer) = tokio::time::timeout(patience, app.router.clone().oneshot(request)).await
        else {
            Seen::add(&seen.hung_up);
            continue;
        };
        let body = axum::body::to_bytes(answer.unwrap().into_body(), usize::MAX)
            .await
            .unwrap();
        let body: Value = serde_json::from_slice(&body).unwrap();
        match body["errors"][0]["extensions"]["code"].as_str() {
            None => {
                assert_eq!(body["data"]["jobRetry"]["job"]["id"], id, "{body}");
                let replayed = body["extensions"]["idempotency"]["replayed"] == true;
                Seen::add(if replayed {
                    &seen.replayed
                } else {
                    &seen.first
                });
                return;
            }
            Some("IDEMPOTENCY_IN_PROGRESS") => {
                Seen::add(&seen.in_progress);
                tokio::time::sleep(PATIENCE).await;
            }
            Some(_) => panic!("{body}"),
        }
    }
}

async fn crowd(app: TestApp) {
    let app = app.with_effects().await;
    app.app
        .transaction(async |tx| {
            let note = crate::jobs::kinds::Note("x".to_owned());
            enqueue(tx, &note).await
        })
        .await
        .unwrap();
    let jobs = app
        .gql_as(admin(), "{ jobs { nodes { id } } }", json!({}))
        .await;
    let id = jobs.data()["jobs"]["nodes"][0]["id"].as_str().unwrap();
    count_changes_of_jobs(&app).await;

    let (seen, began) = (Seen::default(), Instant::now());
    stream::iter(0..KEYS_SENT)
        .for_each_concurrent(AT_ONCE, |number| {
            let (app, seen) = (&app, &seen);
            async move {
                let key = format!("key-{number}");
                let twins = (0..TWINS).map(|_| insist(app, id, &key, seen));
                futures_util::future::join_all(twins).await;
            }
        })
        .await;
    app.app.tasks.close();
    app.app.tasks.wait().await;
    let [sent, hung_up, in_progress, first, replayed] = [
        &seen.sent,
        &seen.hung_up,
        &seen.in_progress,
        &seen.first,
        &seen.replayed,
    ]
    .map(|count| count.load(Ordering::Relaxed));
    // The figures of docs/reliability.md, seen with --success-output.
    eprintln!(
        "{sent} sent in {:?}: {hung_up} hung up, {in_progress} told to wait, {first} answered as the first, {replayed} replayed",
        began.elapsed()
    );
    assert_eq!((first + replayed) as usize, KEYS_SENT * TWINS);
    assert_eq!(app.effects().await.len(), KEYS_SENT);
    assert_eq!(app.value::<i64>(FINISHED).await, 200);
    assert_eq!(app.value::<i64>(KEYS).await, 200);
}

mod twenty_twins_of_two_hundred_keys {
    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn on_sqlite() {
        crowd(TestApp::on_sqlite().await).await;
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn on_postgres() {
        if let Some(app) = TestApp::on_postgres().await {
            crowd(app).await;
        }
    }
}

on_both_databases! {
    /// Not the connection breaks but the work itself is cut off, at any moment, as when a deadline comes.
    async fn work_that_is_cut_off_is_done_once_all_the_same(app: TestApp) {
        let app = app.with_effects().await;
        let keys = 10;
        stream::iter(0..keys)
            .for_each_concurrent(4, |number| {
                let app = &app;
                async move {
                    let intent = intent(&format!("key-{number}"), &json!({}));
                    let twins = (0..6).map(|_| async {
                        loop {
                            let caller = app.caller(admin());
                            let work = caller.once(&intent, async |tx| {
                                write(tx, "done").await?;
                                tokio::time::sleep(Duration::from_micros(fastrand::u64(0..2_000))).await;
                                Ok(())
                            });
                            let patience = Duration::from_micros(fastrand::u64(0..50_000));
                            match tokio::time::timeout(patience, work).await {
                                Ok(Ok(_)) => return,
                                Ok(Err(Error::IdempotencyInProgress)) => tokio::time::sleep(PATIENCE).await,
                                Ok(Err(error)) => panic!("{error:?}"),
                                Err(_) => {}
                            }
                        }
                    });
                    futures_util::future::join_all(twins).await;
                }
            })
            .await;
        assert_eq!(app.effects().await.len(), keys);
    }
}
