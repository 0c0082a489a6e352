//! Adding, changing and deleting variants.

use super::{PRODUCT, Shop, eur, sound, step};
use crate::support::{
    Reply, TestApp,
    shops::{done, mutate, refused},
};
use serde_json::{Value, json};

const VARIANT: &str = "variant { id sku name version barcode price { amount } compareAtPrice { amount } weight { grams unit }
    selectedOptions { name value } product { version options { name values } priceRange { min { amount } max { amount } } } }";

fn size(value: &str) -> Value {
    json!([{ "name": "Size", "value": value }])
}

async fn add(app: &TestApp, shop: &Shop, product: &Value, version: i64, variant: Value) -> Reply {
    let input =
        json!({ "productId": product["id"], "variant": variant, "expectedVersion": version });
    mutate(app, shop.owner, "variantCreate", VARIANT, input).await
}

on_both_databases! {
    async fn variants_come_change_and_go(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        let product = shop.product(&app, json!({ "name": "Mug", "options": ["Size"] })).await;
        let first = add(&app, &shop, &product, 1, json!({ "price": eur("5"), "sku": "S", "options": size("S") })).await;
        assert!(first.statements <= 36, "{}", first.statements);
        let first = done(&first)["variant"].clone();
        assert_eq!((&first["name"], &first["sku"], &first["product"]["version"]), (&json!("S"), &json!("S"), &json!(2)));
        assert_eq!(refused(&add(&app, &shop, &product, 1, json!({ "price": eur("5"), "options": size("M") })).await).0, "CONFLICT");
        for (variant, field) in [
            (json!({ "price": eur("5"), "options": size("S") }), "variant.options"),
            (json!({ "price": eur("5"), "sku": "S", "options": size("M") }), "variant.sku"),
            (json!({ "price": eur("-5"), "options": size("M") }), "variant.price.amount"),
            (json!({ "price": eur("5") }), "variant.options"),
        ] {
            assert_eq!(refused(&add(&app, &shop, &product, 2, variant).await), ("INVALID".to_owned(), field.to_owned()));
        }
        let second = add(&app, &shop, &product, 2, json!({ "price": eur("9"), "options": size("L") })).await;
        let second = done(&second)["variant"].clone();
        assert_eq!(second["product"]["options"], json!([{ "name": "Size", "values": ["S", "L"] }]));

        let change = async |variant: &Value, fields: Value| {
            let mut input = step(variant);
            input.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
            mutate(&app, shop.owner, "variantUpdate", VARIANT, input).await
        };
        let fields = json!({ "price": eur("6"), "compareAtPrice": eur("8"), "sku": "S6", "barcode": "123",
            "weight": { "value": "1", "unit": "POUNDS" }, "options": size("XS") });
        let changed = change(&first, fields).await;
        assert!(changed.statements <= 41, "{}", changed.statements);
        let changed = done(&changed)["variant"].clone();
        assert_eq!((&changed["name"], &changed["sku"], &changed["version"]), (&json!("XS"), &json!("S6"), &json!(2)));
        assert_eq!(changed["weight"], json!({ "grams": 454, "unit": "POUNDS" }));
        assert_eq!(changed["product"]["priceRange"], json!({ "min": { "amount": "6.00" }, "max": { "amount": "9.00" } }));
        let cleared = change(&changed, json!({ "compareAtPrice": null, "sku": null, "weight": null })).await;
        let cleared = done(&cleared)["variant"].clone();
        assert!(cleared["compareAtPrice"].is_null() && cleared["sku"].is_null() && cleared["weight"].is_null());
        assert_eq!((&cleared["barcode"], &cleared["price"]["amount"]), (&json!("123"), &json!("6.00")));
        assert_eq!(refused(&change(&first, json!({ "barcode": "1" })).await).0, "CONFLICT");
        assert_eq!(refused(&change(&second, json!({ "options": size("XS") })).await), ("INVALID".to_owned(), "options".to_owned()));

        let deleted = mutate(&app, shop.owner, "variantDelete", PRODUCT, step(&cleared)).await;
        assert!(deleted.statements <= 26, "{}", deleted.statements);
        let product = &done(&deleted)["product"];
        assert_eq!(product["options"], json!([{ "name": "Size", "values": ["L"] }]));
        assert_eq!(refused(&change(&cleared, json!({ "barcode": "1" })).await).0, "NOT_FOUND");
        sound(&app).await;
    }

    async fn a_product_without_options_has_one_variant(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        let mug = shop.mug(&app, "Mug").await;
        assert_eq!(refused(&add(&app, &shop, &mug, 1, json!({ "price": eur("5") })).await).0, "CONFLICT");
        let emptied = mutate(&app, shop.owner, "variantDelete", PRODUCT, step(&mug["variants"]["nodes"][0])).await;
        let version = done(&emptied)["product"]["version"].as_i64().unwrap();
        let input = json!({ "id": mug["id"], "expectedVersion": version, "options": ["Size"] });
        let version = done(&mutate(&app, shop.owner, "productUpdate", PRODUCT, input).await)["product"]["version"].as_i64().unwrap();
        done(&add(&app, &shop, &mug, version, json!({ "price": eur("5"), "options": size("S") })).await);
        sound(&app).await;
    }

    async fn whoever_has_no_variant_left_is_not_in_stock(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        let mug = shop.mug(&app, "Mug").await;
        app.execute(
            "INSERT INTO stock (variant_id, product_id, seller_id, on_hand, updated_at) SELECT id, product_id, seller_id, 3, created_at FROM variant"
        ).await;
        let seller = app.value("SELECT id FROM seller").await;
        app.app.transaction(async |tx| tradewind::inventory::stock_open(tx, &[seller]).await).await.unwrap();
        app.execute(if app.app.database.backend() == sea_orm::DbBackend::Postgres {
            "UPDATE product SET in_stock = true"
        } else {
            "UPDATE product SET in_stock = 1"
        }).await;
        done(&mutate(&app, shop.owner, "variantDelete", PRODUCT, step(&mug["variants"]["nodes"][0])).await);
        sound(&app).await;
        assert!(!app.value::<bool>("SELECT in_stock FROM product").await);
    }
}
