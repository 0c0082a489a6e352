//! Automatic persisted queries, as Apollo's protocol has them.

use super::{GRAPHQL_RESPONSE, JSON, hash, persisted};
use crate::support::TestApp;
use axum::http::StatusCode;
use serde_json::json;

const DOCUMENT: &str = "query Named($yes: Boolean!) { page: __schema @include(if: $yes) { queryType { name } } other: __typename }";

on_both_databases! {
    /// First the hash alone, which nobody knows; then with the text; from then on the hash is enough, however it is sent.
    async fn a_client_sends_the_text_once(app: TestApp) {
        let extensions = persisted(&hash(DOCUMENT));
        let variables = json!({ "yes": true });
        let by_hash = json!({ "extensions": extensions, "variables": variables });
        for (accept, status) in [(JSON, StatusCode::OK), (GRAPHQL_RESPONSE, StatusCode::BAD_REQUEST)] {
            let reply = app.post_as(accept, &by_hash).await;
            assert_eq!(reply.status, status);
            assert_eq!(reply.error_code(), "PERSISTED_QUERY_NOT_FOUND");
            assert_eq!(reply.body["errors"][0]["message"], "PersistedQueryNotFound");
        }
        let mut whole = by_hash.clone();
        whole["query"] = DOCUMENT.into();
        let answer = json!({ "page": { "queryType": { "name": "Query" } }, "other": "Query" });
        assert_eq!(app.post(whole).await.data(), &answer);

        assert_eq!(app.post(by_hash).await.data(), &answer);
        let parameters = [
            ("extensions", extensions.to_string()),
            ("variables", variables.to_string()),
            ("operationName", "Named".to_owned()),
        ];
        let parameters = parameters.each_ref().map(|(name, value)| (*name, value.as_str()));
        for accept in [JSON, GRAPHQL_RESPONSE] {
            let reply = app.get_as(accept, &parameters).await;
            assert_eq!(reply.status, StatusCode::OK);
            assert_eq!(reply.data(), &answer);
        }
        // GraphQL over HTTP has a member of its own for it.
        for id in [hash(DOCUMENT), format!("sha256:{}", hash(DOCUMENT))] {
            let reply = app.post(json!({ "documentId": id, "variables": variables })).await;
            assert_eq!(reply.data(), &answer);
        }
        // The variables are checked as those of any document.
        let reply = app.post(json!({ "extensions": extensions })).await;
        assert_eq!(reply.error_code(), "VALIDATION_ERROR");
    }
}

#[tokio::test]
async fn a_text_with_the_hash_of_another_is_refused() {
    let app = TestApp::on_sqlite().await;
    let other = hash("{ other: __typename }");
    for _ in 0..2 {
        for accept in [JSON, GRAPHQL_RESPONSE] {
            for wrong in [&other, "", "nonsense", &"0".repeat(64)] {
                let body = json!({ "query": DOCUMENT, "extensions": persisted(wrong) });
                let reply = app.post_as(accept, &body).await;
                assert_eq!(reply.status, StatusCode::BAD_REQUEST);
                assert_eq!(reply.error_code(), "PERSISTED_QUERY_HASH_MISMATCH");
            }
        }
    }
    // Nothing was kept under the hash.
    let reply = app.post(json!({ "extensions": persisted(&other) })).await;
    assert_eq!(reply.error_code(), "PERSISTED_QUERY_NOT_FOUND");
}

#[tokio::test]
async fn what_is_not_valid_is_not_kept() {
    let app = TestApp::on_sqlite().await;
    for document in [
        "{ nonsense }",
        "{ __typename",
        "{ ...F } fragment F on Query { ...F }",
        "{ a: __typename @skip }",
    ] {
        let extensions = persisted(&hash(document));
        let body = json!({ "query": document, "extensions": extensions });
        assert_eq!(app.post(body).await.error_code(), "VALIDATION_ERROR");
        let reply = app.post(json!({ "extensions": extensions })).await;
        assert_eq!(
            reply.error_code(),
            "PERSISTED_QUERY_NOT_FOUND",
            "{document}"
        );
    }
}

