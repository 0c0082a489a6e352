//! What clients get wrong, and what they are told.

use crate::support::TestApp;
use serde_json::json;

/// The code of the first error, the argument it names, and its message.
async fn refusal(app: &TestApp, document: &str) -> (String, String, String) {
    let reply = app.gql(document, json!({})).await;
    let error = &reply.body["errors"][0];
    let details = &error["extensions"]["details"][0];
    assert!(
        error["extensions"]["requestId"].is_string(),
        "{:#}",
        reply.body
    );
    (
        reply.error_code().to_owned(),
        details["field"].as_str().unwrap_or_default().to_owned(),
        error["message"].as_str().unwrap_or_default().to_owned(),
    )
}

on_both_databases! {
    async fn page_sizes_out_of_bounds(app: TestApp) {
        for (arguments, field) in [
            ("first: 0", "first"),
            ("first: -1", "first"),
            ("first: 101", "first"),
            ("first: 100000", "first"),
            ("last: 0", "last"),
            ("first: 5, last: 5", "last"),
        ] {
            let (code, named, message) = refusal(&app, &format!("{{ products({arguments}) {{ nodes {{ id }} }} }}")).await;
            assert_eq!((code.as_str(), named.as_str()), ("VALIDATION_ERROR", field), "{arguments}: {message}");
        }
        let (_, _, message) = refusal(&app, "{ products(first: 100000) { nodes { id } } }").await;
        assert!(message.contains("100"), "the message says what is allowed: {message}");
    }

    async fn cursors_of_other_lists(app: TestApp) {
        tradewind::seed::bench(&app.app, 1, || {}).await.unwrap();
        let by_name = app
            .gql("{ products(first: 1, sort: { by: NAME }) { pageInfo { endCursor } } }", json!({}))
            .await;
        let foreign = by_name.data()["products"]["pageInfo"]["endCursor"].as_str().unwrap().to_owned();
        for cursor in [foreign.as_str(), "", "x", "bm90IGEgY3Vyc29y", "💥", "'; DROP TABLE product; --"] {
            let document = "query($after: String) { products(first: 1, after: $after) { nodes { id } } }";
            let reply = app.gql(document, json!({ "after": cursor })).await;
            assert_eq!(reply.error_code(), "VALIDATION_ERROR", "{cursor}");
            assert_eq!(reply.body["errors"][0]["extensions"]["details"][0]["field"], "after");
        }
    }

    async fn what_is_not_there(app: TestApp) {
        for document in [
            "{ product(slug: \"nothing\") { id } }",
            "{ product(id: \"product_01h455vb4pex5vsknk084sn02q\") { id } }",
            "{ category(slug: \"nothing\") { id } }",
            "{ seller(handle: \"nobody\") { id } }",
            "{ node(id: \"variant_01h455vb4pex5vsknk084sn02q\") { id } }",
        ] {
            let reply = app.gql(document, json!({})).await;
            assert_eq!(reply.error_code(), "NOT_FOUND", "{document}");
            assert!(reply.body["data"].is_object(), "the field is null, the answer is not: {:#}", reply.body);
        }
        let reply = app.gql("{ nodes(ids: [\"variant_01h455vb4pex5vsknk084sn02q\"]) { id } }", json!({})).await;
        assert_eq!(reply.data()["nodes"], json!([null]));
    }

    async fn ids_that_are_none(app: TestApp) {
        for (document, field) in [
            ("{ product(id: \"1\") { id } }", "id"),
            ("{ product(id: \"seller_01h455vb4pex5vsknk084sn02q\") { id } }", "id"),
            ("{ node(id: \"poem_01h455vb4pex5vsknk084sn02q\") { id } }", "id"),
            ("{ nodes(ids: [\"product_01h455vb4pex5vsknk084sn02q\", \"x\"]) { id } }", "ids.1"),
            ("{ product { id } }", "id"),
            ("{ products(filter: { categoryId: \"x\" }) { nodes { id } } }", "filter.categoryId"),
        ] {
            let (code, named, message) = refusal(&app, document).await;
            assert_eq!((code.as_str(), named.as_str()), ("VALIDATION_ERROR", field), "{document}: {message}");
        }
    }

    async fn filters_that_cannot_be(app: TestApp) {
        for (filter, field) in [
            ("price: { min: \"1.999\" }", "filter.price.min"),
            ("price: { min: \"5\", max: \"4\" }", "filter.price.max"),
            ("price: { min: \"99999999999999999999999\" }", "filter.price.min"),
            ("ratingAtLeast: \"6\"", "filter.ratingAtLeast"),
            ("ratingAtLeast: \"-1\"", "filter.ratingAtLeast"),
        ] {
            let document = format!("{{ products(filter: {{ {filter} }}) {{ nodes {{ id }} }} }}");
            let (code, named, message) = refusal(&app, &document).await;
            assert_eq!((code.as_str(), named.as_str()), ("VALIDATION_ERROR", field), "{filter}: {message}");
        }
        for filter in ["price: { min: \"much\" }", "price: { currency: \"XXXX\" }", "price: { min: 1.5e400 }"] {
            let document = format!("{{ products(filter: {{ {filter} }}) {{ nodes {{ id }} }} }}");
            assert_eq!(app.gql(&document, json!({})).await.error_code(), "VALIDATION_ERROR", "{filter}");
        }
    }

    /// PostgreSQL cannot hold it, and must not be asked to.
    async fn the_character_that_no_text_holds(app: TestApp) {
        for document in [
            "query($t: String!) { search(query: $t) { nodes { id } } }",
            "query($t: String!) { product(slug: $t) { id } }",
            "query($t: String!) { seller(handle: $t) { id } }",
            "query($t: String!) { category(slug: $t) { id } }",
            "query($t: String!) { products(filter: { options: [{ name: $t, values: [$t] }] }) { nodes { id } } }",
            "query($t: String!) { products(filter: { metadata: [{ key: $t, value: $t }] }) { nodes { id } } }",
            "query($t: String!) { products(filter: { tags: [$t] }) { nodes { id } } }",
        ] {
            let reply = app.gql(document, json!({ "t": "a\0b" })).await;
            let code = reply.body["errors"][0]["extensions"]["code"].as_str().unwrap_or("none");
            assert!(["VALIDATION_ERROR", "NOT_FOUND", "none"].contains(&code), "{document}: {:#}", reply.body);
        }
    }
}
