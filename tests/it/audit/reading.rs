//! Who reads the log, and what of it.

use super::recording::updates;
use crate::support::{Reply, TestApp, admin, someone};
use serde_json::{Value, json};
use tradewind::{audit::Entry, caller::Role};
use uuid::Uuid;

const LOG: &str = "query ($filter: AuditLogFilter, $first: Int, $after: String) {
    auditLog(filter: $filter, first: $first, after: $after) {
        pageInfo { hasNextPage endCursor }
        nodes { id occurredAt actor accountId role ip requestId action entityType entityId sellerId before after chain sequence hash }
    }
}";

impl TestApp {
    pub async fn audit_log(&self, variables: Value) -> Reply {
        self.gql_as(someone(Role::Support), LOG, variables).await
    }

    pub async fn actions(&self, filter: Value) -> Vec<Value> {
        let reply = self.audit_log(json!({ "filter": filter })).await;
        let nodes = reply.data()["auditLog"]["nodes"]
            .as_array()
            .unwrap()
            .clone();
        nodes.iter().map(|node| node["action"].clone()).collect()
    }
}

on_both_databases! {
    async fn support_and_admins_read_it_and_nobody_else(app: TestApp) {
        app.record(&updates(1)).await;
        let document = "{ auditLog { nodes { action } totalCount } }";
        assert_eq!(app.gql(document, json!({})).await.error_code(), "UNAUTHENTICATED");
        assert_eq!(app.gql_as(someone(Role::Customer), document, json!({})).await.error_code(), "FORBIDDEN");
        for actor in [someone(Role::Support), admin()] {
            let reply = app.gql_as(actor, document, json!({})).await;
            assert_eq!(reply.data()["auditLog"]["totalCount"], 1);
            assert_eq!(reply.statements, 2);
        }
    }

    async fn pages_come_newest_first_in_one_statement(app: TestApp) {
        for price in 0..5 {
            app.record(&[Entry::new("product.update", "product", Uuid::from_u128(7)).change("price", price, price + 1)]).await;
        }
        let first = app.audit_log(json!({ "first": 2 })).await;
        assert_eq!(first.statements, 1);
        let log = &first.data()["auditLog"];
        let prices = |log: &Value| log["nodes"].as_array().unwrap().iter().map(|node| node["before"]["price"].clone()).collect::<Vec<_>>();
        assert_eq!(prices(log), [4, 3]);
        assert_eq!(log["nodes"][0]["sequence"], 5);
        assert_eq!(log["nodes"][0]["after"], json!({ "price": 5 }));
        let rest = app.audit_log(json!({ "first": 20, "after": log["pageInfo"]["endCursor"] })).await;
        assert_eq!(prices(&rest.data()["auditLog"]), [2, 1, 0]);
        assert_eq!(rest.statements, 1);
        let other = app.audit_log(json!({ "after": "nonsense" })).await;
        assert_eq!(other.error_code(), "VALIDATION_ERROR");
    }

    async fn it_is_narrowed_by_whatever_is_asked_for(app: TestApp) {
        let shop = entity::ids::SellerId::generate();
        app.record(&[Entry::new("product.update", "product", Uuid::from_u128(1)).of_shop(shop).is("name", "Mug")]).await;
        app.record(&[Entry::named("queue.pause", "queue", "events").is("paused", true)]).await;
        let all = app.audit_log(json!({})).await;
        let nodes = &all.data()["auditLog"]["nodes"];
        let (product, time) = (&nodes[1], &nodes[0]["occurredAt"]);
        assert_eq!((&nodes[0]["entityId"], &nodes[0]["actor"], &nodes[0]["requestId"]), (&json!("events"), &json!("SYSTEM"), &json!("a-request")));
        assert_eq!(product["entityId"], "product_00000000000000000000000001");
        assert!(product["sellerId"].as_str().unwrap().starts_with("seller_"), "{product}");
        for (filter, expected) in [
            (json!({ "entityId": product["entityId"] }), vec!["product.update"]),
            (json!({ "entityId": "events" }), vec!["queue.pause"]),
            (json!({ "entityType": "queue" }), vec!["queue.pause"]),
            (json!({ "action": "product.update" }), vec!["product.update"]),
            (json!({ "sellerId": product["sellerId"] }), vec!["product.update"]),
            (json!({ "sellerId": product["sellerId"], "entityType": "queue" }), vec![]),
            (json!({ "accountId": "author_00000000000000000000000001" }), vec![]),
            (json!({ "since": "2000-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z" }), vec!["queue.pause", "product.update"]),
            (json!({ "since": "2100-01-01T00:00:00Z" }), vec![]),
            (json!({ "until": "2000-01-01T00:00:00Z" }), vec![]),
        ] {
            assert_eq!(app.actions(filter.clone()).await, expected, "{filter}");
        }
        assert!(app.actions(json!({ "since": time })).await.contains(&json!("queue.pause")));
        assert!(!app.actions(json!({ "until": time })).await.contains(&json!("queue.pause")));
        let wrong = app.audit_log(json!({ "filter": { "sellerId": product["entityId"] } })).await;
        assert_eq!(wrong.error_code(), "VALIDATION_ERROR");
    }
}