#[tokio::test]
async fn each_operation_of_a_document_is_found_by_its_name() {
    let app = TestApp::on_sqlite().await;
    let document = "query A { a: __typename } query B { b: __typename }";
    let extensions = persisted(&hash(document));
    let body = json!({ "query": document, "operationName": "A", "extensions": extensions });
    assert_eq!(app.post(body).await.data(), &json!({ "a": "Query" }));
    let body = json!({ "operationName": "B", "extensions": extensions });
    for _ in 0..2 {
        assert_eq!(
            app.post(body.clone()).await.data(),
            &json!({ "b": "Query" })
        );
    }
    let reply = app.post(json!({ "extensions": extensions })).await;
    assert_eq!(reply.error_code(), "VALIDATION_ERROR");
}

#[tokio::test]
async fn a_mutation_is_not_done_by_get_under_a_hash_either() {
    let app = TestApp::on_sqlite().await;
    let document = "mutation { sessionEnd { userErrors { code } } }";
    let extensions = persisted(&hash(document));
    let body = json!({ "query": document, "extensions": extensions });
    app.post(body).await;
    let extensions = extensions.to_string();
    let reply = app.get_as(JSON, &[("extensions", &extensions)]).await;
    assert_eq!(reply.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn clients_are_told_where_there_is_no_such_thing() {
    let off = TestApp::on_sqlite_with(&[("--graphql-persisted-bytes", "0")]).await;
    let extensions = persisted(&hash(DOCUMENT));
    let reply = off.post(json!({ "extensions": extensions })).await;
    assert_eq!(reply.error_code(), "PERSISTED_QUERY_NOT_SUPPORTED");
    assert_eq!(
        reply.body["errors"][0]["message"],
        "PersistedQueryNotSupported"
    );
    let body = json!({ "query": "{ __typename }", "extensions": extensions });
    assert_eq!(off.post(body).await.data()["__typename"], "Query");

    let app = TestApp::on_sqlite().await;
    let extension = json!({ "persistedQuery": { "version": 2, "sha256Hash": hash(DOCUMENT) } });
    let reply = app.post(json!({ "extensions": extension })).await;
    assert_eq!(reply.error_code(), "PERSISTED_QUERY_NOT_SUPPORTED");
    for extension in [
        json!({ "persistedQuery": 1 }),
        json!({ "persistedQuery": { "version": 1 } }),
    ] {
        let reply = app.post(json!({ "extensions": extension })).await;
        assert_eq!(reply.error_code(), "VALIDATION_ERROR");
    }
    let body = json!({ "query": "{ __typename }", "documentId": "a" });
    assert_eq!(app.post(body).await.status, StatusCode::BAD_REQUEST);
    let reply = app.post(json!({ "documentId": "a" })).await;
    assert_eq!(reply.error_code(), "PERSISTED_QUERY_NOT_FOUND");
}

/// Thousands of texts that nobody asks for again leave what is used where it is, and take no more than they may.
#[tokio::test]
async fn a_flood_is_forgotten() {
    let app = TestApp::on_sqlite_with(&[("--graphql-persisted-bytes", "100000")]).await;
    let used = "{ used: __typename }";
    let known = json!({ "extensions": persisted(&hash(used)) });
    let body = json!({ "query": used, "extensions": persisted(&hash(used)) });
    assert_eq!(app.post(body).await.data()["used"], "Query");
    for number in 0..2_000 {
        let document = format!("{{ a{number}: __typename }} # {}", "x".repeat(300));
        let body = json!({ "query": document, "extensions": persisted(&hash(&document)) });
        app.post(body).await.data();
        if number % 10 == 0 {
            assert_eq!(app.post(known.clone()).await.data()["used"], "Query");
        }
    }
    // Of this server alone: others in the process have gauges of the same names.
    let bytes = tradewind_bytes(&app).await;
    assert!(bytes <= 100_000.0, "{bytes}");
    assert_eq!(app.post(known).await.data()["used"], "Query");
}

/// What the texts take; set by each reading of the metrics, so the reading nearest counts.
async fn tradewind_bytes(app: &TestApp) -> f64 {
    let mut least = f64::MAX;
    for _ in 0..5 {
        let metrics = app.metrics().await;
        let line = metrics
            .lines()
            .find_map(|line| line.strip_prefix("graphql_persisted_bytes "));
        least = least.min(line.unwrap().parse().unwrap());
    }
    least
}
