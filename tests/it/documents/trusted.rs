//! Trusted documents: those of the operator's manifests.

use super::{GRAPHQL_RESPONSE, JSON, hash, persisted};
use crate::support::{TestApp, TestDatabase, admin, gql_request};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::path::Path;
use tempfile::TempDir;
use tradewind::http::{Edge, for_edge};

const SHOP: &str = "query Shop { shop: __typename }";
const PAGE: &str =
    "query Page($yes: Boolean!) { page: __schema @include(if: $yes) { queryType { name } } }";

pub(super) fn write(path: &Path, manifest: &Value) {
    // As builds do: a reader finds the old or the new.
    let beside = path.with_extension("new");
    std::fs::write(&beside, manifest.to_string()).unwrap();
    std::fs::rename(beside, path).unwrap();
}

const MANIFEST: &str = "persisted-documents.json";

/// A server with this manifest.
async fn app(mode: &str, manifest: &Value) -> (TestApp, TempDir) {
    let (app, _, folder) = app_with(mode, manifest, &[]).await;
    (app, folder)
}

/// The same with settings changed by `flags`, and what it is the edge of.
async fn app_with(
    mode: &str,
    manifest: &Value,
    flags: &[(&str, &str)],
) -> (TestApp, Edge, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(MANIFEST);
    write(&path, manifest);
    let own = [
        ("--graphql-trusted-mode", mode),
        ("--graphql-trusted-documents", path.to_str().unwrap()),
    ];
    let flags = [&own, flags].concat();
    let mut app = TestApp::on_database(TestDatabase::sqlite().await, &flags).await;
    let edge = Edge::new(app.app.clone());
    edge.engine().load_trusted().await.unwrap();
    app.router = for_edge(edge.clone());
    (app, edge, folder)
}

/// As GraphQL Code Generator writes it with SHA-256, and Relay's compiler with MD5.
fn manifest() -> Value {
    json!({ format!("sha256:{}", hash(SHOP)): SHOP, "5d41402abc4b2a76b9719d911017c592": PAGE })
}

/// All the ways in which clients name a document.
fn ways(id: &str) -> Vec<Value> {
    vec![
        json!({ "documentId": id }),
        json!({ "id": id }),
        json!({ "doc_id": id }),
        json!({ "query": null, "id": id }),
        json!({ "extensions": persisted(id) }),
        json!({ "extensions": { "persistedQuery": { "sha256Hash": id } } }),
    ]
}

#[tokio::test]
async fn a_document_is_found_by_its_id_however_it_is_sent() {
    for mode in ["allow", "require"] {
        let (app, _folder) = app(mode, &manifest()).await;
        for id in [hash(SHOP), format!("sha256:{}", hash(SHOP))] {
            for body in ways(&id) {
                let reply = app.post(body.clone()).await;
                assert_eq!(reply.data(), &json!({ "shop": "Query" }), "{body}");
            }
            let reply = app.get_as(GRAPHQL_RESPONSE, &[("documentId", &id)]).await;
            assert_eq!(reply.data(), &json!({ "shop": "Query" }));
        }
        for mut body in ways("5d41402abc4b2a76b9719d911017c592") {
            assert_eq!(
                app.post(body.clone()).await.error_code(),
                "VALIDATION_ERROR"
            );
            body["variables"] = json!({ "yes": true });
            assert_eq!(
                app.post(body).await.data(),
                &json!({ "page": { "queryType": { "name": "Query" } } })
            );
        }
    }
}

#[tokio::test]
async fn where_trusted_ones_are_required_nothing_else_runs() {
    let (app, _folder) = app("require", &manifest()).await;
    let other = "{ __typename }";
    let mut refused = ways(&hash(other));
    refused.push(json!({ "query": other }));
    refused.push(json!({ "query": other, "extensions": persisted(&hash(other)) }));
    // The id of another's text does not make it trusted.
    refused.push(json!({ "query": "{ __schema { description } }" }));
    for body in refused {
        for (accept, status) in [
            (JSON, StatusCode::OK),
            (GRAPHQL_RESPONSE, StatusCode::BAD_REQUEST),
        ] {
            let reply = app.post_as(accept, &body).await;
            assert_eq!(reply.status, status);
            assert_eq!(reply.error_code(), "DOCUMENT_NOT_TRUSTED", "{body}");
        }
    }
    let (admin, request) = (admin(), json!({}));
    let reply = app.send(gql_request(admin, other, &request)).await;
    assert_eq!(reply.error_code(), "DOCUMENT_NOT_TRUSTED");
    // A text that is on the list is as good as its id, and what runs for an id is the list's text.
    let reply = app.post(json!({ "query": SHOP })).await;
    assert_eq!(reply.data(), &json!({ "shop": "Query" }));
    let both = json!({ "query": other, "extensions": persisted(&hash(SHOP)) });
    assert_eq!(app.post(both).await.data(), &json!({ "shop": "Query" }));
}

