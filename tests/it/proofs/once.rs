//! Never charges twice: crowds that buy the same with one key, and hang up; what counts is the provider's own log.

use super::rig::{BUY, Bought, Rig, apps};
use crate::{
    payments::support::{LOST_ANSWER, SUCCESS},
    support::TestApp,
};
use futures_util::{StreamExt, future::join_all, stream};
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::json;
use std::{
    collections::HashSet,
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};
use uuid::Uuid;

/// So many keys are at work at once.
const AT_ONCE: usize = 4;
/// Of ten, so many hang up before they are answered.
const HANG_UP: u32 = 3;

#[derive(Default)]
struct Seen {
    sent: AtomicUsize,
    hung_up: AtomicUsize,
    in_progress: AtomicUsize,
}

fn add(count: &AtomicUsize) {
    count.fetch_add(1, Ordering::Relaxed);
}

/// By what it is paid: of every fifth the provider's own answers are lost too.
fn card(number: usize) -> &'static str {
    if number.is_multiple_of(5) {
        LOST_ANSWER
    } else {
        SUCCESS
    }
}

/// Sends the same until it is answered, as a client would that has little patience and less luck.
async fn twin(rig: &Rig, number: usize, key: &str, token: &str, seen: &Seen) -> String {
    loop {
        add(&seen.sent);
        let hangs_up = fastrand::u32(0..10) < HANG_UP;
        let patience = if hangs_up {
            Duration::from_micros(fastrand::u64(0..40_000))
        } else {
            Duration::from_secs(60)
        };
        let sent = rig.buy(number, key, token, card(number));
        let Ok(bought) = tokio::time::timeout(patience, sent).await else {
            add(&seen.hung_up);
            continue;
        };
        match bought {
            Bought::Order(id) => return id,
            Bought::Refused(code) => panic!("{code}"),
            Bought::Unknown(said) => {
                let known = ["IDEMPOTENCY_IN_PROGRESS", "SERVICE_UNAVAILABLE"];
                assert!(known.contains(&said.as_str()), "{said}");
                add(&seen.in_progress);
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
}

async fn never_charges_twice(app: TestApp, keys: usize, twins: usize) {
    let backend = app.app.database.backend();
    let rig = Rig::open(app, &[10_000], &[("DATABASE_LOCK_TIMEOUT_MS", "5000")]).await;
    let (seen, began) = (Seen::default(), Instant::now());
    let bought: Vec<_> = stream::iter(0..keys)
        .map(async |number| {
            let (key, token) = (
                Uuid::now_v7().to_string(),
                rig.cart(number, &[(0, 1)]).await,
            );
            let twins = (0..twins).map(|_| twin(&rig, number, &key, &token, &seen));
            let orders: HashSet<_> = join_all(twins).await.into_iter().collect();
            assert_eq!(orders.len(), 1, "all are told of the same order");
            (key, token)
        })
        .buffer_unordered(AT_ONCE)
        .collect()
        .await;
    let rush = began.elapsed();
    rig.settle(Duration::from_secs(120)).await;
    let (held, taken) = (rig.times("AUTHORISE").await, rig.times("CAPTURE").await);
    println!(
        "{backend:?}: {keys} keys, {twins} twins each: {} sent in {:.1} s, {} hung up, {} told to wait; {held} held and {taken} taken at the provider",
        seen.sent.into_inner(),
        rush.as_secs_f64(),
        seen.hung_up.into_inner(),
        seen.in_progress.into_inner(),
    );
    assert_eq!((held, taken), (keys, keys));
    let (key, token) = &bought[0];
    let other =
        json!({ "cartToken": token, "payment": { "method": card(0) }, "expectedVersion": 999 });
    let other = rig.ask(0, Some(key), BUY, other).await.unwrap();
    let code = &other["errors"][0]["extensions"]["code"];
    assert_eq!(code, "IDEMPOTENCY_KEY_REUSED");
    if backend == DbBackend::Postgres {
        a_twin_in_flight_is_answered(&rig).await;
        rig.settle(Duration::from_secs(60)).await;
        assert_eq!(rig.times("CAPTURE").await, keys + 1);
    }
    rig.is_sound().await;
}

/// While the first cannot go on, since somebody holds its cart.
async fn a_twin_in_flight_is_answered(rig: &Rig) {
    let (key, token) = (Uuid::now_v7().to_string(), rig.cart(1, &[(0, 1)]).await);
    // The lock on the key, which is not written for others to see before its work is done.
    let at_work = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted \
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let held = rig.app.app.transaction(async |tx| {
        tx.execute_unprepared("SELECT id FROM cart FOR UPDATE")
            .await?;
        let mut first = Box::pin(rig.buy(1, &key, &token, SUCCESS));
        let twin = async {
            rig.app.until(at_work, 1).await;
            rig.buy(2, &key, &token, SUCCESS).await
        };
        tokio::select! {
            first = &mut first => panic!("the first was to wait: {first:?}"),
            twin = twin => assert_eq!(twin, Bought::Unknown("IDEMPOTENCY_IN_PROGRESS".to_owned())),
        }
        // It hangs up, and is done all the same.
        Ok(())
    });
    held.await.unwrap();
    let patience = Duration::from_secs(40);
    let again = rig.insist_with(1, &key, &token, SUCCESS, patience).await;
    assert!(matches!(again, Bought::Order(_)), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn six_twins_of_twelve_keys_are_charged_once() {
    for app in apps().await {
        never_charges_twice(app, 12, 6).await;
    }
}

/// For the figures in docs/reliability.md.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it takes minutes, and prints figures"]
async fn twenty_twins_of_two_hundred_keys_are_charged_once() {
    for app in apps().await {
        never_charges_twice(app, 200, 20).await;
    }
}
