//! What orders cost the database: the same for one line and for ten.

use super::{bought, by, shopper};
use crate::{cart::Market, payments::support::SUCCESS, support::TestApp};
use sea_orm::DbBackend;
use serde_json::json;

const BUY: &str = "mutation ($input: CheckoutCompleteInput!) { checkoutComplete(input: $input) { order { id lines { quantity } } userErrors { code } } }";
const LIST: &str = "{ viewer { orders(first: 10) { nodes { id lines { quantity } fulfilments { state } payment { state } } } } }";
const SHOP: &str = "query ($id: ID!) { shopOrders(sellerId: $id, first: 10) { nodes { id orderNumber lines { quantity } } } }";

on_both_databases! {
    async fn buying_takes_as_much_for_one_line_as_for_ten(app: TestApp) {
        for variants in [1, 10] {
            let shop = Market::open(&app, &format!("of{variants}"), "EUR", variants).await;
            let ada = shopper(&app, &format!("ada{variants}"), &shop, 1).await;
            let key = format!("key-of-{variants}");
            let reply = app.gql_keyed(ada, &key, BUY, json!({ "input": by(SUCCESS) })).await;
            assert_eq!(reply.data()["checkoutComplete"]["order"]["lines"].as_array().unwrap().len(), variants);
            let expected = match app.app.database.backend() {
                DbBackend::Postgres => 22,
                _ => 24,
            };
            // Ten rows are written as eight and two, see `bulk`.
            let halves = u32::from(variants == 10);
            assert_eq!(reply.statements, expected + halves, "with {variants} lines");
        }
    }

    async fn lists_take_as_much_for_one_order_as_for_three(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 2).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        for _ in 0..3 {
            bought(&app, ada, SUCCESS).await;
            // Who asks, the page, and parts, lines and payments.
            assert_eq!(app.gql_as(ada, LIST, json!({})).await.statements, 5);
            let reply = app.gql_as(shop.owner, SHOP, json!({ "id": shop.seller })).await;
            assert_eq!(reply.statements, 3);
            crate::cart::changed(&app, ada, shop.add(1)).await;
            crate::cart::changed(&app, ada, json!({ "shippingAddress": crate::cart::address() })).await;
        }
    }
}
