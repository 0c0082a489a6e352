//! `explainCost`: what a document would cost, and why.

use super::{HOME, slow};
use crate::support::{Reply, TestApp, TestDatabase, someone};
use serde_json::{Value, json};
use tradewind::caller::{Actor, Role};

const EXPLAIN: &str = "query($document: String!, $variables: JSON, $operation: String) {
    explainCost(document: $document, variables: $variables, operationName: $operation) {
        requested isPayable buckets { name maximum restoreRate setting } paths { path cost times why } } }";

async fn explain(app: &TestApp, document: &str, variables: Value) -> Reply {
    let variables = json!({ "document": document, "variables": variables });
    app.ask_from(HOME, Actor::Anonymous, EXPLAIN, variables)
        .await
}

on_both_databases! {
    async fn the_dearest_fields_are_named(app: TestApp) {
        let document = "query($n: Int = 5) { products(first: $n) { totalCount nodes { name reviews(first: 10) { nodes { author { id } } } } } }";
        let reply = explain(&app, document, json!({ "n": 50 })).await;
        let explained = &reply.data()["explainCost"];
        assert_eq!(explained["requested"], 2 + 5 + 50 * (1 + 2 + 10 * 2));
        assert_eq!(explained["isPayable"], true);
        assert_eq!(
            explained["paths"],
            json!([
                { "path": "products.nodes.reviews.nodes", "cost": 500, "times": 500, "why": "1 point for an object, 500 times: products 50 × reviews 10" },
                { "path": "products.nodes.reviews.nodes.author", "cost": 500, "times": 500, "why": "1 point for an object, 500 times: products 50 × reviews 10" },
                { "path": "products.nodes.reviews", "cost": 100, "times": 50, "why": "2 points for a page, 50 times: products 50" },
                { "path": "products.nodes", "cost": 50, "times": 50, "why": "1 point for an object, 50 times: products 50" },
                { "path": "products.totalCount", "cost": 5, "times": 1, "why": "5 points for counting a list" },
                { "path": "products", "cost": 2, "times": 1, "why": "2 points for a page" },
            ])
        );
        // Nothing was run, and the answer's price does not depend on the question.
        assert_eq!(reply.statements, 0);
        assert_eq!(reply.cost(), (20, 20));
        // What it says is what is taken.
        let run = app.gql(document, json!({ "n": 50 })).await;
        assert_eq!(explained["requested"], run.cost().0);
        let by_default = explain(&app, document, Value::Null).await;
        assert_eq!(by_default.data()["explainCost"]["requested"], 2 + 5 + 5 * 23);
    }
}

#[tokio::test]
async fn the_buckets_of_whoever_asks_are_named() {
    let app = TestApp::on_database(TestDatabase::sqlite().await, &slow("500", "2000")).await;
    let document = "{ products(first: 100) { nodes { reviews(first: 10) { nodes { id } } } } }";
    let variables = json!({ "document": document });
    let reply = app
        .ask_from(HOME, someone(Role::Customer), EXPLAIN, variables.clone())
        .await;
    let explained = &reply.data()["explainCost"];
    assert_eq!(
        (&explained["requested"], &explained["isPayable"]),
        (&json!(1_302), &json!(false))
    );
    assert_eq!(
        explained["buckets"],
        json!([
            { "name": "account", "maximum": 500, "restoreRate": 1, "setting": "COST_BUCKET" },
            { "name": "address", "maximum": 2000, "restoreRate": 1, "setting": "COST_BUCKET_PER_ADDRESS" },
        ])
    );
    let reply = app
        .ask_from(HOME, Actor::Anonymous, EXPLAIN, variables.clone())
        .await;
    assert_eq!(reply.data()["explainCost"]["isPayable"], true);
    let reply = app.gql(EXPLAIN, variables).await;
    assert_eq!(reply.data()["explainCost"]["buckets"], json!([]));
}

