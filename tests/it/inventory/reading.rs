//! What is seen of stock, by whom, and for how many statements.

use super::{Shop, claim, reserve, wish};
use crate::support::{TestApp, admin, shops::person};
use serde_json::{Value, json};
use tradewind::caller::Actor;
use uuid::Uuid;

const ITEMS: &str = "query ($shop: ID!, $first: Int!, $after: String) { stockItems(sellerId: $shop, first: $first, after: $after) { totalCount
    pageInfo { hasNextPage endCursor } nodes { variantId variant { name stockLevels { onHand } } onHand reserved levels { onHand location { name isFirst } } } } }";
const MOVEMENTS: &str = "query ($shop: ID!, $filter: StockMovementFilter, $first: Int) { stockMovements(sellerId: $shop, filter: $filter, first: $first) {
    totalCount pageInfo { endCursor hasNextPage } nodes { id reason delta onHand variantId variant { name } location { name } actor accountId orderId note occurredAt } } }";
const LEVELS: &str = "query ($id: ID!) { product(id: $id) { variants(first: 50) { nodes { stockLevels { onHand location { name } } } } } }";

on_both_databases! {
    async fn the_members_see_what_lies_where(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[3, 2, 5, 1]).await;
        let ids = shop.ids(&app).await;
        let order = Uuid::now_v7();
        reserve(&app, order, &[wish(ids[0], 1)]).await.unwrap();
        let page = async |first: i32, after: Value| {
            app.gql_as(shop.owner, ITEMS, json!({ "shop": shop.id, "first": first, "after": after })).await
        };
        let (one, all) = (page(1, Value::Null).await, page(50, Value::Null).await);
        assert_eq!(one.statements, all.statements);
        assert!(all.statements <= 9, "{}", all.statements);
        let items = &all.data()["stockItems"];
        assert_eq!(items["totalCount"], 4);
        let first = &items["nodes"][0];
        assert_eq!((&first["onHand"], &first["reserved"]), (&json!(3), &json!(1)));
        assert_eq!(first["levels"], json!([{ "onHand": 3, "location": { "name": "Main", "isFirst": true } }]));
        assert_eq!(first["variant"]["stockLevels"], json!([{ "onHand": 3 }]));
        let cursor = one.data()["stockItems"]["pageInfo"]["endCursor"].clone();
        let rest = page(50, cursor).await;
        assert_eq!(rest.data()["stockItems"]["nodes"].as_array().unwrap()[..], items["nodes"].as_array().unwrap()[1..]);

        let levels = app.gql_as(shop.owner, LEVELS, json!({ "id": shop.product })).await;
        assert!(levels.statements <= 5, "{}", levels.statements);
        assert_eq!(levels.data()["product"]["variants"]["nodes"][3]["stockLevels"].as_array().unwrap().len(), 1);
        // Support and admins see what members see.
        let seen = app.gql_as(admin(), ITEMS, json!({ "shop": shop.id, "first": 5 })).await;
        assert_eq!(seen.data()["stockItems"]["totalCount"], 4);
    }

    async fn others_see_nothing_of_it(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[3]).await;
        app.execute("UPDATE product SET status = 'ACTIVE'").await;
        let stranger = person(&app, "stranger").await;
        for (actor, code) in [(stranger, "NOT_FOUND"), (Actor::Anonymous, "UNAUTHENTICATED")] {
            for document in [ITEMS, MOVEMENTS] {
                let asked = app.gql_as(actor, document, json!({ "shop": shop.id, "first": 5 })).await;
                assert_eq!(asked.error_code(), code);
            }
            let levels = app.gql_as(actor, LEVELS, json!({ "id": shop.product })).await;
            assert_eq!(levels.data()["product"]["variants"]["nodes"], json!([{ "stockLevels": [] }]));
            let locations = "query ($id: ID!) { seller(id: $id) { locations { totalCount nodes { name } } } }";
            let seen = app.gql_as(actor, locations, json!({ "id": shop.id })).await;
            assert_eq!(seen.data()["seller"]["locations"], json!({ "totalCount": 0, "nodes": [] }));
        }
    }

    async fn movements_say_what_came_of_it_and_who_did_it(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[3, 7]).await;
        let ids = shop.ids(&app).await;
        let attic = shop.location(&app, "Attic", 0).await;
        done_adjust(&app, &shop, &attic).await;
        let order = Uuid::now_v7();
        reserve(&app, order, &[wish(ids[0], 2)]).await.unwrap();
        claim(&app, order).await.unwrap();
        let ask = async |filter: Value| {
            let reply = app.gql_as(shop.owner, MOVEMENTS, json!({ "shop": shop.id, "filter": filter, "first": 50 })).await;
            assert!(reply.statements <= 6, "{}", reply.statements);
            reply.data()["stockMovements"].clone()
        };
        let all = ask(json!({})).await;
        assert_eq!(all["totalCount"], 4);
        let sold = &all["nodes"][0];
        assert_eq!((&sold["reason"], &sold["delta"], &sold["actor"]), (&json!("SOLD"), &json!(-2), &json!("SYSTEM")));
        assert!(sold["orderId"].as_str().unwrap().starts_with("order_"));
        let damaged = &all["nodes"][1];
        assert_eq!((&damaged["reason"], &damaged["actor"], &damaged["location"]["name"]), (&json!("ADJUSTED"), &json!("PERSON"), &json!("Attic")));
        assert!(damaged["accountId"].is_string() && damaged["orderId"].is_null());
        let count = async |filter: Value| ask(filter).await["totalCount"].as_i64().unwrap();
        assert_eq!(count(json!({ "variantId": shop.variants[1] })).await, 1);
        assert_eq!(count(json!({ "locationId": attic["id"] })).await, 1 + i64::from(sold["location"]["name"] == "Attic"));
        assert_eq!(count(json!({ "reason": "SOLD" })).await, 1);
        assert_eq!(count(json!({ "reason": "RECEIVED" })).await, 2);
        assert_eq!(count(json!({ "since": sold["occurredAt"] })).await, 1);
        assert_eq!(count(json!({ "until": sold["occurredAt"] })).await, 3);
    }
}

async fn done_adjust(app: &TestApp, shop: &Shop, attic: &Value) {
    let adjusted = shop.adjust(app, &attic["id"], "ADJUSTED", &[(0, 1)]).await;
    crate::support::shops::done(&adjusted);
}
