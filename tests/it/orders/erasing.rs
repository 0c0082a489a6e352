//! Closing an account erases who bought what, and leaves what book-keeping needs.

use super::{bought, shopper};
use crate::{
    cart::{Market, address, changed, with},
    doctor::doctor,
    payments::support::{PATIENCE, SUCCESS},
    support::{
        TestApp,
        shops::{done, mutate},
        someone,
    },
};
use argon2::{Argon2, PasswordHasher};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tradewind::caller::{Actor, Role};

const ORDER: &str = "query ($id: ID) { order(id: $id) { email note number total { amount }
    shippingAddress { name company line1 city postalCode country phone } lines { productName total { amount } } } }";

/// Closes the account, and has done what there is to do by now.
async fn close(app: &TestApp, actor: Actor) {
    let hash = Argon2::default().hash_password(b"harbour lantern");
    let hash = hash.unwrap().to_string();
    app.execute(&format!(
        "UPDATE account_login SET password_hash = '{hash}' WHERE email = 'ada@shop.example'"
    ))
    .await;
    let input = json!({ "password": "harbour lantern" });
    done(&mutate(app, actor, "accountClose", "", input).await);
    erase(app).await;
}

/// Runs what erases, as often as it wants to by now.
async fn erase(app: &TestApp) {
    app.execute("UPDATE job SET run_at = created_at, rank_at = created_at WHERE kind = 'orders.erase' AND state = 'WAITING'")
        .await;
    let before: i64 = app.value(ERASED_ONCE).await;
    let worker = app.serve_jobs();
    app.until(ERASED_ONCE, before + 1).await;
    worker.stop(PATIENCE).await;
}

const ERASED_ONCE: &str = "SELECT count(*) FROM job WHERE kind = 'orders.erase' AND state = 'DONE'";

async fn told(app: &TestApp, id: &Value) -> Value {
    let support = someone(Role::Support);
    let reply = app.gql_as(support, ORDER, json!({ "id": id })).await;
    reply.data()["order"].clone()
}

async fn buys(app: &TestApp, actor: Actor, shop: &Market) -> Value {
    let mut full = address();
    full["company"] = json!("Ada & Co");
    full["postalCode"] = json!("20457");
    full["phone"] = json!("+49 40 1");
    let input = with(
        shop.add(1),
        json!({ "shippingAddress": full, "note": "Ring at Ada's" }),
    );
    changed(app, actor, input).await;
    bought(app, actor, SUCCESS).await
}

on_both_databases! {
    async fn who_bought_it_is_erased_and_what_it_was_stays(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        let first = buys(&app, ada, &shop).await;
        let second = buys(&app, ada, &shop).await;
        let bob = shopper(&app, "bob", &shop, 1).await;
        let others = buys(&app, bob, &shop).await;
        // The first was sent, the second waits to be.
        let part = &first["fulfilments"][0]["id"];
        done(&mutate(&app, shop.owner, "fulfilmentShip", "fulfilment { id }", json!({ "id": part })).await);
        let before = told(&app, &first["id"]).await;
        assert_eq!((&before["email"], &before["shippingAddress"]["phone"]), (&json!("ada@shop.example"), &json!("+49 40 1")));

        close(&app, ada).await;
        let after = told(&app, &first["id"]).await;
        assert_eq!(after["shippingAddress"], json!({
            "name": "", "company": null, "line1": "", "city": "", "postalCode": null, "country": "DE", "phone": null
        }));
        assert_eq!((&after["email"], &after["note"]), (&json!("erased"), &json!(null)));
        for kept in ["number", "total", "lines"] {
            assert_eq!(after[kept], before[kept], "{kept}");
        }
        let kept: i64 = app.value("SELECT count(*) FROM cart WHERE email IS NOT NULL OR address IS NOT NULL OR note IS NOT NULL").await;
        assert_eq!(kept, 1, "that of the other shopper");
        assert_eq!(told(&app, &others["id"]).await["email"], "bob@shop.example");
        let news = "SELECT count(*) FROM outbox_event WHERE name = 'orders.order_changed' AND CAST(payload AS text) LIKE '%ERASED%'";
        assert_eq!(app.value::<i64>(news).await, 1);

        // The shop knows where the second goes until it is sent.
        assert_eq!(told(&app, &second["id"]).await["shippingAddress"]["line1"], "Quay 1");
        erase(&app).await;
        assert_eq!(told(&app, &second["id"]).await["shippingAddress"]["line1"], "Quay 1");
        let part = &second["fulfilments"][0]["id"];
        done(&mutate(&app, shop.owner, "fulfilmentShip", "fulfilment { id }", json!({ "id": part })).await);
        erase(&app).await;
        assert_eq!(told(&app, &second["id"]).await["email"], "erased");
        assert_eq!(app.value::<i64>("SELECT count(*) FROM job WHERE kind = 'orders.erase' AND state = 'WAITING'").await, 0);
        let (output, text) = doctor(&app.database);
        assert!(output.status.success(), "{text}");
    }

    async fn no_address_is_kept_for_ever(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        let order = buys(&app, ada, &shop).await;
        close(&app, ada).await;
        assert_eq!(told(&app, &order["id"]).await["email"], "ada@shop.example");
        app.app.clock.advance(TimeDelta::days(91));
        erase(&app).await;
        assert_eq!(told(&app, &order["id"]).await["email"], "erased");
    }

    /// More orders than fit into one transaction, all of them.
    async fn many_are_erased_in_batches(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        let order = buys(&app, ada, &shop).await;
        let part = &order["fulfilments"][0]["id"];
        done(&mutate(&app, shop.owner, "fulfilmentShip", "fulfilment { id }", json!({ "id": part })).await);
        let fresh = if app.app.database.backend() == sea_orm::DbBackend::Postgres { "gen_random_uuid()" } else { "randomblob(16)" };
        let numbers: String = (0..250).map(|number| format!("({number})")).collect::<Vec<_>>().join(", ");
        app.execute(&format!(
            "INSERT INTO customer_order (id, number, customer_id, cart_id, saga_id, state, email, address, voucher_codes, currency, subtotal, \
               discount, shipping, tax, tax_bps, tax_included, total, cancelled, refunded, version, created_at, updated_at) \
             SELECT {fresh}, 200000 + n.column1, customer_id, {fresh}, saga_id, 'CANCELLED', email, address, '[]', currency, 0, 0, 0, 0, 0, tax_included, \
               0, 0, 0, 1, created_at, updated_at FROM customer_order CROSS JOIN (VALUES {numbers}) AS n"
        ))
        .await;
        close(&app, ada).await;
        assert_eq!(app.value::<i64>("SELECT count(*) FROM customer_order WHERE email = 'erased'").await, 251);
    }
}
