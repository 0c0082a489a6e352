//! What admins see of jobs, and what others do not.

use super::kinds::{Faulty, Note, Once};
use crate::support::{TestApp, admin, someone};
use serde_json::{Value, json};
use std::time::Duration;
use tradewind::caller::Role;

const PATIENCE: Duration = Duration::from_secs(20);

const JOBS: &str = "query ($filter: JobFilter, $first: Int, $after: String) {
    jobs(filter: $filter, first: $first, after: $after) {
        totalCount
        pageInfo { hasNextPage endCursor }
        nodes { id kind queue state priority attempts maxAttempts payload progress lastError worker createdAt startedAt finishedAt }
    }
}";

impl TestApp {
    async fn as_admin(&self, document: &str, variables: Value) -> crate::support::Reply {
        self.gql_as(admin(), document, variables).await
    }

    async fn dead_letter(&self) -> String {
        self.enqueue(Faulty::IsWrong).await;
        let worker = self.work();
        self.until("SELECT count(*) FROM job WHERE state = 'DEAD'", 1)
            .await;
        worker.stop(PATIENCE).await;
        let reply = self.as_admin("{ jobs { nodes { id } } }", json!({})).await;
        reply.data()["jobs"]["nodes"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }
}

on_both_databases! {
    async fn nobody_else_sees_or_steers_anything(app: TestApp) {
        app.enqueue(Note("secret".to_owned())).await;
        let reply = app.as_admin("{ jobs { nodes { id } } }", json!({})).await;
        let id = reply.data()["jobs"]["nodes"][0]["id"].as_str().unwrap();
        for document in [
            "{ jobs { nodes { id } } }".to_owned(),
            "{ queues { name } }".to_owned(),
            format!("{{ job(id: \"{id}\") {{ id }} }}"),
            format!("mutation {{ jobRetry(input: {{ id: \"{id}\" }}) {{ userErrors {{ code }} }} }}"),
            format!("mutation {{ jobDiscard(input: {{ id: \"{id}\" }}) {{ userErrors {{ code }} }} }}"),
            "mutation { queuePause(input: { name: \"default\" }) { userErrors { code } } }".to_owned(),
            "mutation { queueResume(input: { name: \"default\" }) { userErrors { code } } }".to_owned(),
        ] {
            assert_eq!(app.gql(&document, json!({})).await.error_code(), "UNAUTHENTICATED", "{document}");
            let customer = someone(Role::Customer);
            assert_eq!(app.gql_as(customer, &document, json!({})).await.error_code(), "FORBIDDEN", "{document}");
        }
        let node = format!("{{ node(id: \"{id}\") {{ id }} }}");
        assert_eq!(app.gql(&node, json!({})).await.error_code(), "NOT_FOUND");
        assert_eq!(app.as_admin(&node, json!({})).await.data()["node"]["id"], id);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM job WHERE state = 'WAITING'").await, 1);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM job_queue").await, 0);
    }

    async fn admins_see_jobs_page_by_page(app: TestApp) {
        for number in 0..5 {
            app.enqueue(Note(number.to_string())).await;
        }
        let first = app.as_admin(JOBS, json!({ "first": 2 })).await;
        assert_eq!(first.statements, 2);
        let jobs = &first.data()["jobs"];
        assert_eq!(jobs["totalCount"], 5);
        assert_eq!(jobs["nodes"][0]["payload"], "4");
        assert_eq!(jobs["nodes"][0]["state"], "WAITING");
        let after = &jobs["pageInfo"]["endCursor"];
        let second = app.as_admin(JOBS, json!({ "first": 20, "after": after })).await;
        let payloads: Vec<_> = second.data()["jobs"]["nodes"].as_array().unwrap().iter().map(|job| &job["payload"]).collect();
        assert_eq!(payloads, ["2", "1", "0"]);
        for (filter, expected) in [
            (json!({ "queue": "default", "kind": "test.note", "states": ["WAITING", "DEAD"] }), 5),
            (json!({ "queue": "imports" }), 0),
            (json!({ "kind": "test.other" }), 0),
            (json!({ "states": ["RUNNING", "DONE", "DISCARDED"] }), 0),
            (json!({ "states": [] }), 0),
        ] {
            let reply = app.as_admin(JOBS, json!({ "filter": filter })).await;
            assert_eq!(reply.data()["jobs"]["totalCount"], expected, "{filter}");
        }
    }

    async fn a_dead_letter_is_retried(app: TestApp) {
        let id = app.dead_letter().await;
        let retry = "mutation ($id: ID!) { jobRetry(input: { id: $id }) { job { state attempts lastError } userErrors { code field message } } }";
        let reply = app.as_admin(retry, json!({ "id": id })).await;
        let payload = &reply.data()["jobRetry"];
        assert_eq!(payload["job"]["state"], "WAITING");
        assert_eq!(payload["job"]["attempts"], 0);
        assert_eq!(payload["job"]["lastError"], "payload.name: There is no such name.");
        assert_eq!(payload["userErrors"], json!([]));
        app.execute("UPDATE job SET state = 'DONE', finished_at = created_at").await;
        let reply = app.as_admin(retry, json!({ "id": id })).await;
        assert_eq!(reply.data()["jobRetry"]["job"], Value::Null);
        assert_eq!(reply.data()["jobRetry"]["userErrors"][0]["code"], "CONFLICT");
        let unknown = "job_01h455vb4pex5vsknk084sn02q";
        let reply = app.as_admin(retry, json!({ "id": unknown })).await;
        let error = &reply.data()["jobRetry"]["userErrors"][0];
        assert_eq!((&error["code"], &error["field"]), (&json!("NOT_FOUND"), &json!(["id"])));
        let reply = app.as_admin(retry, json!({ "id": "product_01h455vb4pex5vsknk084sn02q" })).await;
        assert_eq!(reply.error_code(), "VALIDATION_ERROR");
    }

    async fn retrying_does_not_make_twins(app: TestApp) {
        let once = || Once { text: "x".to_owned(), group: None, millis: 0 };
        app.enqueue(once()).await;
        app.execute("UPDATE job SET state = 'DEAD', finished_at = created_at").await;
        app.enqueue(once()).await;
        let dead = app.as_admin(JOBS, json!({ "filter": { "states": ["DEAD"] } })).await;
        let id = &dead.data()["jobs"]["nodes"][0]["id"];
        let retry = "mutation ($id: ID!) { jobRetry(input: { id: $id }) { job { id } userErrors { code message } } }";
        let reply = app.as_admin(retry, json!({ "id": id })).await;
        let error = &reply.data()["jobRetry"]["userErrors"][0];
        assert_eq!(error["code"], "CONFLICT");
        assert!(error["message"].as_str().unwrap().contains("unique key"), "{error}");
    }

    async fn a_job_that_runs_is_discarded_and_stopped(app: TestApp) {
        let app = app.with_effects().await;
        app.enqueue(Once { text: "long".to_owned(), group: None, millis: 600_000 }).await;
        let worker = app.work();
        app.until("SELECT count(*) FROM job WHERE state = 'RUNNING'", 1).await;
        let running = app.as_admin(JOBS, json!({})).await;
        let id = &running.data()["jobs"]["nodes"][0]["id"];
        let discard = "mutation ($id: ID!) { jobDiscard(input: { id: $id }) { job { state finishedAt } userErrors { code } } }";
        let reply = app.as_admin(discard, json!({ "id": id })).await;
        assert_eq!(reply.data()["jobDiscard"]["job"]["state"], "DISCARDED");
        let again = app.as_admin(discard, json!({ "id": id })).await;
        assert_eq!(again.data()["jobDiscard"]["userErrors"][0]["code"], "CONFLICT");
        // It has lost its lease, so it cannot hold up the end.
        worker.stop(Duration::ZERO).await;
        assert_eq!(app.value::<String>("SELECT state FROM job").await, "DISCARDED");
    }

    async fn a_queue_that_is_paused_begins_nothing(app: TestApp) {
        let app = app.with_effects().await;
        let pause = "mutation { queuePause(input: { name: \"default\" }) { queue { name pausedAt waiting } userErrors { code } } }";
        let reply = app.as_admin(pause, json!({})).await;
        let since = reply.data()["queuePause"]["queue"]["pausedAt"].clone();
        assert!(since.is_string(), "{:#}", reply.body);
        let worker = app.work();
        app.enqueue(Note("held".to_owned())).await;
        tokio::time::sleep(Duration::from_millis(1_500)).await;
        assert!(app.effects().await.is_empty());
        let again = app.as_admin(pause, json!({})).await;
        let queue = &again.data()["queuePause"]["queue"];
        assert_eq!((&queue["pausedAt"], &queue["waiting"]), (&since, &json!(1)));

        let queues = app.as_admin("{ queues { name pausedAt waiting running dead oldestSeconds } }", json!({})).await;
        assert_eq!(queues.statements, 1);
        let names: Vec<_> = queues.data()["queues"].as_array().unwrap().iter().map(|queue| &queue["name"]).collect();
        assert_eq!(names, ["default", "events", "imports", "maintenance", "sagas"]);
        let queue = &queues.data()["queues"][0];
        assert!(queue["oldestSeconds"].as_f64().unwrap() >= 1.0, "{queue}");
        let metrics = app.send(axum::http::Request::get("/metrics").body(axum::body::Body::empty()).unwrap()).await;
        let text = metrics.body.as_str().unwrap();
        assert!(text.contains("jobs_depth{queue=\"default\",state=\"waiting\"}"), "{text}");
        assert!(text.contains("jobs_oldest_seconds{queue=\"default\"}"), "{text}");

        let resume = "mutation { queueResume(input: { name: \"default\" }) { queue { pausedAt } userErrors { code } } }";
        let reply = app.as_admin(resume, json!({})).await;
        assert_eq!(reply.data()["queueResume"]["queue"]["pausedAt"], Value::Null);
        app.until_done().await;
        worker.stop(PATIENCE).await;
        assert_eq!(app.effects().await, ["held"]);
        let unknown = "mutation { queuePause(input: { name: \"nope\" }) { userErrors { code field } } }";
        let reply = app.as_admin(unknown, json!({})).await;
        assert_eq!(reply.data()["queuePause"]["userErrors"][0], json!({ "code": "NOT_FOUND", "field": ["name"] }));
    }
}
