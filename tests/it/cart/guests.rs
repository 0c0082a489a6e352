//! Carts of those who have not signed in.

use super::{CART, Market, changed, guest, update, with};
use crate::support::{
    Reply, TestApp,
    shops::{person, refused},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::time::Duration;
use tradewind::{caller::Actor, cart::SweepCarts, jobs::Worker};

async fn look(app: &TestApp, actor: Actor, token: &Value) -> Reply {
    let document = "query ($token: String!) { found: cart(token: $token) { id version quantity } }";
    app.gql_as(actor, document, json!({ "token": token })).await
}

on_both_databases! {
    async fn a_token_opens_its_cart_and_no_other(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 2).await;
        let (token, cart) = guest(&app, shop.add(1)).await;
        let (other, _) = guest(&app, json!({})).await;
        assert_ne!(token, other);
        let seen = look(&app, Actor::Anonymous, &token).await;
        assert_eq!(seen.data()["found"]["id"], cart["id"]);
        assert_eq!(seen.header("cache-control"), Some("no-store"));
        for wrong in [json!("none"), json!(""), json!("a".repeat(43)), json!("a".repeat(5_000)), cart["id"].clone()] {
            let reply = look(&app, Actor::Anonymous, &wrong).await;
            assert!(matches!(reply.error_code(), "NOT_FOUND" | "VALIDATION_ERROR"), "{wrong}");
        }
        // The id alone opens nothing, neither to guests nor to others.
        let eve = person(&app, "eve").await;
        let by_id = "query ($id: ID!) { cart(id: $id) { id } }";
        for actor in [Actor::Anonymous, eve] {
            let reply = app.gql_as(actor, by_id, json!({ "id": cart["id"] })).await;
            assert_eq!(reply.error_code(), "NOT_FOUND");
        }
        let stolen = update(&app, eve, with(shop.add(1), json!({ "cartId": cart["id"] }))).await;
        assert_eq!(refused(&stolen).0, "NOT_FOUND");
        let line = &cart["lines"][0]["id"];
        let across = update(&app, Actor::Anonymous, json!({ "cartToken": other, "remove": [line] })).await;
        assert_eq!(refused(&across), ("NOT_FOUND".to_owned(), "remove.0".to_owned()));
        let nobody = update(&app, Actor::Anonymous, shop.add(1)).await;
        assert_eq!(nobody.error_code(), "UNAUTHENTICATED");
        let hashes: Vec<String> = app.column("SELECT token_hash FROM cart").await;
        assert!(hashes.iter().all(|hash| hash.len() == 64 && *hash != token.as_str().unwrap()));
    }

    /// Whoever holds the token may use it, signed in or not.
    async fn guests_change_their_carts(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 2).await;
        let (token, _) = guest(&app, shop.add(1)).await;
        let again = with(shop.add(1), json!({ "cartToken": token }));
        let cart = changed(&app, Actor::Anonymous, again.clone()).await;
        assert_eq!(cart["quantity"], 4);
        let ada = person(&app, "ada").await;
        assert_eq!(changed(&app, ada, again).await["quantity"], 6);
    }

    async fn a_cart_that_cannot_be_filled_is_not_begun(app: TestApp) {
        let document = format!("mutation ($input: CartCreateInput!) {{ done: cartCreate(input: $input) {{ cartToken {CART} userErrors {{ code field message }} }} }}");
        let input = json!({ "input": { "add": [{ "variantId": "variant_01h455vb4pex5vsknk084sn02q" }] } });
        let reply = app.gql(&document, input).await;
        assert_eq!(refused(&reply), ("NOT_FOUND".to_owned(), "add.0.variantId".to_owned()));
        assert_eq!(reply.data()["done"]["cartToken"], json!(null));
        assert_eq!(app.value::<i64>("SELECT count(*) FROM cart").await, 0);
    }

    async fn carts_of_guests_are_given_up_in_time(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let (token, _) = guest(&app, shop.add(1)).await;
        app.app.clock.advance(TimeDelta::days(29));
        changed(&app, Actor::Anonymous, with(shop.add(1), json!({ "cartToken": token }))).await;
        app.app.clock.advance(TimeDelta::days(29));
        look(&app, Actor::Anonymous, &token).await.data();
        app.app.clock.advance(TimeDelta::days(2));
        assert_eq!(look(&app, Actor::Anonymous, &token).await.error_code(), "NOT_FOUND");
        sweep(&app, "SELECT count(*) FROM cart WHERE state = 'ABANDONED'", 1).await;
        app.app.clock.advance(TimeDelta::days(8));
        sweep(&app, "SELECT count(*) FROM cart", 0).await;
        assert_eq!(app.value::<i64>("SELECT count(*) FROM cart_line").await, 0);
    }
}

/// Has carts swept until the query's number is `expected`.
async fn sweep(app: &TestApp, sql: &str, expected: i64) {
    app.enqueue(SweepCarts::default()).await;
    let worker = Worker::start(app.app.clone(), tradewind::worker::registry());
    app.until(sql, expected).await;
    worker.stop(Duration::from_secs(5)).await;
}
