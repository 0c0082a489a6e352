//! What the README's tour shows of the demo: totals that move.

use super::{address, changed, with};
use crate::support::{TestApp, shops::person};
use serde_json::json;

on_both_databases! {
    async fn totals_of_the_demo_move(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        let ada = person(&app, "ada").await;
        let look = "{ product(slug: \"harbour-rain-jacket\") { variants(first: 1) { nodes { id } } } }";
        let variant = app.gql(look, json!({})).await.data()["product"]["variants"]["nodes"][0]["id"].clone();
        let add = json!({ "add": [{ "variantId": variant, "quantity": 1 }] });
        let cart = changed(&app, ada, with(add, json!({ "shippingAddress": address() }))).await;
        let part = &cart["sellers"][0];
        let ways: Vec<_> = part["shippingMethods"].as_array().unwrap().iter().map(|way| way["name"].clone()).collect();
        assert_eq!(ways.len(), 2, "{cart}");
        let express = part["shippingMethods"].as_array().unwrap().iter().find(|way| way["name"] == "Express").unwrap();
        let choose = json!({ "addVoucherCodes": ["welcome"], "shipping": [{ "sellerId": part["sellerId"], "methodId": express["id"] }] });
        let cart = changed(&app, ada, choose).await;
        for part in ["discount", "shipping", "tax"] {
            assert_ne!(cart["totals"][part]["amount"], "0.00", "{part} {cart}");
        }
        assert_eq!((&cart["missing"], &cart["problems"]), (&json!([]), &json!([])));
    }
}
