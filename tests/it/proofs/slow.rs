//! A slow provider harms nobody: it stands still while many orders are being paid, and those who look around notice nothing of it.

use super::rig::{Bought, Rig, apps};
use crate::{payments::support::SUCCESS, support::TestApp};
use futures_util::future::join_all;
use sea_orm::DbBackend;
use serde_json::json;
use std::{
    collections::BTreeSet,
    sync::Mutex,
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

/// How a shop's front page asks.
const CATALOGUE: &str =
    "{ products(first: 20) { nodes { id name seller { name } priceRange { min { amount } } } } }";

/// Looks around one page after the other, for so long; how long each took, the shortest first.
async fn look_around(rig: &Rig, looks: usize) -> Vec<Duration> {
    let mut took = Vec::with_capacity(looks);
    for number in 0..looks {
        let began = Instant::now();
        let answer = rig.ask(number, None, CATALOGUE, json!({})).await;
        took.push(began.elapsed());
        let answer = answer.expect("an answer");
        assert!(answer["data"]["products"]["nodes"].is_array(), "{answer}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    took.sort();
    took
}

fn p95(took: &[Duration]) -> f64 {
    took[took.len() * 95 / 100].as_secs_f64() * 1e3
}

/// Notes what the breaker's gauge is seen to be; for how long at most a transaction stood open and idle, until told to stop.
async fn watch(rig: &Rig, states: &Mutex<BTreeSet<u8>>, stop: &CancellationToken) -> f64 {
    let idle = "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - state_change)), 0)::double precision FROM pg_stat_activity \
         WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    let mut longest = 0.0_f64;
    while !stop.is_cancelled() {
        for server in &rig.servers {
            let seen = rig.breaker(server).await;
            states.lock().unwrap().extend(seen);
        }
        if rig.app.app.database.backend() == DbBackend::Postgres {
            longest = longest.max(rig.app.value(idle).await);
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    longest
}

/// How much of it.
struct Size {
    checkouts: usize,
    looks: usize,
    stands_still: Duration,
    /// Most that the catalogue may take longer.
    most: Option<f64>,
}

async fn harms_nobody(app: TestApp, size: &Size) {
    let backend = app.app.database.backend();
    let rig = Rig::open(app, &[100_000], &[("PAYMENTS_TIMEOUT_MS", "1000")]).await;
    look_around(&rig, size.looks / 4).await;
    let before = look_around(&rig, size.looks).await;
    let carts = join_all((0..size.checkouts).map(|number| rig.cart(number, &[(0, 1)])));
    let carts = carts.await;
    rig.bank.signal("-STOP");
    let stood_still = Instant::now();
    let bought = carts.iter().enumerate().map(|(number, token)| {
        let patience = Duration::from_secs(20);
        rig.insist(number, token, SUCCESS, patience)
    });
    let bought = join_all(bought).await;
    assert!(
        bought
            .iter()
            .all(|bought| matches!(bought, Bought::Order(_))),
        "{bought:?}"
    );
    let (stop, states) = (CancellationToken::new(), Mutex::<BTreeSet<u8>>::default());
    let is_half_open = || states.lock().unwrap().contains(&1);
    let looking = async {
        let during = look_around(&rig, size.looks).await;
        let open = "SELECT count(*) FROM saga WHERE state = 'RUNNING'";
        let in_flight = rig.app.value::<i64>(open).await;
        // Until somebody has tried whether it is well again, half a minute at most.
        let most = size.stands_still.max(Duration::from_secs(30));
        while stood_still.elapsed() < size.stands_still
            || (!is_half_open() && stood_still.elapsed() < most)
        {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        rig.bank.signal("-CONT");
        rig.settle(Duration::from_secs(180)).await;
        stop.cancel();
        (during, in_flight)
    };
    let ((during, in_flight), idle) = tokio::join!(looking, watch(&rig, &states, &stop));
    let states = states.into_inner().unwrap();
    let (before, during) = (p95(&before), p95(&during));
    println!(
        "{backend:?}: {in_flight} orders being paid, the provider stands still for {:.0} s or more: the catalogue's p95 {before:.1} ms before and \
         {during:.1} ms meanwhile ({:.2} times); transactions idle for at most {:.0} ms; the breaker was seen at {states:?}",
        size.stands_still.as_secs_f64(),
        during / before,
        idle * 1e3,
    );
    assert_eq!(in_flight, i64::try_from(size.checkouts).unwrap());
    assert!(idle < 0.9, "a transaction was open across a call: {idle} s");
    assert_eq!(states, BTreeSet::from([0, 1, 2]), "closed, half-open, open");
    assert!(
        size.most.is_none_or(|most| during / before <= most),
        "{during} {before}"
    );
    let paid = "SELECT count(*) FROM customer_order WHERE state = 'CONFIRMED'";
    assert_eq!(rig.app.value::<i64>(paid).await, in_flight);
    assert_eq!(rig.times("CAPTURE").await, size.checkouts);
    rig.is_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_stands_still_holds_nobody_up() {
    for app in apps().await {
        let size = Size {
            checkouts: 30,
            looks: 60,
            stands_still: Duration::from_secs(8),
            most: None,
        };
        harms_nobody(app, &size).await;
    }
}

/// For the figures in docs/reliability.md.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it takes minutes, and prints figures"]
async fn a_hundred_orders_wait_for_a_provider_that_stands_still() {
    for app in apps().await {
        let size = Size {
            checkouts: 100,
            looks: 800,
            stands_still: Duration::from_secs(30),
            most: Some(1.2),
        };
        harms_nobody(app, &size).await;
    }
}
