//! GraphQL over HTTP: media types, methods and status codes.

use crate::support::TestApp;
use axum::http::StatusCode;
use serde_json::json;

on_both_databases! {
    async fn answers_a_query(app: TestApp) {
        let reply = app.gql("{ __typename }", json!({})).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(reply.data()["__typename"], "Query");
    }
}
