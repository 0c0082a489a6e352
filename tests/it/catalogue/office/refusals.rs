//! What cannot be taken is refused, and the field at fault is named.

use super::{PRODUCT, Shop, eur, step, take};
use crate::support::{
    TestApp,
    shops::{mutate, refused},
};
use entity::ids::CategoryId;
use serde_json::{Value, json};

const FOREIGN_CATEGORY: &str = "category_01h455vb4pex5vsknk084sn02q";

on_both_databases! {
    async fn products_that_break_a_rule(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        shop.product(&app, json!({ "name": "Taken", "handle": "taken", "variants": [{ "price": eur("1"), "sku": "S1" }] })).await;
        assert_eq!(CategoryId::generate().0.get_version_num(), 7);
        let long = "x".repeat(100_000);
        let variants = |variants: Value| json!({ "name": "New", "options": ["Size"], "variants": variants });
        let sized = |size: &str| json!({ "price": eur("1"), "options": [{ "name": "Size", "value": size }] });
        let with = |field: &str, value: Value| {
            let mut variant = sized("M");
            variant[field] = value;
            variants(json!([variant]))
        };
        for (fields, field) in [
            (json!({ "name": " " }), "name"),
            (json!({ "name": long }), "name"),
            (json!({ "name": "TAKEN" }), "name"),
            (json!({ "name": "New", "handle": "taken" }), "handle"),
            (json!({ "name": "New", "handle": long }), "handle"),
            (json!({ "name": "New", "description": "x".repeat(2_001) }), "description"),
            (json!({ "name": "New", "description": long }), "description"),
            (json!({ "name": "New", "categoryId": FOREIGN_CATEGORY }), "categoryId"),
            (json!({ "name": "New", "tags": ["ok", "★"] }), "tags.1"),
            (json!({ "name": "New", "tags": vec!["t"; 51] }), "tags"),
            (json!({ "name": "New", "options": ["a", "a"] }), "options.1"),
            (json!({ "name": "New", "options": ["a", "b", "c", "d", "e", "f"] }), "options"),
            (json!({ "name": "New", "metadata": [{ "key": "", "value": "x" }] }), "metadata.0.key"),
            (with("price", eur("-1")), "variants.0.price.amount"),
            (with("price", eur("0.001")), "variants.0.price.amount"),
            (with("price", eur("92233720368547758.08")), "variants.0.price.amount"),
            (with("price", json!({ "amount": "1", "currency": "USD" })), "variants.0.price.currency"),
            (with("compareAtPrice", eur("-1")), "variants.0.compareAtPrice.amount"),
            (with("sku", json!(" ")), "variants.0.sku"),
            (with("sku", json!("S1")), "variants.0.sku"),
            (with("barcode", json!("1".repeat(65))), "variants.0.barcode"),
            (with("weight", json!({ "value": "-1", "unit": "GRAMS" })), "variants.0.weight.value"),
            (with("weight", json!({ "value": "9999999999999999999999", "unit": "POUNDS" })), "variants.0.weight.value"),
            (with("options", json!([{ "name": "Colour", "value": "Red" }])), "variants.0.options.0.name"),
            (with("options", json!([])), "variants.0.options"),
            (with("options", json!([{ "name": "Size", "value": " " }])), "variants.0.options.0.value"),
            (variants(json!([sized("M"), sized("M")])), "variants.1.options"),
            (json!({ "name": "New", "variants": [{ "price": eur("1"), "sku": "S2" }, { "price": eur("1"), "sku": "S2" }] }), "variants.1.sku"),
            (json!({ "name": "New", "variants": [{ "price": eur("1") }, { "price": eur("1") }] }), "variants.1.options"),
        ] {
            let made = mutate(&app, shop.owner, "productCreate", PRODUCT, shop.of(fields)).await;
            assert_eq!(refused(&made), ("INVALID".to_owned(), field.to_owned()));
        }
        assert_eq!(app.value::<i64>("SELECT count(*) FROM product").await, 1);
        // The highest price there is.
        shop.product(&app, with("price", eur("92233720368547758.07"))).await;
    }

    async fn changes_that_break_a_rule(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        shop.mug(&app, "Taken").await;
        let mug = shop.mug(&app, "Mug").await;
        let change = async |fields: Value| {
            let mut input = json!({ "id": mug["id"], "expectedVersion": 1 });
            input.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            refused(&mutate(&app, shop.owner, "productUpdate", PRODUCT, input).await)
        };
        for (fields, code, field) in [
            (json!({ "name": "taken" }), "INVALID", "name"),
            (json!({ "name": "" }), "INVALID", "name"),
            (json!({ "categoryId": FOREIGN_CATEGORY }), "INVALID", "categoryId"),
            (json!({ "options": ["Size"] }), "INVALID", "options"),
            (json!({ "name": "New", "expectedVersion": 2 }), "CONFLICT", ""),
        ] {
            assert_eq!(change(fields).await, (code.to_owned(), field.to_owned()));
        }
    }

    async fn nothing_is_sold_without_a_variant_or_a_version(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        let empty = shop.product(&app, json!({ "name": "Empty" })).await;
        let publish = async |product: &Value| refused(&mutate(&app, shop.owner, "productPublish", PRODUCT, step(product)).await).0;
        assert_eq!(publish(&empty).await, "CONFLICT");
        let mug = shop.mug(&app, "Mug").await;
        let published = take(&app, &shop, "productPublish", &mug).await;
        assert_eq!(publish(&mug).await, "CONFLICT", "it is stale");
        assert_eq!(publish(&published).await, "CONFLICT", "it is for sale already");
        let last = &published["variants"]["nodes"][0];
        let deleted = mutate(&app, shop.owner, "variantDelete", PRODUCT, step(last)).await;
        assert_eq!(refused(&deleted).0, "CONFLICT");
    }
}
