//! Every object is reached from every other, in a bounded number of statements, on the demo catalogue.

use crate::support::TestApp;
use serde_json::json;

on_both_databases! {
    async fn lead_there_and_back(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        let reply = app
            .gql(
                "{ products(first: 20) { nodes { id
                    seller { id products(first: 30) { nodes { id } } reviews(first: 30) { nodes { seller { id } } } }
                    variants(first: 2) { totalCount nodes { product { id } seller { id } selectedOptions { name value } image { product { id } } } }
                    images(first: 1) { nodes { product { id } } }
                    reviews(first: 2) { totalCount nodes { product { id } author { id reviews(first: 20) { nodes { author { id } } } } } }
                } } }",
                json!({}),
            )
            .await;
        for product in reply.data()["products"]["nodes"].as_array().unwrap() {
            let id = &product["id"];
            for list in ["variants", "images", "reviews"] {
                for child in product[list]["nodes"].as_array().unwrap() {
                    assert_eq!(&child["product"]["id"], id);
                }
            }
            let of_seller = product["seller"]["products"]["nodes"].as_array().unwrap();
            assert!(of_seller.iter().any(|other| &other["id"] == id));
            for review in product["seller"]["reviews"]["nodes"].as_array().unwrap() {
                assert_eq!(review["seller"]["id"], product["seller"]["id"]);
            }
            for review in product["reviews"]["nodes"].as_array().unwrap() {
                let author = &review["author"];
                for other in author["reviews"]["nodes"].as_array().unwrap() {
                    assert_eq!(other["author"]["id"], author["id"]);
                }
            }
        }
        // One for each relation that is followed, for twenty products as for one.
        assert!(reply.statements <= 16, "{} statements", reply.statements);
    }

    /// Relay's specification: an object's id fetches the same object again, whatever its type.
    async fn refetch_by_id(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        let reply = app
            .gql(
                "{ products(first: 1) { nodes { __typename id seller { __typename id } category { __typename id }
                    variants(first: 1) { nodes { __typename id } } images(first: 1) { nodes { __typename id } }
                    tags(first: 1) { nodes { __typename id } } } }
                   reviews(first: 1) { nodes { __typename id author { __typename id } } } }",
                json!({}),
            )
            .await;
        let mut objects = Vec::new();
        collect(reply.data(), &mut objects);
        assert_eq!(objects.len(), 8);
        let ids: Vec<_> = objects.iter().map(|(_, id)| id).collect();
        let document = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
        let reply = app.gql(document, json!({ "ids": ids })).await;
        let nodes = reply.data()["nodes"].as_array().unwrap();
        for ((kind, id), node) in objects.iter().zip(nodes) {
            assert_eq!((&node["__typename"], &node["id"]), (&json!(kind), &json!(id)));
            let again = app.gql("query($id: ID!) { node(id: $id) { __typename id } }", json!({ "id": id })).await;
            assert_eq!(&again.data()["node"], node);
        }
        assert_eq!(reply.statements, 8, "one for each type");
    }

    async fn nested_pages_go_on(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        let document = "query($after: String) { product(slug: \"harbour-rain-jacket\") {
            variants(first: 4, after: $after) { totalCount pageInfo { hasNextPage hasPreviousPage endCursor } nodes { sku } } } }";
        let mut skus = Vec::new();
        let mut after = json!(null);
        loop {
            let reply = app.gql(document, json!({ "after": after })).await;
            let variants = &reply.data()["product"]["variants"];
            assert_eq!(variants["totalCount"], 15);
            assert_eq!(variants["pageInfo"]["hasPreviousPage"], !after.is_null());
            skus.extend(variants["nodes"].as_array().unwrap().iter().map(|node| node["sku"].to_string()));
            if variants["pageInfo"]["hasNextPage"] == false {
                break;
            }
            after = variants["pageInfo"]["endCursor"].clone();
        }
        assert_eq!(skus.len(), 15);
        skus.sort();
        skus.dedup();
        assert_eq!(skus.len(), 15, "each once");
    }
}

/// Every (type, id) below `value`.
fn collect(value: &serde_json::Value, found: &mut Vec<(String, String)>) {
    match value {
        serde_json::Value::Object(object) => {
            if let (Some(kind), Some(id)) = (object.get("__typename"), object.get("id")) {
                found.push((
                    kind.as_str().unwrap().to_owned(),
                    id.as_str().unwrap().to_owned(),
                ));
            }
            object.values().for_each(|value| collect(value, found));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|value| collect(value, found)),
        _ => {}
    }
}
