//! What those who work in a shop do to its stock.

use super::{ITEMS, Shop, claim, events, reserve, sound, totals, wish};
use crate::support::{
    TestApp,
    shops::{done, join, mutate, person, refused},
};
use entity::{ids::SellerId, sellers::member::Role};
use serde_json::{Value, json};
use uuid::Uuid;

/// What lies where, as the API says.
fn levels(item: &Value) -> Vec<(String, i64, i64)> {
    let levels = item["levels"].as_array().unwrap().iter();
    levels
        .map(|level| {
            let name = level["location"]["name"].as_str().unwrap().to_owned();
            (
                name,
                level["onHand"].as_i64().unwrap(),
                level["version"].as_i64().unwrap(),
            )
        })
        .collect()
}

on_both_databases! {
    async fn a_day_in_the_store_room(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[10, 0]).await;
        let attic = shop.location(&app, "Attic", 0).await;
        let ids = shop.ids(&app).await;

        let adjusted = shop.adjust(&app, &shop.first, "DAMAGED", &[(0, -1)]).await;
        assert!(adjusted.statements <= 24, "{}", adjusted.statements);
        let item = &done(&adjusted)["items"][0];
        assert_eq!((&item["onHand"], &item["available"]), (&json!(9), &json!(9)));
        assert_eq!(levels(item), [("Main".to_owned(), 9, 2)]);

        let items = json!([{ "variantId": shop.variants[0], "quantity": 4 }]);
        let input = json!({ "fromLocationId": shop.first, "toLocationId": attic["id"], "note": " for the fair ", "items": items });
        let moved = mutate(&app, shop.owner, "stockTransfer", ITEMS, input).await;
        let item = &done(&moved)["items"][0];
        assert_eq!(item["onHand"], 9);
        assert_eq!(levels(item), [("Main".to_owned(), 5, 3), ("Attic".to_owned(), 4, 1)]);

        // Counted with what lay there, and against what lay there before.
        let count = async |version: i64, counted: i64| {
            let items = json!([{ "variantId": shop.variants[0], "counted": counted, "expectedVersion": version }]);
            mutate(&app, shop.owner, "stockRecount", ITEMS, json!({ "locationId": attic["id"], "items": items })).await
        };
        assert_eq!(refused(&count(0, 3).await).0, "CONFLICT");
        assert_eq!(levels(&done(&count(1, 3).await)["items"][0])[1], ("Attic".to_owned(), 3, 2));
        assert_eq!(levels(&done(&count(2, 3).await)["items"][0])[1], ("Attic".to_owned(), 3, 2));
        assert_eq!(totals(&app).await, ["8/0", "0/0"][..1]);

        // What is promised stays.
        reserve(&app, Uuid::now_v7(), &[wish(ids[0], 6)]).await.unwrap();
        let taken = shop.adjust(&app, &shop.first, "ADJUSTED", &[(0, -3)]).await;
        assert_eq!(refused(&taken), ("INVALID".to_owned(), "items.0.delta".to_owned()));
        done(&shop.adjust(&app, &shop.first, "ADJUSTED", &[(0, -2)]).await);
        assert_eq!(totals(&app).await, ["6/6"]);
        // And nothing is taken from where it does not lie.
        let taken = shop.adjust(&app, &attic["id"], "RECEIVED", &[(0, 9)]).await;
        done(&taken);
        let taken = shop.adjust(&app, &shop.first, "DAMAGED", &[(0, -4)]).await;
        assert_eq!(refused(&taken).0, "INVALID");
        // All of it or nothing.
        let both = shop.adjust(&app, &shop.first, "ADJUSTED", &[(1, 5), (0, -4)]).await;
        assert_eq!(refused(&both), ("INVALID".to_owned(), "items.1.delta".to_owned()));
        assert_eq!(totals(&app).await, ["15/6"]);
        let audited = "SELECT action FROM audit_entry WHERE action LIKE 'stock.%' ORDER BY id";
        let expected = ["stock.adjust", "stock.adjust", "stock.transfer", "stock.recount", "stock.adjust", "stock.adjust"];
        assert_eq!(app.column::<String>(audited).await, expected);
        sound(&app).await;
    }

    async fn there_is_too_little_once_per_crossing(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[10]).await;
        let ids = shop.ids(&app).await;
        let threshold = async |units: Value| {
            let input = json!({ "variantId": shop.variants[0], "threshold": units });
            let item = "item { isLow lowThreshold }";
            done(&mutate(&app, shop.owner, "stockThresholdSet", item, input).await)["item"].clone()
        };
        assert_eq!(threshold(json!(3)).await, json!({ "isLow": false, "lowThreshold": 3 }));
        let buy = async |units| {
            let order = Uuid::now_v7();
            reserve(&app, order, &[wish(ids[0], units)]).await.unwrap();
            claim(&app, order).await.unwrap();
        };
        let told = async || events(&app, "low_stock").await;
        // Whoever read another threshold is told, and whoever read this one is not.
        for (expected, is_done) in [(json!(2), false), (json!(null), false), (json!(3), true)] {
            let input = json!({ "variantId": shop.variants[0], "threshold": 3, "expectedThreshold": expected });
            let reply = mutate(&app, shop.owner, "stockThresholdSet", "item { isLow }", input).await;
            assert_eq!(reply.data()["done"]["userErrors"] == json!([]), is_done, "{:#}", reply.body);
        }
        buy(6).await;
        assert_eq!(told().await, 0);
        buy(1).await;
        assert_eq!(told().await, 1);
        buy(1).await;
        assert_eq!(told().await, 1);
        let listed = "query ($shop: ID!) { stockItems(sellerId: $shop, lowOnly: true) { totalCount nodes { available isLow } } }";
        let low = app.gql_as(shop.owner, listed, json!({ "shop": shop.id })).await;
        assert_eq!(low.data()["stockItems"], json!({ "totalCount": 1, "nodes": [{ "available": 2, "isLow": true }] }));
        done(&shop.adjust(&app, &shop.first, "RECEIVED", &[(0, 5)]).await);
        let low = app.gql_as(shop.owner, listed, json!({ "shop": shop.id })).await;
        assert_eq!(low.data()["stockItems"]["totalCount"], 0);
        buy(4).await;
        assert_eq!(told().await, 2);
        assert_eq!(threshold(Value::Null).await, json!({ "isLow": false, "lowThreshold": null }));
        // Set so that there is too little at once.
        assert_eq!(threshold(json!(3)).await["isLow"], true);
        assert_eq!(threshold(json!(3)).await["isLow"], true);
        assert_eq!(told().await, 3);
        sound(&app).await;
    }

    async fn each_role_does_what_it_may(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[5]).await;
        let id: SellerId = app.value("SELECT id FROM seller").await;
        let (staff, stranger) = (person(&app, "staff").await, person(&app, "stranger").await);
        join(&app, staff, id, Role::Staff).await;
        let items = json!([{ "variantId": shop.variants[0], "delta": 1 }]);
        let adjust = json!({ "locationId": shop.first, "reason": "RECEIVED", "items": items });
        let create = json!({ "sellerId": shop.id, "name": "Attic" });
        done(&mutate(&app, staff, "stockAdjust", ITEMS, adjust.clone()).await);
        assert_eq!(mutate(&app, staff, "locationCreate", crate::inventory::LOCATION, create.clone()).await.error_code(), "FORBIDDEN");
        assert_eq!(refused(&mutate(&app, stranger, "stockAdjust", ITEMS, adjust).await), ("NOT_FOUND".to_owned(), "locationId".to_owned()));
        assert_eq!(refused(&mutate(&app, stranger, "locationCreate", crate::inventory::LOCATION, create).await).0, "NOT_FOUND");
        let threshold = json!({ "variantId": shop.variants[0], "threshold": 1 });
        assert_eq!(refused(&mutate(&app, stranger, "stockThresholdSet", "item { isLow }", threshold).await).0, "NOT_FOUND");

        // Nobody puts another shop's things into his own.
        let other = Shop::open(&app, "pier", &[1]).await;
        let items = json!([{ "variantId": shop.variants[0], "delta": 1 }]);
        let input = json!({ "locationId": other.first, "reason": "RECEIVED", "items": items });
        let refusal = refused(&mutate(&app, other.owner, "stockAdjust", ITEMS, input).await);
        assert_eq!(refusal, ("INVALID".to_owned(), "items.0.variantId".to_owned()));
        let items = json!([{ "variantId": other.variants[0], "quantity": 1 }]);
        let input = json!({ "fromLocationId": other.first, "toLocationId": shop.first, "items": items });
        assert_eq!(refused(&mutate(&app, other.owner, "stockTransfer", ITEMS, input).await).0, "NOT_FOUND");
        sound(&app).await;
    }
}
