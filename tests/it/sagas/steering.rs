//! What support sees of sagas, and what admins do about them.

use super::kinds::Trip;
use crate::support::{Reply, TestApp, admin, someone};
use serde_json::{Value, json};
use std::time::Duration;
use tradewind::caller::Role;

const PATIENCE: Duration = Duration::from_secs(20);

const SAGAS: &str = "query ($filter: SagaFilter) { sagas(filter: $filter) { totalCount nodes {
    id kind state currentStep input subject reason error wakeAt createdAt updatedAt endedAt
    steps { name state attempts output error undoAttempts undoError startedAt endedAt undoneAt } } } }";

async fn mutate(app: &TestApp, name: &str, input: Value) -> Reply {
    let kind = format!("{}{}Input", name[..1].to_uppercase(), &name[1..]);
    let document = format!(
        "mutation ($input: {kind}!) {{ done: {name}(input: $input) {{ saga {{ state }} userErrors {{ code field message }} }} }}"
    );
    app.gql_as(admin(), &document, json!({ "input": input }))
        .await
}

/// A saga that is stuck at shipping, by its global id.
async fn stuck(app: &TestApp) -> String {
    let trip = Trip {
        broken_at: "ship".to_owned(),
        ..Trip::new()
    };
    app.start(&trip).await;
    let worker = app.carry_on();
    app.until("SELECT count(*) FROM saga WHERE state = 'STUCK'", 1)
        .await;
    worker.stop(PATIENCE).await;
    let reply = app.gql_as(admin(), SAGAS, json!({})).await;
    reply.data()["sagas"]["nodes"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned()
}

on_both_databases! {
    async fn support_sees_all_of_it_in_two_statements(app: TestApp) {
        let app = app.with_trips().await;
        stuck(&app).await;
        let support = someone(Role::Support);
        let reply = app.gql_as(support, SAGAS, json!({ "filter": { "states": ["STUCK"], "kind": "test.trip" } })).await;
        let saga = &reply.data()["sagas"]["nodes"][0];
        assert_eq!((&saga["state"], &saga["currentStep"]), (&json!("STUCK"), &json!("ship")));
        assert!(saga["error"].as_str().unwrap().contains("ship is broken"), "{saga:#}");
        let steps: Vec<_> = saga["steps"].as_array().unwrap().iter().map(|step| step["state"].as_str().unwrap()).collect();
        assert_eq!(steps, ["DONE", "DONE", "DONE", "FAILED"]);
        assert_eq!(saga["steps"][3]["attempts"], 2);
        assert_eq!(saga["steps"][1]["output"], "charged");
        assert_eq!(reply.statements, 3, "the page, its steps, the count");
        let none = app.gql_as(support, SAGAS, json!({ "filter": { "states": ["DONE"] } })).await;
        assert_eq!(none.data()["sagas"]["totalCount"], 0);
        assert_eq!(app.gql_as(someone(Role::Customer), SAGAS, json!({})).await.error_code(), "FORBIDDEN");
        assert_eq!(app.gql(SAGAS, json!({})).await.error_code(), "UNAUTHENTICATED");
    }

    async fn one_that_is_stuck_is_tried_again_or_resolved(app: TestApp) {
        let app = app.with_trips().await;
        let id = stuck(&app).await;
        let refused = mutate(&app, "sagaRetry", json!({ "id": id, "reason": " " })).await;
        assert_eq!(refused.data()["done"]["userErrors"][0]["code"], "INVALID");
        let retried = mutate(&app, "sagaRetry", json!({ "id": id, "reason": "the carrier is back" })).await;
        assert_eq!(retried.data()["done"]["saga"]["state"], "RUNNING", "{:#}", retried.body);
        let worker = app.carry_on();
        app.until("SELECT count(*) FROM saga WHERE state = 'STUCK'", 1).await;
        worker.stop(PATIENCE).await;
        assert_eq!(app.value::<i64>("SELECT attempts FROM saga_step WHERE name = 'ship'").await, 4);

        let wrong = mutate(&app, "sagaResolve", json!({ "id": id, "step": "charge", "outcome": "DONE", "reason": "x" })).await;
        assert_eq!(wrong.data()["done"]["userErrors"][0]["code"], "CONFLICT");
        let wrong = mutate(&app, "sagaResolve", json!({ "id": id, "step": "ship", "outcome": "UNDONE", "reason": "x" })).await;
        assert_eq!(wrong.data()["done"]["userErrors"][0]["code"], "INVALID");
        let input = json!({ "id": id, "step": "ship", "outcome": "DONE", "output": { "by": "hand" }, "reason": "carried it myself" });
        let resolved = mutate(&app, "sagaResolve", input).await;
        assert_eq!(resolved.data()["done"]["userErrors"], json!([]));
        let worker = app.carry_on();
        app.until_sagas_are_over().await;
        worker.stop(PATIENCE).await;
        assert_eq!(app.saga_fate().await, "DONE ship ");
        let over = mutate(&app, "sagaRetry", json!({ "id": id, "reason": "again" })).await;
        assert_eq!(over.data()["done"]["userErrors"][0]["code"], "CONFLICT");
        let audited = "SELECT action FROM audit_entry ORDER BY occurred_at";
        assert_eq!(app.column::<String>(audited).await, ["saga.retry", "saga.resolve"]);
    }

    async fn one_that_is_stuck_is_undone_when_someone_says_that_it_failed(app: TestApp) {
        let app = app.with_trips().await;
        let id = stuck(&app).await;
        let input = json!({ "id": id, "step": "ship", "outcome": "FAILED", "reason": "lost at sea" });
        mutate(&app, "sagaResolve", input).await.data();
        let worker = app.carry_on();
        app.until_sagas_are_over().await;
        worker.stop(PATIENCE).await;
        assert!(app.saga_fate().await.starts_with("COMPENSATED reserve "));
    }
}
