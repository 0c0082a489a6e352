//! What answers say of their cost.

use super::{HOME, with};
use crate::support::{TestApp, admin};
use serde_json::{Value, json};
use std::{fs, path::Path};
use tradewind::caller::Actor;

const SHOP_PAGE: &str = "query($first: Int!, $variants: Int = 3, $with: Boolean!) {
    products(first: $first) { totalCount pageInfo { hasNextPage } nodes { id ...Prices seller { name }
        variants(first: $variants) { nodes { price { amount } } } reviews(first: 2) @include(if: $with) { nodes { author { displayName } } } } } }
    fragment Prices on Product { priceRange { min { amount } max { amount } } }";

fn length(list: &Value) -> u64 {
    list["nodes"].as_array().unwrap().len() as u64
}

on_both_databases! {
    async fn what_may_come_is_counted_before_and_what_came_after(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        for (first, variants, with) in [(5, None, true), (8, Some(50), true), (3, Some(1), false)] {
            let mut variables = json!({ "first": first, "with": with });
            if let Some(variants) = variants {
                variables["variants"] = json!(variants);
            }
            let reply = app.gql(SHOP_PAGE, variables).await;
            let reviews = if with { 2 + 2 * 2 } else { 0 };
            let expected = 2 + 5 + first * (1 + 3 + 1 + (2 + variants.unwrap_or(3) * 2) + reviews);
            let products = reply.data()["products"]["nodes"].as_array().unwrap();
            let came = products.iter().map(|product| {
                let reviews = if with { 2 + length(&product["reviews"]) * 2 } else { 0 };
                let range = if product["priceRange"].is_null() { 0 } else { 3 };
                1 + range + 1 + (2 + length(&product["variants"]) * 2) + reviews
            });
            assert_eq!(reply.cost(), (expected, 2 + 5 + came.sum::<u64>()));
            // Who asks within the process pays nothing.
            assert_eq!(reply.body["extensions"]["cost"]["throttle"], Value::Null);
            assert_eq!(reply.header("ratelimit"), None);
        }
    }

    async fn mutations_are_paid_for_whatever_comes_of_them(app: TestApp) {
        let pause = "mutation($name: String!) { queuePause(input: { name: $name }) { queue { name } userErrors { code } } }";
        let done = app.gql_as(admin(), pause, json!({ "name": "events" })).await;
        assert_eq!(done.data()["queuePause"]["queue"]["name"], "events");
        assert_eq!(done.cost(), (11, 11));
        let not_done = app.gql_as(admin(), pause, json!({ "name": "nonsense!" })).await;
        assert_eq!(not_done.cost(), (11, 10), "{:#}", not_done.body);
        let forbidden = app.gql_as(Actor::Anonymous, pause, json!({ "name": "events" })).await;
        assert_eq!(forbidden.error_code(), "UNAUTHENTICATED");
        assert_eq!(forbidden.cost(), (11, 10));
    }

    /// Nobody who looks at the examples, or shows an ordinary page ten times a second, notices that there are limits.
    async fn the_examples_are_far_within_the_limits(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        let app = with(app, &[]).await;
        let restored = u64::from(app.app.settings.cost.restore_per_second);
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/examples");
        let mut ran = 0;
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.extension().is_none_or(|extension| extension != "graphql") {
                continue;
            }
            let document = fs::read_to_string(&path).unwrap();
            let variables = fs::read_to_string(path.with_extension("variables.json"))
                .map_or_else(|_| json!({}), |text| serde_json::from_str(&text).unwrap());
            let reply = app.ask_from(HOME, Actor::Anonymous, &document, variables).await;
            reply.data();
            let (requested, actual) = reply.cost();
            println!("{}: {requested} points may come, {actual} came", path.display());
            assert!(actual <= requested, "{}: {actual} of {requested}", path.display());
            assert!(requested <= u64::from(app.app.settings.cost.bucket), "{requested}");
            assert!(actual * 10 <= restored, "{}: {actual}", path.display());
            ran += 1;
        }
        assert!(ran >= 6, "the examples are found");
    }
}

#[tokio::test]
async fn what_is_not_run_costs_the_least() {
    let app = TestApp::on_sqlite().await;
    // What the guards refuse is not even read.
    for document in ["{", "{ a ...F }  fragment G on Query { a }"] {
        let reply = app.ask_at(HOME, document).await;
        assert_eq!(reply.error_code(), "VALIDATION_ERROR");
        assert_eq!(reply.body["extensions"], Value::Null, "{document}");
    }
    for (document, requested) in [
        (
            "{ products(first: 10) { nodes { nonsense seller { id } } } }",
            22,
        ),
        ("mutation { queuePause { queue { name } } }", 11),
    ] {
        let reply = app.ask_at(HOME, document).await;
        assert_eq!(reply.error_code(), "VALIDATION_ERROR");
        assert_eq!(reply.cost(), (requested, 1), "{document}");
    }
    let reply = app
        .ask_at(
            HOME,
            "query($n: Int!) { products(first: $n) { nodes { id } } }",
        )
        .await;
    assert_eq!(reply.error_code(), "VALIDATION_ERROR");
    assert_eq!(reply.body["extensions"], Value::Null);
}
