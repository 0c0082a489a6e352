//! Changing many products at once.

use super::{Shop, sound};
use crate::support::{
    Reply, TestApp,
    shops::{done, mutate, refused},
};
use serde_json::{Value, json};

const ITEMS: &str = "items { product { name version } userErrors { code field } }";

async fn change(app: &TestApp, shop: &Shop, items: Vec<Value>) -> Reply {
    mutate(
        app,
        shop.owner,
        "productUpdateMany",
        ITEMS,
        json!({ "items": items }),
    )
    .await
}

fn item(product: &Value, name: &str) -> Value {
    json!({ "id": product["id"], "expectedVersion": product["version"], "name": name, "tags": [name] })
}

on_both_databases! {
    async fn each_is_changed_by_itself(app: TestApp) {
        let (shop, other) = (Shop::open(&app, "quay").await, Shop::open(&app, "pier").await);
        let (mug, cup, bowl) = (shop.mug(&app, "Mug").await, shop.mug(&app, "Cup").await, shop.mug(&app, "Bowl").await);
        let theirs = other.mug(&app, "Mug").await;
        let stale = json!({ "id": cup["id"], "expectedVersion": 7, "name": "Stale" });
        let nothing = json!({ "id": bowl["id"], "expectedVersion": 1 });
        let reply = change(&app, &shop, vec![
            item(&mug, "Blue Mug"), stale, item(&theirs, "Mine"), item(&bowl, " "), item(&mug, "Twice"),
        ]).await;
        let items = done(&reply)["items"].as_array().unwrap();
        assert_eq!(items[0]["product"], json!({ "name": "Blue Mug", "version": 2 }));
        let faults: Vec<&Value> = items[1..].iter().map(|item| &item["userErrors"][0]).collect();
        let expected = [("CONFLICT", json!(null)), ("NOT_FOUND", json!(["id"])), ("INVALID", json!(["name"])), ("INVALID", json!(["id"]))];
        for (fault, (code, field)) in faults.iter().zip(expected) {
            assert_eq!((&fault["code"], &fault["field"]), (&json!(code), &field));
        }
        assert!(items[1..].iter().all(|item| item["product"].is_null()));
        // A name that another of them takes.
        let reply = change(&app, &shop, vec![item(&cup, "Same"), item(&bowl, "same")]).await;
        let items = done(&reply)["items"].as_array().unwrap();
        assert_eq!(items[1]["userErrors"][0]["field"], json!(["name"]));
        let reply = change(&app, &shop, vec![nothing]).await;
        assert_eq!(done(&reply)["items"][0]["product"]["version"], 1);
        sound(&app).await;
    }

    async fn fifty_take_hardly_more_statements_than_one(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        let mut products = Vec::new();
        for number in 0..50 {
            products.push(shop.mug(&app, &format!("Mug {number}")).await);
        }
        let one = change(&app, &shop, vec![item(&products[0], "First")]).await;
        done(&one);
        let rest = products[1..].iter().enumerate().map(|(number, product)| item(product, &format!("Cup {number}")));
        let rest = change(&app, &shop, rest.collect()).await;
        let items = done(&rest)["items"].as_array().unwrap();
        assert!(items.len() == 49 && items.iter().all(|item| item["product"]["version"] == 2));
        // Rows are written in powers of two: 49 products in 32, 16 and 1, tags and their links too, the index in 32 and 17.
        assert!(one.statements <= 29 && rest.statements <= one.statements + 8, "{} and {}", one.statements, rest.statements);
        let many = vec![item(&products[0], "x"); 51];
        assert_eq!(refused(&change(&app, &shop, many).await), ("INVALID".to_owned(), "items".to_owned()));
        sound(&app).await;
    }
}
