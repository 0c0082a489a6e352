//! Objects that become text while they are executed say what they would say as values, and cost the same.

use crate::support::{Reply, TestApp, gql_request};
use axum::http::{HeaderValue, header};
use serde_json::{Value, json};
use tradewind::caller::Actor;

/// The answer by the way on which objects stay values: as one event of a stream.
async fn as_values(app: &TestApp, document: &str, variables: &Value) -> Value {
    let mut request = gql_request(Actor::Anonymous, document, variables);
    let accept = HeaderValue::from_static("text/event-stream");
    request.headers_mut().insert(header::ACCEPT, accept);
    let reply = app.send(request).await;
    let events = reply.body.as_str().expect("events are no JSON");
    let data = events.lines().find_map(|line| line.strip_prefix("data: "));
    serde_json::from_str(data.expect("an event has data")).unwrap()
}

/// What of an answer does not differ from one request to the next. What was executed and then left out, for something beside it failed,
/// costs as text, and as a value does not.
fn said(mut answer: Value) -> Value {
    let cost = &answer["extensions"]["cost"];
    let cost = match answer["errors"] {
        Value::Null => json!([cost["requested"], cost["actual"]]),
        _ => json!([cost["requested"]]),
    };
    if let Some(errors) = answer["errors"].as_array_mut() {
        for error in errors.iter_mut() {
            error["extensions"]["requestId"] = Value::Null;
        }
        // Those of fields side by side come as they are done.
        errors.sort_by_key(|error| error["path"].to_string());
    }
    json!({ "data": answer["data"], "errors": answer["errors"], "cost": cost })
}

async fn agree(app: &TestApp, document: &str, variables: Value) -> Reply {
    let text = app.gql(document, variables.clone()).await;
    let values = as_values(app, document, &variables).await;
    assert_eq!(said(text.body.clone()), said(values), "{document}");
    text
}

on_both_databases! {
    async fn text_says_what_values_say(app: TestApp) {
        tradewind::seed::bench(&app.app, 1, || {}).await.unwrap();
        let page = agree(&app, include_str!("../../../benches/page/page.graphql"), json!({})).await;
        let products = page.data()["products"]["nodes"].as_array().unwrap();
        assert_eq!(products.len(), 20);
        let cost = &page.body["extensions"]["cost"];
        // A product with its seller, its variants and their prices, and its reviews with their authors, and the pages of both.
        assert!(cost["actual"].as_u64().unwrap() > 20 * (1 + 1 + 2 + 6 + 2), "{cost}");
        assert!(cost["actual"].as_u64().unwrap() < cost["requested"].as_u64().unwrap(), "{cost}");

        let ids: Vec<_> = products.iter().map(|product| product["id"].clone()).collect();
        for document in [
            "{ products(first: 3) { totalCount edges { cursor node { __typename first: id second: id rating { average } } } } }",
            "{ products(first: 2) { ...P } } fragment P on ProductConnection { nodes { images(first: 2) { nodes { url } } options { name values } } pageInfo { hasNextPage } }",
            "{ products(first: 2) { nodes { seller { id } seller { name } } } }",
            "{ none: product(slug: \"there-is-none\") { id seller { name } } same: product(slug: \"there-is-none\") { id } }",
            "{ sellers(first: 2) { nodes { products(first: 2) { nodes { name } } } } }",
            "{ categories(first: 3) { nodes { name ancestors { name } children(first: 2) { nodes { name } totalCount } } } }",
            "{ products(first: 1) { nodes { id @skip(if: true) name ... @include(if: true) { slug seller { name } } } } }",
        ] {
            let answer = agree(&app, document, json!({})).await;
            assert!(answer.body["data"].is_object(), "{}", answer.body);
        }
        let document = "query($ids: [ID!]!) { nodes(ids: $ids) { __typename id ... on Product { name variants(first: 1) { nodes { sku price { amount } } } } } }";
        agree(&app, document, json!({ "ids": ids })).await.data();
    }

    /// What fails far down takes with it what must not be without it, and is not counted as more than was asked for.
    async fn errors_are_the_same(app: TestApp) {
        tradewind::seed::bench(&app.app, 1, || {}).await.unwrap();
        for document in [
            "{ products(first: 2) { nodes { id reviews(first: -1) { nodes { id } } } } sellers(first: 1) { nodes { id } } }",
            "{ sellers(first: 2) { nodes { id products(first: 2, after: \"nonsense\") { nodes { id } } } } }",
        ] {
            let answer = agree(&app, document, json!({})).await;
            let cost = &answer.body["extensions"]["cost"];
            assert!(!answer.error_code().is_empty());
            assert!(cost["actual"].as_u64() <= cost["requested"].as_u64(), "{cost}");
        }
    }
}
