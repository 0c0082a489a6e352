//! Archiving, deleting and bringing back.

use super::{PRODUCT, Shop, eur, see, sound, step, take};
use crate::support::{
    TestApp,
    shops::{done, mutate, refused},
};
use chrono::TimeDelta;
use serde_json::{Value, json};
use std::time::Duration;
use tradewind::{caller::Actor, jobs::Worker};

async fn restore(app: &TestApp, shop: &Shop, product: &Value) -> crate::support::Reply {
    mutate(
        app,
        shop.owner,
        "productRestore",
        PRODUCT,
        json!({ "id": product["id"] }),
    )
    .await
}

async fn delete(app: &TestApp, shop: &Shop, product: &Value) {
    let deleted = mutate(app, shop.owner, "productDelete", "productId", step(product)).await;
    assert!(deleted.statements <= 19, "{}", deleted.statements);
    assert_eq!(done(&deleted)["productId"], product["id"]);
}

on_both_databases! {
    async fn what_is_deleted_comes_back_as_it_was(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        let fields = json!({ "name": "Mug", "options": ["Size"], "tags": ["tea"], "variants": [
            { "price": eur("5"), "sku": "M", "options": [{ "name": "Size", "value": "M" }] },
            { "price": eur("7"), "sku": "L", "options": [{ "name": "Size", "value": "L" }] },
            { "price": eur("9"), "sku": "X", "options": [{ "name": "Size", "value": "X" }] },
        ] });
        let mug = shop.product(&app, fields).await;
        let gone = &mug["variants"]["nodes"][2];
        let mug = done(&mutate(&app, shop.owner, "variantDelete", PRODUCT, step(gone)).await)["product"].clone();
        let mug = take(&app, &shop, "productPublish", &mug).await;
        delete(&app, &shop, &mug).await;
        for actor in [Actor::Anonymous, shop.owner, crate::support::admin()] {
            assert_eq!(see(&app, actor, &mug).await, None);
        }
        assert_eq!(shop.seen(&app, shop.owner).await, [""; 0]);
        sound(&app).await;
        assert_eq!(app.value::<i64>("SELECT active_products FROM seller").await, 0);
        // Deleted, it is neither changed nor deleted again.
        assert_eq!(refused(&mutate(&app, shop.owner, "productDelete", "", step(&mug)).await).0, "NOT_FOUND");
        assert_eq!(refused(&mutate(&app, shop.owner, "productUpdate", "", step(&mug)).await).0, "NOT_FOUND");

        let restored = restore(&app, &shop, &mug).await;
        assert!(restored.statements <= 22, "{}", restored.statements);
        let back = &done(&restored)["product"];
        assert_eq!(back["status"], "INACTIVE");
        for field in ["name", "slug", "handle", "options", "tags", "priceRange"] {
            assert_eq!(back[field], mug[field], "{field}");
        }
        assert_eq!(back["variants"]["nodes"].as_array().unwrap().len(), 2);
        assert_eq!(refused(&restore(&app, &shop, &mug).await).0, "CONFLICT");
        take(&app, &shop, "productPublish", back).await;
        sound(&app).await;
    }

    async fn what_was_taken_meanwhile_stands_in_the_way(app: TestApp) {
        let (shop, other) = (Shop::open(&app, "quay").await, Shop::open(&app, "pier").await);
        let variants = json!([{ "price": eur("5"), "sku": "M" }]);
        let mug = shop.product(&app, json!({ "name": "Mug", "variants": variants })).await;
        delete(&app, &shop, &mug).await;
        // The name, the handle and the SKU are free again.
        let second = shop.product(&app, json!({ "name": "Mug", "variants": variants })).await;
        assert_eq!(second["slug"], mug["slug"]);
        assert_eq!(refused(&restore(&app, &shop, &mug).await).0, "CONFLICT");
        delete(&app, &shop, &second).await;
        // The address may be another shop's by now.
        let theirs = other.product(&app, json!({ "name": "Mug" })).await;
        assert_eq!(theirs["slug"], mug["slug"]);
        let restored = restore(&app, &shop, &mug).await;
        let slug = done(&restored)["product"]["slug"].as_str().unwrap().to_owned();
        assert!(slug.starts_with("mug-") && slug.len() == 12, "{slug}");
        assert_eq!(refused(&restore(&app, &other, &mug).await).0, "NOT_FOUND");
        sound(&app).await;
    }

    async fn what_was_deleted_long_ago_goes_in_parts(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        let fields = json!({ "name": "Mug", "options": ["Size"], "tags": ["tea"], "variants": [
            { "price": eur("5"), "options": [{ "name": "Size", "value": "M" }] } ] });
        let (old, new) = (shop.product(&app, fields.clone()).await, json!({ "name": "Cup", "tags": ["tea"] }));
        let new = shop.product(&app, new).await;
        delete(&app, &shop, &old).await;
        delete(&app, &shop, &new).await;
        let long_ago = match app.app.database.backend() {
            sea_orm::DbBackend::Postgres => "now() - interval '32 days'",
            _ => "strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now', '-32 days')",
        };
        app.execute(&format!("UPDATE variant SET deleted_at = {long_ago} WHERE product_id IN (SELECT id FROM product WHERE name = 'Mug')")).await;
        app.execute(&format!("UPDATE product SET deleted_at = {long_ago} WHERE name = 'Mug'")).await;
        assert_eq!(refused(&restore(&app, &shop, &old).await).0, "CONFLICT");
        app.app.clock.advance(TimeDelta::days(29));
        app.execute(
            "INSERT INTO job_schedule (name, pattern, next_at) \
             VALUES ('catalogue.product_parts_delete', '47 2 * * *', '2020-01-01T00:00:00+00:00')",
        ).await;
        let worker = Worker::start(app.app.clone(), tradewind::worker::registry());
        app.until("SELECT count(*) FROM job WHERE kind = 'catalogue.product_parts_delete' AND state = 'DONE'", 1).await;
        worker.stop(Duration::from_secs(5)).await;
        assert_eq!(app.value::<i64>("SELECT count(*) FROM variant_option").await, 0);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM product_option").await, 0);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM product_tag").await, 1);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM variant").await, 1);
        done(&restore(&app, &shop, &new).await);
    }

    async fn what_is_archived_comes_off_the_shelf_and_back(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        let mug = shop.mug(&app, "Mug").await;
        let mug = take(&app, &shop, "productPublish", &mug).await;
        let mug = take(&app, &shop, "productArchive", &mug).await;
        assert_eq!(see(&app, Actor::Anonymous, &mug).await, None);
        assert_eq!(refused(&mutate(&app, shop.owner, "productPublish", PRODUCT, step(&mug)).await).0, "CONFLICT");
        let back = done(&restore(&app, &shop, &mug).await)["product"].clone();
        assert_eq!(back["status"], "INACTIVE");
        take(&app, &shop, "productPublish", &back).await;
        sound(&app).await;
    }
}
