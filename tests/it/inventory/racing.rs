//! Many at once, for the same units.

use super::{Shop, claim, expire, release, reserve, sound, totals, wish};
use crate::support::{
    TestApp,
    shops::{done, mutate},
};
use chrono::TimeDelta;
use entity::ids::VariantId;
use futures_util::future::join_all;
use serde_json::json;
use std::sync::Arc;
use tradewind::inventory::ReserveWish;
use uuid::Uuid;

/// What a cart holds: two or three of the variants, in any order.
fn cart(ids: &[VariantId], number: usize) -> Vec<ReserveWish> {
    let size = 2 + number % 2;
    (0..size)
        .map(|line| {
            wish(
                ids[(number * 7 + line * (1 + number % 3)) % ids.len()],
                1 + i64::from(line == 0 && number.is_multiple_of(5)),
            )
        })
        .collect()
}

async fn units(app: &TestApp, sql: &str) -> i64 {
    app.value(&format!(
        "SELECT CAST(coalesce(sum({sql}), 0) AS bigint) FROM stock"
    ))
    .await
}

on_both_databases! {
    /// 64 who buy carts of two or three variants until there is nothing left: all is sold, and nothing twice.
    async fn five_hundred_units_are_sold_once(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[125; 4]).await;
        let ids = shop.ids(&app).await;
        let app = Arc::new(app);
        let clients = (0..64).map(|client| {
            let (app, ids) = (Arc::clone(&app), ids.clone());
            tokio::spawn(async move {
                let mut sold = 0;
                for round in 0..12 {
                    let (order, cart) = (Uuid::now_v7(), cart(&ids, client * 31 + round));
                    if reserve(&app, order, &cart).await.is_err() {
                        continue;
                    }
                    // One of four changes its mind.
                    if (client + round) % 4 == 0 {
                        release(&app, order).await;
                    } else {
                        claim(&app, order).await.unwrap();
                        sold += cart.iter().map(|wish| wish.quantity).sum::<i64>();
                    }
                }
                sold
            })
        });
        let mut sold: i64 = join_all(clients).await.into_iter().map(Result::unwrap).sum();
        assert!(sold <= 500 && sold > 400, "{sold}");
        // What is left is sold one by one, so that all is.
        for id in &ids {
            loop {
                let order = Uuid::now_v7();
                if reserve(&app, order, &[wish(*id, 1)]).await.is_err() {
                    break;
                }
                claim(&app, order).await.unwrap();
                sold += 1;
            }
        }
        assert_eq!(sold, 500);
        assert_eq!(totals(&app).await, ["0/0"; 4]);
        let moved: i64 = app.value("SELECT CAST(-sum(delta) AS bigint) FROM stock_movement WHERE reason = 'SOLD'").await;
        assert_eq!(moved, 500);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM product WHERE in_stock").await, 0);
        sound(&app).await;
    }

    async fn exactly_as_many_are_promised_as_there_are(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[20, 20, 20]).await;
        let ids = shop.ids(&app).await;
        let orders: Vec<Uuid> = (0..64).map(|_| Uuid::now_v7()).collect();
        let wishes = |number: usize| {
            let mut wishes: Vec<_> = ids.iter().map(|id| wish(*id, 1)).collect();
            wishes.rotate_left(number % 3);
            wishes
        };
        let reserved = orders.iter().enumerate().map(async |(number, order)| reserve(&app, *order, &wishes(number)).await.is_ok());
        let reserved = join_all(reserved).await;
        assert_eq!(reserved.iter().filter(|done| **done).count(), 20);
        assert_eq!(totals(&app).await, ["20/20"; 3]);
        join_all(orders.iter().map(|order| release(&app, *order))).await;
        assert_eq!(totals(&app).await, ["20/0"; 3]);
        sound(&app).await;
    }

    async fn one_holder_at_once_is_promised_once_and_sold_once(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[50, 50]).await;
        let ids = shop.ids(&app).await;
        for _ in 0..5 {
            let order = Uuid::now_v7();
            let wishes = [wish(ids[1], 3), wish(ids[0], 2)];
            let twins = (0..8).map(|_| reserve(&app, order, &wishes));
            join_all(twins).await.into_iter().for_each(|done| done.unwrap());
            let twins = (0..8).map(|_| claim(&app, order));
            join_all(twins).await.into_iter().for_each(|done| done.unwrap());
        }
        assert_eq!(totals(&app).await, ["40/0", "35/0"]);
        sound(&app).await;
    }

    /// Whoever is first has it: what is claimed does not expire, and what expired is taken anew only if it is there.
    async fn what_expires_is_not_claimed_twice(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[30, 30]).await;
        let ids = shop.ids(&app).await;
        let orders: Vec<Uuid> = (0..30).map(|_| Uuid::now_v7()).collect();
        for order in &orders {
            reserve(&app, *order, &[wish(ids[0], 1), wish(ids[1], 1)]).await.unwrap();
        }
        app.app.clock.advance(TimeDelta::minutes(16));
        let others: Vec<Uuid> = (0..10).map(|_| Uuid::now_v7()).collect();
        let claims = async { join_all(orders.iter().map(async |order| claim(&app, *order).await.is_ok())).await };
        let hasty = async { join_all(others.iter().map(async |order| reserve(&app, *order, &[wish(ids[0], 1), wish(ids[1], 1)]).await.is_ok())).await };
        let (claimed, (), taken) = tokio::join!(claims, expire(&app), hasty);
        let claimed = i64::try_from(claimed.iter().filter(|done| **done).count()).unwrap();
        let taken = i64::try_from(taken.iter().filter(|done| **done).count()).unwrap();
        expire(&app).await;
        assert_eq!(units(&app, "on_hand").await, 60 - 2 * claimed);
        assert_eq!(units(&app, "reserved").await, 2 * taken);
        assert!(claimed + taken <= 30 && claimed >= 20, "{claimed} {taken}");
        sound(&app).await;
    }

    /// Whoever sells, counts, brings and imports at once never waits in a circle, and every unit is accounted for.
    async fn sales_and_the_office_go_together(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[500, 500, 500]).await;
        let ids = shop.ids(&app).await;
        let attic = shop.location(&app, "Attic", 1).await;
        let sales = async {
            join_all((0..32).map(async |number: usize| {
                let order = Uuid::now_v7();
                reserve(&app, order, &cart(&ids, number)).await.unwrap();
                if number.is_multiple_of(3) { release(&app, order).await } else { claim(&app, order).await.unwrap() }
            })).await
        };
        let office = async {
            join_all((0..16).map(async |number: usize| {
                let order = if number.is_multiple_of(2) { [0, 1, 2] } else { [2, 1, 0] };
                if number.is_multiple_of(4) {
                    let items: Vec<_> = order.iter().map(|index| json!({ "variantId": shop.variants[*index], "quantity": 1 })).collect();
                    let input = json!({ "fromLocationId": shop.first, "toLocationId": attic["id"], "items": items });
                    done(&mutate(&app, shop.owner, "stockTransfer", crate::inventory::ITEMS, input).await);
                } else {
                    done(&shop.adjust(&app, &shop.first, "RECEIVED", &order.map(|index| (index, 1))).await);
                }
            })).await
        };
        tokio::join!(sales, office);
        let sold: i64 = app.value("SELECT CAST(-sum(delta) AS bigint) FROM stock_movement WHERE reason = 'SOLD'").await;
        assert_eq!(units(&app, "on_hand").await, 1_500 + 12 * 3 - sold);
        assert_eq!(units(&app, "reserved").await, 0);
        sound(&app).await;
    }
}
