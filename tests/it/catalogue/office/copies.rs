//! Products like others.

use super::{PRODUCT, Shop, eur, sound};
use crate::support::{
    TestApp,
    shops::{done, mutate, refused},
};
use serde_json::json;

on_both_databases! {
    async fn a_copy_has_all_but_skus_and_stock(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        let mug = shop.product(&app, json!({ "name": "Mug", "description": "Holds tea.", "options": ["Size"], "tags": ["tea"],
            "metadata": [{ "key": "maker", "value": "Ada" }],
            "variants": [{ "price": eur("5"), "sku": "S", "options": [{ "name": "Size", "value": "S" }] },
                { "price": eur("6"), "sku": "M", "options": [{ "name": "Size", "value": "M" }] }] })).await;
        app.execute(
            "INSERT INTO product_image (id, product_id, seller_id, url, position, created_at) \
             SELECT id, id, seller_id, 'https://example.com/a.jpg', 1, created_at FROM product"
        ).await;
        let copied = mutate(&app, shop.owner, "productDuplicate", PRODUCT, json!({ "id": mug["id"] })).await;
        assert!(copied.statements <= 38, "{}", copied.statements);
        let copy = &done(&copied)["product"];
        for field in ["description", "options", "tags", "metadata", "priceRange"] {
            assert_eq!(copy[field], mug[field], "{field}");
        }
        assert_eq!((&copy["name"], &copy["status"]), (&json!("Mug (copy)"), &json!("DRAFT")));
        assert!(copy["slug"] != mug["slug"] && copy["id"] != mug["id"]);
        assert!(copy["variants"]["nodes"].as_array().unwrap().iter().all(|variant| variant["sku"].is_null()));
        assert_eq!(app.value::<i64>("SELECT count(*) FROM product_image").await, 2);
        let again = mutate(&app, shop.owner, "productDuplicate", PRODUCT, json!({ "id": mug["id"] })).await;
        assert_eq!(refused(&again), ("INVALID".to_owned(), "name".to_owned()));
        let input = json!({ "id": mug["id"], "name": "Cup" });
        done(&mutate(&app, shop.owner, "productDuplicate", PRODUCT, input).await);
        sound(&app).await;
    }
}
