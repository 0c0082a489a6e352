//! What lists are made of: made anew while it is used, and never by what comes late.

use super::{bought, buy, by, caught_up, shopper};
use crate::{
    cart::{Market, changed, with},
    doctor::doctor,
    payments::support::SUCCESS,
    support::{
        TestApp,
        shops::{done, mutate},
    },
};
use entity::ids::OrderId;
use sea_orm::DbBackend;
use serde_json::json;
use tradewind::orders::{OrderChanged, rebuild_view};

const RULE: &str = "Lists of orders show what the orders are.";

/// All that the view holds.
async fn held(app: &TestApp) -> Vec<String> {
    let id = |column: &str| match app.app.database.backend() {
        DbBackend::Postgres => format!("CAST({column} AS text)"),
        _ => format!("hex({column})"),
    };
    let sql = format!(
        "SELECT {} || ' ' || coalesce(number, 0) || ' ' || email_key || ' ' || state || ' ' || currency || ' ' || total || ' ' || \
             placed_ms || ' ' || version AS held FROM order_view \
         UNION ALL SELECT {} || ' ' || number || ' ' || state || ' ' || total || ' ' || placed_ms || ' ' || version FROM order_view_part \
         UNION ALL SELECT {} || ' ' || sku FROM order_view_sku ORDER BY 1",
        id("id"),
        id("id"),
        id("part_id")
    );
    app.column(&sql).await
}

fn says(app: &TestApp) -> String {
    let (_, text) = doctor(&app.database);
    let line = text.lines().find(|line| line.ends_with(RULE)).unwrap();
    line.split_whitespace().next().unwrap().to_owned()
}

on_both_databases! {
    async fn what_is_made_anew_is_what_events_made(app: TestApp) {
        let (quay, mill) = (Market::open(&app, "quay", "EUR", 2).await, Market::open(&app, "mill", "EUR", 1).await);
        for name in ["ada", "bob", "cleo"] {
            let actor = shopper(&app, name, &quay, 1).await;
            changed(&app, actor, with(mill.add(1), json!({}))).await;
            if name == "cleo" {
                done(&buy(&app, actor, by(SUCCESS)).await);
            } else {
                let order = bought(&app, actor, SUCCESS).await;
                if name == "bob" {
                    done(&mutate(&app, actor, "orderCancel", "order { id }", json!({ "id": order["id"] })).await);
                }
            }
        }
        // While events are under way, nothing is wrong.
        assert_eq!(says(&app), "ok");
        caught_up(&app).await;
        let by_events = held(&app).await;
        // Three orders, the four parts that were paid, and the SKUs of all.
        assert_eq!(by_events.len(), 3 + 4 + 9);
        assert_eq!(says(&app), "ok");
        for harm in [
            "DELETE FROM order_view",
            "DELETE FROM order_view_part",
            "DELETE FROM order_view_sku WHERE sku = 'quay-1'",
            "UPDATE order_view SET state = 'COMPLETED', total = 1",
            "UPDATE order_view_part SET state = 'DELIVERED'",
            "INSERT INTO order_view_sku SELECT part_id, 'none', order_id, seller_id, customer_id FROM order_view_sku WHERE sku = 'mill-0'",
        ] {
            app.execute(harm).await;
            assert_eq!(says(&app), "FAIL", "{harm}");
            let mut told = Vec::new();
            let done = rebuild_view(&app.app, None, |so_far| told.push(so_far)).await.unwrap();
            assert_eq!((done.orders, told.last()), (3, Some(&done)));
            assert_eq!(held(&app).await, by_events, "{harm}");
            assert_eq!(says(&app), "ok");
        }
        // It goes on where it was broken off.
        let all: Vec<OrderId> = app.column("SELECT id FROM customer_order ORDER BY id").await;
        app.execute("DELETE FROM order_view").await;
        assert_eq!(rebuild_view(&app.app, Some(all[1]), |_| ()).await.unwrap().orders, 1);
        assert_eq!(app.column::<OrderId>("SELECT id FROM order_view").await, [all[2]]);
    }

    async fn what_comes_late_or_again_changes_nothing(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        bought(&app, ada, SUCCESS).await;
        caught_up(&app).await;
        let now = held(&app).await;
        let order_id: OrderId = app.value("SELECT id FROM customer_order").await;
        let again = || OrderChanged { order_id, customer_id: None, seller_ids: Vec::new(), state: "PENDING".to_owned(), step: None };
        app.emit(&[again(), again()]).await;
        caught_up(&app).await;
        assert_eq!(held(&app).await, now);
        // As if what the order will be were in the view already, and an event of before came.
        app.execute("UPDATE order_view SET version = version + 1, state = 'COMPLETED'").await;
        app.execute("UPDATE order_view_part SET version = version + 1, state = 'DELIVERED'").await;
        let newer = held(&app).await;
        app.emit(&[again()]).await;
        caught_up(&app).await;
        rebuild_view(&app.app, None, |_| ()).await.unwrap();
        assert_eq!(held(&app).await, newer);
        app.execute("UPDATE order_view SET version = version - 2").await;
        app.execute("UPDATE order_view_part SET version = version - 2").await;
        app.emit(&[again()]).await;
        caught_up(&app).await;
        assert_eq!(held(&app).await, now);
    }

    /// Made anew again and again while orders are sent, arrive and are cancelled: in the end all is as it is.
    async fn it_is_made_anew_while_orders_change(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let mut orders = Vec::new();
        for number in 0..4 {
            let actor = shopper(&app, &format!("s{number}"), &shop, 1).await;
            orders.push((actor, bought(&app, actor, SUCCESS).await));
        }
        caught_up(&app).await;
        app.execute("DELETE FROM order_view").await;
        app.execute("DELETE FROM order_view_part").await;
        let change = async {
            for (index, (actor, order)) in orders.iter().enumerate() {
                let part = json!({ "id": order["fulfilments"][0]["id"] });
                let id = json!({ "id": order["id"] });
                if index % 2 == 0 {
                    done(&mutate(&app, shop.owner, "fulfilmentShip", "fulfilment { id }", part.clone()).await);
                    done(&mutate(&app, shop.owner, "fulfilmentDeliver", "fulfilment { id }", part).await);
                } else {
                    done(&mutate(&app, *actor, "orderCancel", "order { id }", id).await);
                }
            }
            caught_up(&app).await;
        };
        let rebuild = async {
            for _ in 0..6 {
                rebuild_view(&app.app, None, |_| ()).await.unwrap();
            }
        };
        futures_util::future::join(change, rebuild).await;
        app.work_off().await;
        caught_up(&app).await;
        assert_eq!(says(&app), "ok");
        let states: Vec<String> = app.column("SELECT state FROM order_view ORDER BY id").await;
        assert_eq!(states, ["COMPLETED", "CANCELLED", "COMPLETED", "CANCELLED"]);
    }
}
