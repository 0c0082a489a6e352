//! What no cart takes.

use super::{Market, changed, own, update};
use crate::support::{
    TestApp,
    shops::{person, refused},
};
use serde_json::json;

on_both_databases! {
    async fn what_cannot_be_is_told_and_nothing_is_written(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 2).await;
        let ada = person(&app, "ada").await;
        let before = changed(&app, ada, shop.add(1)).await;
        let (line, variant) = (&before["lines"][0]["id"], &shop.variants[1]);
        let good = json!([{ "variantId": variant, "quantity": 1 }]);
        let address = |name: &str, country: &str| json!({ "name": name, "line1": "1", "city": "H", "country": country });
        for (more, code, field) in [
            (json!({ "add": [{ "variantId": variant, "quantity": 0 }] }), "INVALID", "add.0.quantity"),
            (json!({ "add": [{ "variantId": variant, "quantity": -1 }] }), "INVALID", "add.0.quantity"),
            (json!({ "add": [{ "variantId": variant, "quantity": 1000 }] }), "INVALID", "add.0.quantity"),
            (json!({ "add": [{ "variantId": variant, "quantity": i32::MAX }] }), "INVALID", "add.0.quantity"),
            (json!({ "add": [{ "variantId": variant, "quantity": 999 }] }), "INVALID", "add.0.quantity"),
            (json!({ "add": [{ "variantId": shop.product, "quantity": 1 }] }), "INVALID", "add.0.variantId"),
            (json!({ "add": [{ "variantId": "variant_01h455vb4pex5vsknk084sn02q" }] }), "NOT_FOUND", "add.0.variantId"),
            (json!({ "set": [{ "lineId": line, "quantity": -1 }] }), "INVALID", "set.0.quantity"),
            (json!({ "set": [{ "lineId": line, "quantity": 1000 }] }), "INVALID", "set.0.quantity"),
            (json!({ "set": [{ "lineId": "cartline_01h455vb4pex5vsknk084sn02q", "quantity": 1 }] }), "NOT_FOUND", "set.0.lineId"),
            (json!({ "remove": ["cartline_01h455vb4pex5vsknk084sn02q"] }), "NOT_FOUND", "remove.0"),
            (json!({ "addVoucherCodes": ["nothing"] }), "NOT_FOUND", "addVoucherCodes.0"),
            (json!({ "shipping": [{ "sellerId": "seller_01h455vb4pex5vsknk084sn02q" }] }), "NOT_FOUND", "shipping.0.sellerId"),
            (json!({ "email": "ada" }), "INVALID", "email"),
            (json!({ "note": "a".repeat(1_001) }), "INVALID", "note"),
            (json!({ "shippingAddress": address("", "DE") }), "INVALID", "shippingAddress.name"),
            (json!({ "shippingAddress": address("A", "UK") }), "INVALID", "shippingAddress.country"),
            (json!({ "shippingAddressId": "address_01h455vb4pex5vsknk084sn02q" }), "INVALID", "shippingAddressId"),
            (json!({ "cartToken": "a".repeat(10_000) }), "INVALID", "cartToken"),
        ] {
            // Beside it something that could be done.
            let mut input = json!({ "note": "Written?", "add": good });
            for (name, value) in more.as_object().unwrap() {
                input[name] = value.clone();
            }
            let reply = update(&app, ada, input).await;
            assert_eq!(refused(&reply), (code.to_owned(), field.to_owned()), "{more}");
            assert_eq!(own(&app, ada).await, before, "{more}");
        }
    }

    async fn every_fault_is_told_at_once(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = person(&app, "ada").await;
        let input = json!({
            "remove": ["cartline_01h455vb4pex5vsknk084sn02q"],
            "add": [{ "variantId": shop.variants[0] }, { "variantId": shop.variants[0], "quantity": 0 }],
        });
        let reply = update(&app, ada, input).await;
        let errors = reply.data()["done"]["userErrors"].as_array().unwrap();
        let fields: Vec<_> = errors.iter().map(|error| error["field"].to_string()).collect();
        assert_eq!(fields, [r#"["remove","0"]"#, r#"["add","1","quantity"]"#]);
        assert_eq!(own(&app, ada).await, json!(null), "not even a cart is made");
    }

    /// What comes to more than there are numbers for is refused, not wrapped.
    async fn too_much_is_refused(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 2).await;
        let ada = person(&app, "ada").await;
        app.execute(&format!("UPDATE variant SET price = {}", i64::MAX / 100)).await;
        let reply = update(&app, ada, shop.add(999)).await;
        assert_eq!(refused(&reply).0, "INVALID");
        assert_eq!(own(&app, ada).await, json!(null));
    }

    async fn a_cart_ends_at_a_hundred_lines(app: TestApp) {
        let (quay, mill) = (Market::open(&app, "quay", "EUR", 99).await, Market::open(&app, "mill", "EUR", 2).await);
        let ada = person(&app, "ada").await;
        changed(&app, ada, quay.add(1)).await;
        assert_eq!(refused(&update(&app, ada, mill.add(1)).await), ("CONFLICT".to_owned(), "add".to_owned()));
        let one = json!({ "add": [{ "variantId": mill.variants[0] }] });
        assert_eq!(changed(&app, ada, one).await["quantity"], 100);
    }
}
