//! Two who change the same at once.

use super::{PRODUCT, Shop, eur, sound, step};
use crate::support::{
    Reply, TestApp,
    shops::{mutate, refused},
};
use futures_util::future::join_all;
use serde_json::json;

fn is_done(reply: &Reply) -> bool {
    reply.data()["done"]["userErrors"] == json!([])
}

on_both_databases! {
    async fn of_two_editors_one_is_told(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        let mug = shop.mug(&app, "Mug").await;
        let rename = async |name: &str| {
            let input = json!({ "id": mug["id"], "expectedVersion": 1, "name": name });
            mutate(&app, shop.owner, "productUpdate", PRODUCT, input).await
        };
        let (one, other) = tokio::join!(rename("One"), rename("Other"));
        assert!(is_done(&one) != is_done(&other));
        let stale = if is_done(&one) { other } else { one };
        assert_eq!(refused(&stale), ("CONFLICT".to_owned(), String::new()));
        sound(&app).await;
    }

    async fn a_shop_never_has_more_active_products_than_its_plan_allows(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        // A plan of five where the real one has a hundred: five of twenty find room either way.
        app.execute("UPDATE seller SET active_product_limit = 5").await;
        let mut products = Vec::new();
        for number in 0..20 {
            products.push(shop.mug(&app, &format!("Mug {number}")).await);
        }
        let published = products.iter().map(|product| mutate(&app, shop.owner, "productPublish", PRODUCT, step(product)));
        let published = join_all(published).await;
        let done = published.iter().filter(|reply| is_done(reply)).count();
        assert_eq!(done, 5);
        assert!(published.iter().filter(|reply| !is_done(reply)).all(|reply| refused(reply).0 == "CONFLICT"));
        assert_eq!(app.value::<i64>("SELECT active_products FROM seller").await, 5);
        sound(&app).await;
    }

    async fn a_name_and_a_sku_are_one_products_alone(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        let make = async |name: &str, sku: &str| {
            let fields = json!({ "name": name, "variants": [{ "price": eur("1"), "sku": sku }] });
            mutate(&app, shop.owner, "productCreate", PRODUCT, shop.of(fields)).await
        };
        let (one, other) = tokio::join!(make("Mug", "A"), make("mug", "B"));
        assert!(is_done(&one) != is_done(&other), "{:#} {:#}", one.body, other.body);
        let (one, other) = tokio::join!(make("Cup", "C"), make("Bowl", "C"));
        assert!(is_done(&one) != is_done(&other), "{:#} {:#}", one.body, other.body);
        sound(&app).await;
    }

    async fn variants_of_one_product_come_one_after_the_other(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        let product = shop.product(&app, json!({ "name": "Mug", "options": ["Size"] })).await;
        let add = async |size: &str| {
            let variant = json!({ "price": eur("1"), "options": [{ "name": "Size", "value": size }] });
            let input = json!({ "productId": product["id"], "variant": variant, "expectedVersion": 1 });
            mutate(&app, shop.owner, "variantCreate", "variant { id }", input).await
        };
        let (one, other) = tokio::join!(add("S"), add("M"));
        assert!(is_done(&one) != is_done(&other));
        sound(&app).await;
    }
}
