//! What the public does not see, on the demo catalogue.

use crate::support::TestApp;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

const FROM_A_PRODUCT: &str = "query($slug: String!) { product(slug: $slug) {
    id seller { id } variants(first: 1) { nodes { id } } images(first: 1) { nodes { id } }
    reviews(first: 1) { nodes { id author { id } } } } }";

/// The ids of a product and of what belongs to it.
async fn ids(app: &TestApp) -> Vec<String> {
    let reply = app
        .gql(FROM_A_PRODUCT, json!({ "slug": "harbour-rain-jacket" }))
        .await;
    let product = &reply.data()["product"];
    let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
    vec![
        id(product),
        id(&product["variants"]["nodes"][0]),
        id(&product["images"]["nodes"][0]),
        id(&product["reviews"]["nodes"][0]),
    ]
}

async fn execute(app: &TestApp, sql: &str) {
    let done = app
        .app
        .database
        .write()
        .execute_unprepared(sql)
        .await
        .unwrap();
    assert!(done.rows_affected() > 0, "{sql}");
}

/// Nothing of the product can be reached, whichever way one tries.
async fn assert_hidden(app: &TestApp, ids: &[String]) {
    let reply = app
        .gql(
            "query($ids: [ID!]!) { nodes(ids: $ids) { id } }",
            json!({ "ids": ids }),
        )
        .await;
    assert_eq!(reply.data()["nodes"], json!(vec![Value::Null; ids.len()]));
    for id in ids {
        let reply = app
            .gql(
                "query($id: ID!) { node(id: $id) { id } }",
                json!({ "id": id }),
            )
            .await;
        assert_eq!(reply.error_code(), "NOT_FOUND", "{id}");
    }
    let reply = app
        .gql(FROM_A_PRODUCT, json!({ "slug": "harbour-rain-jacket" }))
        .await;
    assert_eq!(reply.error_code(), "NOT_FOUND");
    let reply = app
        .gql(
            "{ products(first: 100) { nodes { slug } } search(query: \"harbour rain\") { totalCount nodes { slug } }
               reviews(first: 100) { nodes { product { slug } } }
               categories(first: 50) { nodes { products(first: 100) { nodes { slug } } } }
               sellers(first: 50) { nodes { products(first: 100) { nodes { slug } } reviews(first: 100) { nodes { product { slug } } } } } }",
            json!({}),
        )
        .await;
    let everything = reply.data().to_string();
    assert!(everything.contains("tidepool-mug") && !everything.contains("harbour-rain-jacket"));
}

on_both_databases! {
    async fn what_is_not_active(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        let ids = ids(&app).await;
        for change in [
            "status = 'DRAFT'",
            "status = 'INACTIVE'",
            "status = 'ARCHIVED'",
            "status = 'DELETED', deleted_at = updated_at",
        ] {
            execute(&app, &format!("UPDATE product SET {change} WHERE slug = 'harbour-rain-jacket'")).await;
            assert_hidden(&app, &ids).await;
        }
    }

    async fn what_a_closed_shop_sells(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        let ids = ids(&app).await;
        execute(&app, "UPDATE seller SET status = 'SUSPENDED' WHERE handle = 'north-quay-outfitters'").await;
        assert_hidden(&app, &ids).await;
        let reply = app.gql("{ seller(handle: \"north-quay-outfitters\") { id } }", json!({})).await;
        assert_eq!(reply.error_code(), "NOT_FOUND");
    }

    async fn a_closed_account(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        execute(&app, "UPDATE account SET deleted_at = updated_at WHERE 1 = 1").await;
        let reply = app.gql("{ reviews(first: 5) { nodes { body author { displayName } } } }", json!({})).await;
        let reviews = reply.data()["reviews"]["nodes"].as_array().unwrap();
        assert!(reviews.len() == 5 && reviews.iter().all(|review| review["author"].is_null()));
    }
}
