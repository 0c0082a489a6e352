//! However fields are selected, the answer is the same: by fragments, twice, under other names, or not at all.

use crate::support::TestApp;
use serde_json::{Value, json};

async fn asked(app: &TestApp, document: &str) -> Value {
    app.gql(document, json!({})).await.data().clone()
}

on_both_databases! {
    async fn fragments_aliases_and_doubles_are_merged(app: TestApp) {
        tradewind::seed::bench(&app.app, 1, || {}).await.unwrap();
        let plain = asked(
            &app,
            "{ products(first: 3) { nodes { __typename id name seller { id name }
                 variants(first: 2) { nodes { id price { amount currency } } pageInfo { hasNextPage } } } } }",
        )
        .await;
        assert_eq!(plain["products"]["nodes"].as_array().unwrap().len(), 3);
        assert_eq!(plain["products"]["nodes"][0]["__typename"], "Product");

        let by_fragments = asked(
            &app,
            "{ products(first: 3) { ...Page } }
             fragment Page on ProductConnection { nodes { __typename ...Named ... on Node { id } ...Sold } }
             fragment Named on Node { ... on Product { id name } }
             fragment Sold on Product { seller { id ... { name } }
                 variants(first: 2) { nodes { ... on Variant { id price { ...Amount } } } pageInfo { hasNextPage } } }
             fragment Amount on Money { amount currency }",
        )
        .await;
        assert_eq!(by_fragments, plain);

        let twice = asked(
            &app,
            "{ products(first: 3) { nodes { __typename id name seller { id } seller { name } id
                 variants(first: 2) { nodes { id price { amount } } } variants(first: 2) { nodes { price { currency } } pageInfo { hasNextPage } } } } }",
        )
        .await;
        assert_eq!(twice, plain);

        let left_out = asked(
            &app,
            "{ products(first: 3) { nodes { id @skip(if: false) title: name seller @include(if: false) { id } ... @skip(if: true) { slug } } } }",
        )
        .await;
        let product = left_out["products"]["nodes"][0].as_object().unwrap();
        assert_eq!(product.keys().collect::<Vec<_>>(), ["id", "title"]);
        assert_eq!(product["title"], plain["products"]["nodes"][0]["name"]);
    }

    /// Both ways to the items of a connection lead to the same, whether they are alone or beside each other.
    async fn edges_and_nodes_agree(app: TestApp) {
        tradewind::seed::bench(&app.app, 1, || {}).await.unwrap();
        let both = asked(
            &app,
            "{ products(first: 5) { nodes { id reviews(first: 2) { nodes { id author { displayName } } } }
                 edges { cursor node { id reviews(first: 2) { edges { node { id author { displayName } } } } } } } }",
        )
        .await;
        let nodes = both["products"]["nodes"].as_array().unwrap();
        let edges = both["products"]["edges"].as_array().unwrap();
        assert_eq!((nodes.len(), edges.len()), (5, 5));
        for (node, edge) in nodes.iter().zip(edges) {
            assert_eq!(node["id"], edge["node"]["id"]);
            let of_edges: Vec<_> = edge["node"]["reviews"]["edges"].as_array().unwrap().iter().map(|edge| &edge["node"]).collect();
            assert_eq!(node["reviews"]["nodes"].as_array().unwrap().iter().collect::<Vec<_>>(), of_edges);
        }
    }

    /// Nobody looks ahead through a list of ids, so that every level waits for its batch: one statement each all the same.
    async fn levels_that_nobody_looked_ahead_for_are_batched(app: TestApp) {
        tradewind::seed::bench(&app.app, 1, || {}).await.unwrap();
        let page = asked(&app, "{ products(first: 40) { nodes { id } } }").await;
        let ids: Vec<_> = page["products"]["nodes"].as_array().unwrap().iter().map(|node| node["id"].clone()).collect();
        let document = "query($ids: [ID!]!) { nodes(ids: $ids) { id ... on Product {
            seller { name } variants(first: 2) { nodes { stock { inStock } } } reviews(first: 2) { nodes { author { displayName } } } } } }";
        let all = app.gql(document, json!({ "ids": ids })).await;
        assert_eq!(all.data()["nodes"].as_array().unwrap().len(), 40);
        // Products, sellers, variants, stock, reviews, authors.
        assert!(all.statements <= 6, "{} statements", all.statements);
    }
}
