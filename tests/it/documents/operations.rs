//! What the metrics tell of operations.

use crate::support::TestApp;
use serde_json::json;

/// The value of the first line that begins so.
fn value(metrics: &str, line: &str) -> f64 {
    let found = metrics.lines().find_map(|found| found.strip_prefix(line));
    found.map_or(0.0, |value| value.trim().parse().unwrap())
}

#[tokio::test]
async fn operations_are_counted_by_name_kind_and_outcome() {
    let app = TestApp::on_sqlite().await;
    // Names of this test's own: all tests of the process share the counters.
    app.gql("query CountedWell { __typename }", json!({})).await;
    app.gql("query CountedWell { __typename }", json!({})).await;
    let failing = "query CountedBadly { __typename viewer { nonsense } }";
    app.gql(failing, json!({})).await;
    let partly = "mutation CountedPartly($id: ID!) { jobRetry(input: { id: $id }) { job { id } } }";
    app.gql(partly, json!({ "id": "nonsense" })).await;
    let variables = "query CountedNever($a: Int!) { __typename @skip(if: false) x: products(first: $a) { totalCount } }";
    app.gql(variables, json!({ "a": 1 })).await;
    app.gql(variables, json!({ "a": "s3cret" })).await;

    let metrics = app.metrics().await;
    let of = |name: &str, kind: &str, outcome: &str| {
        let line = format!(
            "graphql_operations_total{{operation=\"{name}\",kind=\"{kind}\",outcome=\"{outcome}\"}}"
        );
        value(&metrics, &line)
    };
    assert!(
        (of("CountedWell", "query", "ok") - 2.0).abs() < f64::EPSILON,
        "{metrics}"
    );
    assert!(
        (of("CountedPartly", "mutation", "errors") - 1.0).abs() < f64::EPSILON,
        "{metrics}"
    );
    assert!(
        (of("CountedNever", "query", "ok") - 1.0).abs() < f64::EPSILON,
        "{metrics}"
    );
    assert!(of("unknown", "unknown", "refused") >= 2.0);
    // What is not valid is nobody's name.
    assert!(!metrics.contains("CountedBadly") && !metrics.contains("s3cret"));
    let seconds = "graphql_operation_seconds_count{operation=\"CountedWell\",kind=\"query\"}";
    assert!((value(&metrics, seconds) - 2.0).abs() < f64::EPSILON);
}

#[tokio::test]
async fn clients_cannot_make_names_without_end() {
    let app = TestApp::on_sqlite_with(&[("--graphql-metrics-operations", "5")]).await;
    for number in 0..50 {
        let document = format!("query Flooding{number} {{ __typename }}");
        app.gql(&document, json!({})).await.data();
    }
    app.gql("{ __typename }", json!({})).await.data();
    let metrics = app.metrics().await;
    let names = metrics
        .lines()
        .filter(|line| line.starts_with("graphql_operations_total{operation=\"Flooding"))
        .filter(|line| line.contains("outcome=\"ok\""))
        .count();
    assert_eq!(names, 5);
    let other = "graphql_operations_total{operation=\"other\",kind=\"query\",outcome=\"ok\"}";
    assert!(value(&metrics, other) >= 45.0);
    let anonymous =
        "graphql_operations_total{operation=\"anonymous\",kind=\"query\",outcome=\"ok\"}";
    assert!(value(&metrics, anonymous) >= 1.0);
}
