//! What posting costs: figures, not a test.
//!
//! `cargo nextest run --no-capture --run-ignored all -E 'test(ledger::figures)'`

use super::{assert_sound, euro, shop};
use crate::support::TestApp;
use entity::ids::{OrderId, SellerId};
use std::{sync::Arc, time::Instant};
use tokio::task::JoinSet;
use tradewind::{
    error::Error,
    ledger::{Funding, Sale, SaleShare, sale},
};
use uuid::Uuid;

const WRITERS: usize = 16;
const EACH: usize = 60;

fn sold(app: &TestApp, seller: SellerId, order: OrderId) -> Sale {
    let share = SaleShare {
        seller,
        goods: 1_999,
        shipping: 490,
        tax: 473,
        voucher_by_seller: 0,
        voucher_by_platform: 100,
        commission_bps: 1_000,
    };
    Sale {
        order,
        currency: euro(),
        funding: Funding::Provider,
        shares: vec![share],
        commission_tax_bps: 1_900,
        at: app.app.clock.now(),
    }
}

/// Posts sales of as many shops as there are writers, each in a transaction of its own; in one stripe of the marketplace's accounts or in
/// all.
async fn measure(app: &Arc<TestApp>, shops: &[SellerId], in_one: bool) {
    let began = Instant::now();
    let mut tasks = JoinSet::new();
    for seller in shops.iter().copied() {
        let app = Arc::clone(app);
        tasks.spawn(async move {
            let mut times = Vec::new();
            for _ in 0..EACH {
                let mut order = OrderId::generate().0.into_bytes();
                if in_one {
                    order[15] = 0;
                }
                let sold = sold(&app, seller, OrderId(Uuid::from_bytes(order)));
                let began = Instant::now();
                // Who waited for a lock for too long begins again.
                while let Err(error) = app.app.transaction(async |tx| sale(tx, &sold).await).await {
                    assert!(
                        matches!(error, Error::Contended | Error::Unavailable),
                        "{error:?}"
                    );
                }
                times.push(began.elapsed());
            }
            times
        });
    }
    let mut times: Vec<_> = tasks.join_all().await.into_iter().flatten().collect();
    let elapsed = began.elapsed();
    times.sort_unstable();
    println!(
        "{}: {} sales a second, p50 {:.1?}, p99 {:.1?}",
        if in_one {
            "one stripe"
        } else {
            "eight stripes"
        },
        times.len() as u128 * 1_000 / elapsed.as_millis(),
        times[times.len() / 2],
        times[times.len() * 99 / 100],
    );
}

async fn both(app: TestApp) {
    let app = Arc::new(app);
    let mut shops = Vec::new();
    for number in 0..WRITERS {
        shops.push(shop(&app, &format!("s{number}")).await);
    }
    // The first round makes the accounts.
    for in_one in [false, true, false, true, false, true] {
        measure(&app, &shops, in_one).await;
    }
    assert_sound(&app);
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "prints figures"]
async fn sales_on_postgres() {
    if let Some(app) = TestApp::on_postgres().await {
        both(app).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "prints figures"]
async fn sales_on_sqlite() {
    both(TestApp::on_sqlite().await).await;
}
