//! What becomes of mutations that nobody waits for any more.

use super::{FINISHED, KEYS, PAUSE};
use crate::support::admin;
use crate::support::{Reply, TestApp, TestDatabase, gql_request};
use sea_orm::ConnectionTrait;
use serde_json::json;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::sync::Notify;
use tower::ServiceExt;
use tradewind::{error::Error, http};

const PAUSED: &str = "SELECT count(*) FROM job_queue WHERE paused_at IS NOT NULL";

impl TestApp {
    /// Runs `client` while another holds the lock that [`PAUSE`] waits for.
    async fn while_locked<T>(&self, client: impl Future<Output = T>) -> T {
        let (locked, release) = (Notify::new(), Notify::new());
        let other = self.app.transaction(async |tx| {
            tx.execute_unprepared("INSERT INTO job_queue (name) VALUES ('default')")
                .await?;
            locked.notify_one();
            release.notified().await;
            Err::<(), _>(Error::Forbidden)
        });
        let client = async {
            locked.notified().await;
            let value = client.await;
            release.notify_one();
            value
        };
        let (rolled_back, value) = tokio::join!(other, client);
        assert!(matches!(rolled_back, Err(Error::Forbidden)));
        value
    }

    async fn pause(&self) -> Reply {
        self.gql_keyed(admin(), "a", PAUSE, json!({})).await
    }
}

on_both_databases! {
    async fn a_mutation_goes_on_when_its_client_hangs_up(app: TestApp) {
        let mut request = gql_request(admin(), PAUSE, &json!({}));
        request.headers_mut().insert("idempotency-key", "a".parse().unwrap());
        app.while_locked(async {
            let answer = app.router.clone().oneshot(request);
            let hung_up = tokio::time::timeout(Duration::from_millis(100), answer).await;
            assert!(hung_up.is_err(), "it could not have been answered");
        })
        .await;
        app.until(FINISHED, 1).await;
        assert_eq!(app.value::<i64>(PAUSED).await, 1);
        let again = app.pause().await;
        assert_eq!(again.body["extensions"]["idempotency"]["replayed"], true);
    }
}

async fn is_stopped_by_the_deadline(database: TestDatabase) {
    let app = TestApp::on_database(database, &[("--request-timeout-ms", "400")]).await;
    let late = app.while_locked(app.pause()).await;
    assert_eq!(late.error_code(), "TIMEOUT");
    app.until(KEYS, 0).await;
    assert_eq!(app.value::<i64>(PAUSED).await, 0);
    let again = app.pause().await;
    assert_eq!(
        again.body["extensions"]["idempotency"]["replayed"], false,
        "{}",
        again.body
    );
}

mod a_mutation_is_stopped_by_the_deadline_and_frees_its_key {
    use super::*;

    #[tokio::test]
    async fn on_sqlite() {
        is_stopped_by_the_deadline(TestDatabase::sqlite().await).await;
    }

    #[tokio::test]
    async fn on_postgres() {
        if let Some(database) = TestDatabase::postgres().await {
            is_stopped_by_the_deadline(database).await;
        }
    }
}

#[tokio::test]
async fn a_server_that_stops_waits_for_mutations_without_clients() {
    let app = TestApp::on_sqlite().await;
    let listener = http::bind("127.0.0.1:0".parse().unwrap(), "LISTEN")
        .await
        .unwrap();
    let is_done = Arc::new(AtomicBool::new(false));
    let done = Arc::clone(&is_done);
    app.app.tasks.spawn(async move {
        tokio::time::sleep(Duration::from_millis(200)).await;
        done.store(true, Ordering::Relaxed);
    });
    let mut is_asked = false;
    let asked_once = async || {
        if std::mem::replace(&mut is_asked, true) {
            std::future::pending::<()>().await;
        }
    };
    http::serve(listener, http::Edge::new(app.app.clone()), asked_once).await;
    assert!(is_done.load(Ordering::Relaxed));
}
