//! What keeps a cart from being bought: it is said what would mend it, and nothing is written.

use super::{buy, by, shopper};
use crate::{
    cart::{Market, changed, eur, with},
    payments::support::SUCCESS,
    support::{
        TestApp,
        shops::{person, refused},
    },
};
use serde_json::json;
use tradewind::caller::Actor;

const WRITTEN: &str = "SELECT (SELECT count(*) FROM customer_order) + (SELECT count(*) FROM payment) + (SELECT count(*) FROM saga) \
    + (SELECT count(*) FROM cart WHERE state = 'ORDERED')";

on_both_databases! {
    async fn nothing_is_written_where_anything_stands_against_it(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 2).await;
        for (input, code) in [
            (with(by(SUCCESS), json!({ "expectedTotal": eur("19.99") })), "CONFLICT"),
            (with(by(SUCCESS), json!({ "expectedVersion": 7 })), "CONFLICT"),
            (by("4111111111111112"), "INVALID"),
            (by(""), "INVALID"),
            (with(by(SUCCESS), json!({ "cartToken": "none" })), "NOT_FOUND"),
        ] {
            let reply = buy(&app, ada, input).await;
            assert_eq!(refused(&reply).0, code);
        }
        app.execute("UPDATE variant SET price = 1200").await;
        let reply = buy(&app, ada, by(SUCCESS)).await;
        assert_eq!(reply.data()["done"]["problems"], json!([{ "code": "PRICE_CHANGED" }]));
        assert!(reply.data()["done"]["userErrors"][0]["message"].as_str().is_some());
        app.execute("UPDATE variant SET price = 1000").await;
        app.execute("UPDATE stock SET on_hand = 1").await;
        let reply = buy(&app, ada, by(SUCCESS)).await;
        assert_eq!(reply.data()["done"]["problems"], json!([{ "code": "LESS_AVAILABLE" }]));
        let empty = person(&app, "bob").await;
        changed(&app, empty, json!({})).await;
        assert_eq!(buy(&app, empty, by(SUCCESS)).await.data()["done"]["problems"][0]["code"], "CART_EMPTY");
        let nobody = buy(&app, Actor::Anonymous, by(SUCCESS)).await;
        assert_eq!(nobody.body["errors"][0]["extensions"]["code"], "UNAUTHENTICATED");
        let document = "mutation ($input: CheckoutCompleteInput!) { checkoutComplete(input: $input) { order { id } } }";
        let keyless = app.gql_as(ada, document, json!({ "input": by(SUCCESS) })).await;
        assert_eq!(keyless.body["errors"][0]["extensions"]["code"], "VALIDATION_ERROR");
        assert_eq!(app.value::<i64>(WRITTEN).await, 0);
        app.execute("UPDATE stock SET on_hand = 2").await;
        // The same key again is the same order.
        let first = app.gql_keyed(ada, "one-and-the-same-key", document, json!({ "input": by(SUCCESS) })).await;
        let again = app.gql_keyed(ada, "one-and-the-same-key", document, json!({ "input": by(SUCCESS) })).await;
        assert_eq!(first.data()["checkoutComplete"]["order"], again.data()["checkoutComplete"]["order"]);
        assert!(first.data()["checkoutComplete"]["order"]["id"].is_string());
        assert_eq!(app.value::<i64>("SELECT count(*) FROM customer_order").await, 1);
    }
}