#[tokio::test]
async fn what_would_be_refused_is_refused() {
    let app = TestApp::on_sqlite().await;
    let deep = format!("{}a{}", "{ a ".repeat(20), " }".repeat(20));
    let nested = "[".repeat(5_000);
    let mut fan_out = "{ ...f0 }".to_owned();
    for level in 0..30 {
        let spreads = format!("...f{} ", level + 1).repeat(8);
        fan_out.push_str(&format!(" fragment f{level} on Query {{ {spreads} }}"));
    }
    fan_out.push_str(" fragment f30 on Query { __typename }");
    let long = format!("{{ __typename }} #{}", "x".repeat(70_000));
    let two = "query A { __typename } query B { __typename }";
    let list = "query($n: Int!) { products(first: $n) { nodes { id } } }";
    let wide = "{ products(first: 100) { nodes { reviews(first: 100) { nodes { id rating title body version createdAt } } } } }";
    for (document, variables, code, said) in [
        ("{", json!({}), "VALIDATION_ERROR", "Syntax error in line 1"),
        (
            "{ nonsense }",
            json!({}),
            "VALIDATION_ERROR",
            "document: Line 1, column 3: Unknown field",
        ),
        (&deep, json!({}), "QUERY_TOO_DEEP", "GRAPHQL_MAX_DEPTH"),
        (
            &nested,
            json!({}),
            "VALIDATION_ERROR",
            "GRAPHQL_MAX_NESTING",
        ),
        (
            &fan_out,
            json!({}),
            "VALIDATION_ERROR",
            "GRAPHQL_MAX_SELECTIONS",
        ),
        (
            &long,
            json!({}),
            "VALIDATION_ERROR",
            "GRAPHQL_MAX_DOCUMENT_BYTES",
        ),
        (
            wide,
            json!({}),
            "QUERY_TOO_COMPLEX",
            "GRAPHQL_MAX_COMPLEXITY",
        ),
        (two, json!({}), "VALIDATION_ERROR", "operationName"),
        (list, json!({}), "VALIDATION_ERROR", "variables.n"),
        (
            list,
            json!({ "n": "many" }),
            "VALIDATION_ERROR",
            "variables.n",
        ),
        (
            list,
            json!([1]),
            "VALIDATION_ERROR",
            "variables: Pass an object",
        ),
    ] {
        let name: String = document.chars().take(40).collect();
        let reply = explain(&app, document, variables).await;
        assert_eq!(reply.error_code(), code, "{name}: {:#}", reply.body);
        let message = reply.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(said), "{name}: {message}");
        assert!(message.chars().count() <= 300, "{name}: {message}");
        assert_eq!((reply.statements, reply.cost().0), (0, 20));
    }
    let variables = json!({ "document": two, "operation": "B" });
    app.gql(EXPLAIN, variables).await.data();
}

/// It would be a way to have much read and validated by one small request.
#[tokio::test]
async fn one_document_is_explained_in_a_request() {
    let app = TestApp::on_sqlite().await;
    let document = "query($d: String!) { a: explainCost(document: $d) { requested } b: explainCost(document: $d) { requested } }";
    let reply = app
        .ask_from(
            HOME,
            Actor::Anonymous,
            document,
            json!({ "d": "{ __typename }" }),
        )
        .await;
    assert_eq!(reply.error_code(), "VALIDATION_ERROR");
    let message = reply.body["errors"][0]["message"].as_str().unwrap();
    assert!(message.contains("requests of their own"), "{message}");
    assert_eq!(reply.cost().0, 40);
}

#[tokio::test]
async fn long_names_are_cut_short() {
    let app = TestApp::on_sqlite().await;
    let alias = "a".repeat(30_000);
    let document = format!("{{ {alias}: products {{ nodes {{ seller {{ id }} }} }} }}");
    let reply = explain(&app, &document, Value::Null).await;
    reply.data();
    assert!(
        reply.body.to_string().len() < 4_000,
        "{}",
        reply.body.to_string().len()
    );
    // What explains itself is not run either.
    let itself = "{ explainCost(document: \"{ __typename }\") { requested } }";
    let reply = explain(&app, itself, Value::Null).await;
    assert_eq!(reply.data()["explainCost"]["requested"], 20);
}

#[tokio::test]
async fn in_production_it_tells_nothing_of_the_schema() {
    let app = TestApp::on_sqlite_with(&[("--tradewind-env", "production")]).await;
    let reply = explain(&app, "{ __schema { types { name } } }", Value::Null).await;
    assert_eq!(reply.error_code(), "VALIDATION_ERROR");
    let reply = explain(&app, "{ productz { id } }", Value::Null).await;
    assert!(
        !reply.body.to_string().contains("Did you mean"),
        "{}",
        reply.body
    );
}
