//! Never oversells: far more shoppers than units, over HTTP, while servers are killed.

use super::rig::{Bought, Rig, Tally, apps};
use crate::{
    payments::support::{DECLINED, SUCCESS},
    support::TestApp,
};
use futures_util::future::join_all;
use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::{Duration, Instant},
};

/// How much of it.
struct Size {
    clients: usize,
    checkouts: usize,
    /// Units of each of four variants.
    units: i64,
    patience: Duration,
}

/// What a cart holds: two or three of the variants, in any order, now and then two of the first.
fn lines(number: usize) -> Vec<(usize, i64)> {
    let step = 1 + 2 * (number % 2);
    (0..2 + number % 2)
        .map(|line| {
            let quantity = if line == 0 && number.is_multiple_of(5) {
                2
            } else {
                1
            };
            ((number * 7 + line * step) % 4, quantity)
        })
        .collect()
}

/// The card of every eighth is declined, so that what was promised comes back.
fn card(number: usize) -> &'static str {
    if number.is_multiple_of(8) {
        DECLINED
    } else {
        SUCCESS
    }
}

async fn client(rig: &Rig, size: &Size, next: &AtomicUsize) -> Tally {
    let mut tally = Tally::default();
    loop {
        let number = next.fetch_add(1, Ordering::Relaxed);
        if number >= size.checkouts {
            return tally;
        }
        let token = rig.cart(number, &lines(number)).await;
        tally.add(
            rig.insist(number, &token, card(number), size.patience)
                .await,
        );
    }
}

/// Kills one server after a third, and one after two thirds.
async fn kill(rig: &Rig, size: &Size, next: &AtomicUsize) {
    for third in 1..3 {
        while next.load(Ordering::Relaxed) < size.checkouts * third / 3 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        rig.crash(third % rig.servers.len()).await;
    }
}

/// Sells what the crowd left, one by one; returns how much that was.
async fn sell_the_rest(rig: &Rig, number: usize) -> usize {
    let mut sold = 0;
    for variant in 0..4 {
        loop {
            let token = rig.cart(number + sold, &[(variant, 1)]).await;
            let patience = Duration::from_secs(60);
            match rig.insist(number + sold, &token, SUCCESS, patience).await {
                Bought::Order(_) => sold += 1,
                Bought::Refused(_) => break,
                Bought::Unknown(said) => panic!("{said}"),
            }
        }
    }
    sold
}

async fn never_oversells(app: TestApp, size: &Size) {
    let backend = app.app.database.backend();
    let rig = Rig::open(app, &[size.units; 4], &[]).await;
    let (next, began) = (AtomicUsize::new(0), Instant::now());
    let clients = join_all((0..size.clients).map(|_| client(&rig, size, &next)));
    let (tallies, ()) = tokio::join!(clients, kill(&rig, size, &next));
    let mut tally = Tally::default();
    for one in tallies {
        tally.join(one);
    }
    let rush = began.elapsed();
    rig.settle(Duration::from_secs(180)).await;
    let rest = sell_the_rest(&rig, size.checkouts).await;
    rig.settle(Duration::from_secs(180)).await;
    let all = 4 * size.units;
    println!(
        "{backend:?}: {} clients, {} checkouts in {:.0} s, 2 kills: {} acknowledged, {} refused, {} never answered, \
         {rest} sold afterwards, {} deadlocks",
        size.clients,
        size.checkouts,
        rush.as_secs_f64(),
        tally.orders.len(),
        tally.refused,
        tally.unknown.len(),
        rig.deadlocks().await,
    );
    rig.are_there(&tally.orders).await;
    // No error but those of a server that died, or of one that says that others are in the way.
    let known = [
        "nothing",
        "IDEMPOTENCY_IN_PROGRESS",
        "SERVICE_UNAVAILABLE",
        "TIMEOUT",
    ];
    let strange = tally
        .unknown
        .iter()
        .find(|said| !known.contains(&said.as_str()));
    assert_eq!(strange, None);
    assert_eq!(rig.deadlocks().await, 0);
    assert_eq!(rig.app.outcome().await, (0, 0, 1_000 * all));
    for variant in 0..4 {
        let sold = format!(
            "SELECT CAST(sum(l.quantity) AS bigint) FROM order_line l JOIN customer_order o ON o.id = l.order_id \
             JOIN variant v ON v.id = l.variant_id WHERE o.state = 'CONFIRMED' AND v.sku = 'quay-{variant}'"
        );
        assert_eq!(rig.app.value::<i64>(&sold).await, size.units, "{variant}");
    }
    rig.is_sound().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn no_unit_is_sold_twice() {
    for app in apps().await {
        let size = Size {
            clients: 16,
            checkouts: 90,
            units: 15,
            patience: Duration::from_secs(1),
        };
        never_oversells(app, &size).await;
    }
}

/// For the figures in docs/reliability.md.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it takes minutes, and prints figures"]
async fn five_thousand_checkouts_sell_five_hundred_units() {
    for app in apps().await {
        let size = Size {
            clients: 64,
            checkouts: 5_000,
            units: 125,
            patience: Duration::from_secs(60),
        };
        never_oversells(app, &size).await;
    }
}
