//! The page that everything is measured by: products with their sellers, variants, and reviews with authors.

use crate::support::TestApp;
use serde_json::json;

const PAGE: &str = "query Page($first: Int, $after: String) {
  products(first: $first, after: $after) {
    pageInfo { hasNextPage endCursor }
    nodes {
      id slug name inStock
      priceRange { min { amount currency } max { amount currency } }
      rating { average count }
      seller { id handle name }
      variants(first: 3) { nodes { id sku name price { amount currency } } }
      reviews(first: 3) { nodes { id rating title author { id displayName } } }
    }
  }
}";

on_both_databases! {
    /// As many statements as tables, however long the page is.
    async fn takes_five_statements(app: TestApp) {
        tradewind::seed::bench(&app.app, 1, || {}).await.unwrap();
        for first in [1, 5, 20, 100] {
            let reply = app.gql(PAGE, json!({ "first": first })).await;
            let nodes = reply.data()["products"]["nodes"].as_array().unwrap();
            assert_eq!(nodes.len(), first);
            // One for each of products, sellers, variants, reviews, authors; the newest product has no review.
            let statements = if first == 1 { 4 } else { 5 };
            assert_eq!(reply.statements, statements, "for {first} products");
            assert!(nodes.iter().all(|node| node["variants"]["nodes"].as_array().unwrap().len() == 3));
        }
    }

    /// Every product once, in one order, whichever way the list is walked.
    async fn is_walked_without_gaps_or_repeats(app: TestApp) {
        tradewind::seed::bench(&app.app, 1, || {}).await.unwrap();
        for (by, direction) in [("CREATED_AT", "DESC"), ("NAME", "ASC"), ("PRICE", "DESC"), ("RATING", "ASC")] {
            let forward = walk(&app, by, direction, false).await;
            assert_eq!(forward.len(), 2_000, "{by}");
            let unique: std::collections::HashSet<_> = forward.iter().collect();
            assert_eq!(unique.len(), forward.len(), "{by}");
            let mut backward = walk(&app, by, direction, true).await;
            backward.reverse();
            assert!(forward == backward, "{by} backwards");
        }
    }
}

async fn walk(app: &TestApp, by: &str, direction: &str, backward: bool) -> Vec<String> {
    let document =
        "query($first: Int, $after: String, $last: Int, $before: String, $sort: ProductSort) {
        products(first: $first, after: $after, last: $last, before: $before, sort: $sort) {
            pageInfo { hasNextPage hasPreviousPage startCursor endCursor } nodes { id } } }";
    let sort = json!({ "by": by, "direction": direction });
    let mut ids = Vec::new();
    let mut variables = if backward {
        json!({ "last": 97 })
    } else {
        json!({ "first": 97 })
    };
    loop {
        variables["sort"] = sort.clone();
        let reply = app.gql(document, variables.clone()).await;
        let list = &reply.data()["products"];
        let page: Vec<String> = list["nodes"]
            .as_array()
            .unwrap()
            .iter()
            .map(|node| node["id"].as_str().unwrap().to_owned())
            .collect();
        let info = &list["pageInfo"];
        if backward {
            ids.extend(page.into_iter().rev());
            if info["hasPreviousPage"] == false {
                return ids;
            }
            variables["before"] = info["startCursor"].clone();
        } else {
            ids.extend(page);
            if info["hasNextPage"] == false {
                return ids;
            }
            variables["after"] = info["endCursor"].clone();
        }
    }
}
