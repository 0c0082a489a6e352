//! Acknowledged is kept: the database is broken off under load, or the process where the database is a part of it.

use super::rig::{Rig, Tally};
use crate::{
    payments::support::SUCCESS,
    support::{OwnPostgres, TestApp},
};
use futures_util::future::join_all;
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;

const CLIENTS: usize = 8;
const PATIENCE: Duration = Duration::from_secs(1);

async fn client(rig: &Rig, next: &AtomicUsize, stop: &CancellationToken) -> Tally {
    let mut tally = Tally::default();
    while !stop.is_cancelled() {
        let number = next.fetch_add(1, Ordering::Relaxed);
        let token = rig.cart(number, &[(0, 1)]).await;
        tally.add(rig.insist(number, &token, SUCCESS, PATIENCE).await);
    }
    tally
}

/// Buys while `disturb` runs, and looks whether all that was acknowledged is there.
async fn is_kept(rig: Rig, what: &str, disturb: impl AsyncFnOnce(&Rig)) {
    let (next, stop) = (AtomicUsize::new(0), CancellationToken::new());
    let began = Instant::now();
    let clients = join_all((0..CLIENTS).map(|_| client(&rig, &next, &stop)));
    let disturbing = async {
        disturb(&rig).await;
        stop.cancel();
    };
    let (tallies, ()) = tokio::join!(clients, disturbing);
    let mut tally = Tally::default();
    for one in tallies {
        tally.join(one);
    }
    let rush = began.elapsed();
    rig.reconnect().await;
    rig.settle(Duration::from_secs(180)).await;
    rig.are_there(&tally.orders).await;
    rig.is_sound().await;
    let acknowledged = tally.orders.len();
    println!(
        "{what} in {:.0} s: {acknowledged} acknowledged, 0 lost; {} were never answered",
        rush.as_secs_f64(),
        tally.unknown.len(),
    );
    assert!(acknowledged > 5 && tally.refused == 0, "{tally:?}");
}

async fn on_postgres(restarts: usize) {
    let Some(server) = OwnPostgres::start() else {
        return;
    };
    let app = TestApp::on_database(server.database().await, &[]).await;
    let rig = Rig::open(app, &[1_000_000], &[]).await;
    let what = format!("PostgreSQL broken off {restarts} times");
    is_kept(rig, &what, async |_| {
        for _ in 0..restarts {
            tokio::time::sleep(Duration::from_millis(1_000 + fastrand::u64(..1_000))).await;
            tokio::task::block_in_place(|| server.restart_at_once());
        }
    })
    .await;
}

async fn on_sqlite(kills: usize) {
    let rig = Rig::open(TestApp::on_sqlite().await, &[1_000_000], &[]).await;
    let what = format!("SQLite, its process killed {kills} times");
    is_kept(rig, &what, async |rig| {
        for _ in 0..kills {
            tokio::time::sleep(Duration::from_millis(1_000 + fastrand::u64(..1_000))).await;
            rig.crash(0).await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_acknowledged_outlives_postgres() {
    on_postgres(2).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_acknowledged_outlives_the_process_on_sqlite() {
    on_sqlite(2).await;
}

/// For the figures in docs/reliability.md.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it takes minutes, and prints figures"]
async fn what_is_acknowledged_outlives_twenty_crashes() {
    on_postgres(20).await;
    on_sqlite(20).await;
}