#[tokio::test]
async fn where_they_are_allowed_others_run_too() {
    let (app, _folder) = app("allow", &manifest()).await;
    let other = "{ other: __typename }";
    assert_eq!(
        app.post(json!({ "query": other })).await.data()["other"],
        "Query"
    );
    let extensions = persisted(&hash(other));
    let reply = app.post(json!({ "extensions": extensions })).await;
    assert_eq!(reply.error_code(), "PERSISTED_QUERY_NOT_FOUND");
    let body = json!({ "query": other, "extensions": extensions });
    app.post(body).await.data();
    app.post(json!({ "extensions": extensions })).await.data();
}

#[tokio::test]
async fn what_is_trusted_no_more_is_not_given_from_what_is_kept() {
    let list = "query List { products { nodes { name } } }";
    let trusting = json!({ format!("sha256:{}", hash(list)): list });
    let keeping = [("--graphql-answers-bytes", "33554432")];
    let (app, edge, folder) = app_with("require", &trusting, &keeping).await;
    let ask = async |body: Value| app.post(body).await;
    let bodies = [
        json!({ "query": list }),
        json!({ "documentId": hash(list) }),
    ];
    for body in &bodies {
        ask(body.clone()).await.data();
        assert_eq!(ask(body.clone()).await.statements, 0, "{body} is kept");
    }
    write(&folder.path().join(MANIFEST), &manifest());
    edge.engine().load_trusted().await.unwrap();
    for body in &bodies {
        assert_eq!(
            ask(body.clone()).await.error_code(),
            "DOCUMENT_NOT_TRUSTED",
            "{body}"
        );
    }
}

#[tokio::test]
async fn apollos_manifests_are_read_too() {
    let manifest = json!({
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": [{ "id": "shop", "name": "Shop", "type": "query", "body": SHOP }],
    });
    let (app, _folder) = app("require", &manifest).await;
    let reply = app.post(json!({ "extensions": persisted("shop") })).await;
    assert_eq!(reply.data(), &json!({ "shop": "Query" }));
}

/// What is not read yet is not trusted.
#[tokio::test]
async fn nothing_runs_before_the_manifest_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("missing.json");
    let flags = [
        ("--graphql-trusted-mode", "require"),
        ("--graphql-trusted-documents", path.to_str().unwrap()),
    ];
    let app = TestApp::on_sqlite_with(&flags).await;
    let reply = app.post(json!({ "query": "{ __typename }" })).await;
    assert_eq!(reply.error_code(), "DOCUMENT_NOT_TRUSTED");
    let error = Edge::new(app.app.clone())
        .engine()
        .load_trusted()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("missing.json"), "{error}");
}

on_both_databases! {
    /// A trusted document asks the database for what any other asks.
    async fn a_trusted_document_reads_the_catalogue(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        let text = "query Products($first: Int!) { products(first: $first) { nodes { id name } } }";
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("persisted-documents.json");
        write(&path, &json!({ hash(text): text }));
        let mut served = app.app.clone();
        let mut settings = (*served.settings).clone();
        settings.documents.graphql_trusted_documents = vec![path];
        settings.documents.graphql_trusted_mode = tradewind::platform::config::TrustedMode::Require;
        served.settings = std::sync::Arc::new(settings);
        let edge = Edge::new(served);
        assert_eq!(edge.engine().load_trusted().await.unwrap(), 1);
        let app = TestApp { router: for_edge(edge), ..app };
        let body = json!({ "documentId": hash(text), "variables": { "first": 3 } });
        let reply = app.post(body).await;
        assert_eq!(reply.data()["products"]["nodes"].as_array().unwrap().len(), 3);
    }
}
