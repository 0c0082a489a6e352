//! What carts cost the database: the same for one line and for fifty.

use super::{CART, Market, address, changed, eur, own, update, with};
use crate::support::{TestApp, shops::person};
use serde_json::json;

/// What a storefront shows of a cart, with what it is made of.
const STOREFRONT: &str = "mutation ($input: CartUpdateInput!) { cartUpdate(input: $input) { cart { id lines { quantity total { amount }
    variant { name price { amount } product { name slug } } } totals { total { amount } } } userErrors { code } } }";

on_both_databases! {
    async fn a_cart_takes_as_much_for_one_line_as_for_fifty(app: TestApp) {
        let (one, fifty) = (Market::open(&app, "one", "EUR", 1).await, Market::open(&app, "fifty", "EUR", 50).await);
        for shop in [&one, &fifty] {
            let ada = person(&app, &format!("of{}", shop.variants.len())).await;
            let first = update(&app, ada, shop.add(1)).await;
            // The row that is not there, the row that is made, the row; what is in it, with ways of shipping; lines; the row.
            assert_eq!(first.statements, 6);
            let again = update(&app, ada, shop.add(1)).await;
            assert_eq!(again.statements, 4);
            // And the variants and their products for the storefront.
            let shown = app.gql_as(ada, STOREFRONT, json!({ "input": shop.add(1) })).await;
            assert_eq!(shown.data()["cartUpdate"]["cart"]["lines"][0]["quantity"], 3);
            assert_eq!(shown.statements, 6);
            // A key is looked at, taken and finished.
            let key = format!("key-of-{}", shop.variants.len());
            let keyed = app.gql_keyed(ada, &key, STOREFRONT, json!({ "input": shop.add(1) })).await;
            assert_eq!(keyed.statements, 8);
        }
    }

    async fn all_that_can_be_changed_at_once_takes_six(app: TestApp) {
        for (name, variants) in [("two", 2), ("fifty", 50)] {
            let shop = Market::open(&app, name, "EUR", variants).await;
            let ada = person(&app, &format!("of{name}")).await;
            let code = format!("{name}-ten");
            shop.voucher(&app, json!({ "code": code, "rateBps": 1000 })).await;
            let post = shop.method(&app, json!({ "name": "Post", "price": eur("4.90") })).await;
            let cart = changed(&app, ada, shop.add(1)).await;
            let all = with(shop.add(1), json!({
                "remove": [cart["lines"][0]["id"]], "set": [{ "lineId": cart["lines"][1]["id"], "quantity": 7 }],
                "addVoucherCodes": [code], "shippingAddress": address(), "email": "a@b.example", "note": "All of it.",
                "shipping": [{ "sellerId": shop.seller, "methodId": post["id"] }],
            }));
            let reply = update(&app, ada, all).await;
            assert_eq!(reply.data()["done"]["userErrors"], json!([]));
            assert_eq!(reply.statements, 6, "with {variants} lines");
            assert_eq!(reply.data()["done"]["cart"], own(&app, ada).await, "and what comes back is all of it");
            let look = format!("{{ viewer {{ {CART} }} }}");
            // Who asks, and three for the cart.
            assert_eq!(app.gql_as(ada, &look, json!({})).await.statements, 4);
        }
    }
}
