//! Answers that are late, lost, or never come; and a process that dies between a call and what is written down of it.

use super::support::{LOST_ANSWER, QUICK, SLOW, SUCCESS, TIME_OUT, call};
use crate::support::{TestApp, TestDatabase, sagas::FailsOnce};
use chrono::TimeDelta;
use std::time::{Duration, Instant};
use tradewind::payments::{self, Standing};

async fn apps() -> Vec<TestApp> {
    let mut apps = vec![TestApp::on_sqlite_with(QUICK).await];
    if let Some(database) = TestDatabase::postgres().await {
        apps.push(TestApp::on_database(database, QUICK).await);
    }
    apps
}

#[tokio::test]
async fn what_came_of_a_lost_answer_is_asked_and_not_guessed() {
    for app in apps().await {
        let id = app.opened(LOST_ANSWER).await;
        for (expected, state) in [
            (Standing::Unknown, "AUTHORISING 0 0 0"),
            (Standing::Authorised, "AUTHORISED 0 0 0"),
        ] {
            assert_eq!(
                payments::authorise(&app.app, id, &call("a")).await.unwrap(),
                expected
            );
            assert_eq!(app.payment_state(id).await, state);
        }
        assert_eq!(
            payments::capture(&app.app, id, &call("b")).await.unwrap(),
            Standing::Unknown
        );
        assert_eq!(app.payment_state(id).await, "CAPTURING 0 0 0");
        // It was taken, and nobody knows: so it is given back, rather than let go.
        let released = loop {
            match payments::release(&app.app, id, &call("c")).await {
                Err(error) if error.code() == "SERVICE_UNAVAILABLE" => {}
                other => break other.unwrap(),
            }
        };
        assert_eq!(released, Standing::Refunded);
        assert_eq!(app.bank_did(id).await, ["AUTHORISE", "CAPTURE", "REFUND"]);
        assert_eq!(app.payment_state(id).await, "CAPTURED 1999 0 1999");
    }
}

#[tokio::test]
async fn what_never_arrived_is_given_up_after_a_while() {
    for app in apps().await {
        let id = app.opened(TIME_OUT).await;
        assert_eq!(
            payments::authorise(&app.app, id, &call("a")).await.unwrap(),
            Standing::Unknown
        );
        let soon = payments::release(&app.app, id, &call("b")).await;
        assert_eq!(
            soon.unwrap_err().code(),
            "SERVICE_UNAVAILABLE",
            "somebody may be about to ask"
        );
        app.app.clock.advance(TimeDelta::seconds(1));
        assert_eq!(
            payments::release(&app.app, id, &call("b")).await.unwrap(),
            Standing::Voided
        );
        assert_eq!(app.payment_state(id).await, "FAILED 0 0 0");
        assert!(app.bank_log().await.is_empty());
    }
}

/// A call was given up, and arrives all the same: what it holds is let go once the provider tells of it.
#[tokio::test]
async fn what_arrives_after_it_was_given_up_is_let_go() {
    for app in apps().await {
        let id = app.opened(SUCCESS).await;
        assert_eq!(
            payments::authorise(&app.app, id, &call("a")).await.unwrap(),
            Standing::Authorised
        );
        app.execute("UPDATE payment_attempt SET state = 'DECLINED', code = 'never_arrived'")
            .await;
        app.execute("UPDATE payment SET state = 'FAILED', reference = NULL")
            .await;
        let worker = app.serve_jobs();
        app.until("SELECT count(*) FROM sandbox_operation WHERE operation = 'VOID' AND outcome = 'SUCCEEDED'", 1).await;
        worker.stop(super::support::PATIENCE).await;
        assert_eq!(app.bank_did(id).await, ["AUTHORISE", "VOID"]);
    }
}

/// The process dies before the call, or after it and before what came of it is written down.
#[tokio::test]
async fn whoever_comes_next_finds_out_what_was_done() {
    for app in apps().await {
        for ending in ["/intended", "/answered"] {
            let id = app.opened(SUCCESS).await;
            let dying = app.probed(FailsOnce::at(ending));
            let (hold, take, back) = (
                call(&format!("{ending}:a")),
                call(&format!("{ending}:b")),
                call(&format!("{ending}:c")),
            );
            assert!(payments::authorise(&dying, id, &hold).await.is_err());
            assert_eq!(
                payments::authorise(&dying, id, &hold).await.unwrap(),
                Standing::Authorised
            );
            assert!(payments::capture(&dying, id, &take).await.is_err());
            assert_eq!(
                payments::capture(&dying, id, &take).await.unwrap(),
                Standing::Captured
            );
            assert!(payments::refund(&dying, id, 5, &back).await.is_err());
            assert_eq!(app.payment_state(id).await, "CAPTURED 1999 5 0");
            assert_eq!(
                payments::refund(&dying, id, 5, &back).await.unwrap(),
                Standing::Refunded
            );
            assert_eq!(
                app.bank_did(id).await,
                ["AUTHORISE", "CAPTURE", "REFUND"],
                "{ending}"
            );
        }
    }
}

/// A provider that does not answer is left alone after a while, and nothing of the database is held meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_provider_is_left_alone_and_holds_nothing() {
    for app in apps().await {
        let mut ids = Vec::new();
        for _ in 0..30 {
            ids.push(app.opened(SLOW).await);
        }
        let waiting = app.app.clone();
        let first = ids[0];
        let pending =
            tokio::spawn(async move { payments::authorise(&waiting, first, &call("first")).await });
        tokio::time::sleep(Duration::from_millis(100)).await;
        // While the call is under way there is no transaction: others write at once.
        let began = Instant::now();
        app.execute("UPDATE payment SET version = version").await;
        assert!(
            began.elapsed() < Duration::from_millis(150),
            "{:?}",
            began.elapsed()
        );
        assert_eq!(pending.await.unwrap().unwrap(), Standing::Unknown);
        for (number, id) in ids.iter().enumerate().skip(1) {
            let stands = payments::authorise(&app.app, *id, &call(&format!("slow:{number}")))
                .await
                .unwrap();
            assert_eq!(stands, Standing::Unknown);
        }
        // The sandbox saw the first dozen or so; the breaker spared it the rest.
        let asked = app.bank_log().await.len();
        assert!((5..20).contains(&asked), "{asked} of 30 were asked");
    }
}
