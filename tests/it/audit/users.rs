//! What rooms write down of what is done.

use crate::{
    jobs::kinds::Note,
    support::{TestApp, admin},
};
use serde_json::json;

on_both_databases! {
    async fn who_steers_jobs_and_queues_is_known(app: TestApp) {
        app.enqueue(Note("x".to_owned())).await;
        let reply = app.gql_as(admin(), "{ jobs { nodes { id } } }", json!({})).await;
        let id = reply.data()["jobs"]["nodes"][0]["id"].clone();
        for document in [
            "mutation ($id: ID!) { jobRetry(input: { id: $id }) { userErrors { code } } }",
            "mutation ($id: ID!) { jobDiscard(input: { id: $id }) { userErrors { code } } }",
            // Refused, so there is nothing to tell of.
            "mutation ($id: ID!) { jobDiscard(input: { id: $id }) { userErrors { code } } }",
        ] {
            app.gql_as(admin(), document, json!({ "id": id })).await.data();
        }
        for field in ["queuePause", "queuePause", "queueResume", "queueResume"] {
            let document = format!("mutation {{ {field}(input: {{ name: \"events\" }}) {{ userErrors {{ code }} }} }}");
            app.gql_as(admin(), &document, json!({})).await.data();
        }
        let actions = ["queue.resume", "queue.pause", "job.discard", "job.retry"];
        assert_eq!(app.actions(json!({})).await, actions);
        assert_eq!(app.actions(json!({ "entityId": id })).await, actions[2..]);
        let log = app.audit_log(json!({ "filter": { "accountId": "author_00000000000000000000000001" } })).await;
        let entry = &log.data()["auditLog"]["nodes"][1];
        assert_eq!((&entry["actor"], &entry["role"]), (&json!("PERSON"), &json!("ADMIN")));
        assert_eq!((&entry["before"], &entry["after"]), (&json!({ "paused": false }), &json!({ "paused": true })));
    }
}
