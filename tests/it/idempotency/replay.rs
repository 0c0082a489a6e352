//! Over HTTP: the same again is answered from what was done, and nothing else is taken for the same.

use super::{FINISHED, KEYS, PAUSE};
use crate::support::TestApp;
use crate::support::admin;
use axum::http::StatusCode;
use serde_json::{Value, json};

const BY_DIRECTIVE: &str = "mutation ($key: String!, $input: QueuePauseInput!) {
    queuePause(input: $input) @idempotent(key: $key) { queue { name } }
}";

on_both_databases! {
    async fn the_same_again_is_read_anew_and_not_done_again(app: TestApp) {
        let first = app.gql_keyed(admin(), "a", PAUSE, json!({})).await;
        assert_eq!(first.data()["queuePause"]["queue"]["name"], "default");
        assert_eq!(first.body["extensions"]["idempotency"], json!({ "replayed": false, "replayedFields": [] }));

        app.gql_as(admin(), "mutation { queueResume(input: { name: \"default\" }) { queue { name } } }", json!({})).await.data();
        let other = "mutation { again: queuePause(input: { name: \"default\" }) { queue { pausedAt waiting } userErrors { code } } }";
        let again = app.gql_keyed(admin(), "a", other, json!({})).await;
        let expected = json!({ "again": { "queue": { "pausedAt": null, "waiting": 0 }, "userErrors": [] } });
        assert_eq!(*again.data(), expected, "it was resumed since, and is not paused again");
        assert_eq!(again.body["extensions"]["idempotency"], json!({ "replayed": true, "replayedFields": ["again"] }));

        // Whether by header or directive, with variables or without.
        let variables = json!({ "key": "a", "input": { "name": "default" } });
        let directive = app.gql_as(admin(), BY_DIRECTIVE, variables).await;
        assert_eq!(directive.body["extensions"]["idempotency"]["replayed"], true, "{}", directive.body);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM job_queue WHERE paused_at IS NOT NULL").await, 0);
        assert_eq!(app.value::<i64>(KEYS).await, 1);
    }

    /// What the queue is and who may see it is read after the mutation, in one statement.
    async fn a_key_costs_two_statements_and_a_replay_too(app: TestApp) {
        // From here on it is paused, so that there is nothing to be audited.
        app.gql_as(admin(), PAUSE, json!({})).await.data();
        let plain = app.gql_as(admin(), PAUSE, json!({})).await;
        let first = app.gql_keyed(admin(), "a", PAUSE, json!({})).await;
        let again = app.gql_keyed(admin(), "a", PAUSE, json!({})).await;
        let refused = app.gql_keyed(admin(), "a", "mutation { queuePause(input: { name: \"imports\" }) { queue { name } } }", json!({})).await;
        let counts = [&plain, &first, &again, &refused].map(|reply| reply.statements);
        assert_eq!(counts, [2, 4, 3, 2]);
    }

    async fn other_input_other_mutation_and_other_times_are_something_else(app: TestApp) {
        app.gql_keyed(admin(), "a", PAUSE, json!({})).await.data();
        let variables = json!({ "key": "a", "input": { "name": "imports" } });
        let reused = app.gql_as(admin(), BY_DIRECTIVE, variables.clone()).await;
        assert_eq!(reused.error_code(), "IDEMPOTENCY_KEY_REUSED");
        assert_eq!(reused.status, StatusCode::CONFLICT);
        assert_eq!(reused.header("retry-after"), None);

        let resume = PAUSE.replace("queuePause", "queueResume");
        let other = app.gql_keyed(admin(), "a", &resume, json!({})).await;
        assert_eq!(other.body["extensions"]["idempotency"]["replayed"], false);
        assert_eq!(app.value::<i64>(FINISHED).await, 2);

        app.let_keys_expire().await;
        let later = app.gql_as(admin(), BY_DIRECTIVE, variables).await;
        assert_eq!(later.body["extensions"]["idempotency"]["replayed"], false, "{}", later.body);
        assert_eq!(app.value::<i64>(KEYS).await, 2);
    }

    async fn each_field_of_a_document_has_a_key_of_its_own(app: TestApp) {
        let document = r#"mutation ($input: QueuePauseInput!) {
            a: queuePause(input: $input) @idempotent(key: "a") { queue { name } }
            b: queueResume(input: { name: "default" }) { queue { name } }
            ...C
        }
        fragment C on Mutation { c: queuePause(input: { name: "imports" }) @idempotent(key: "c") { queue { name } } }"#;
        let variables = json!({ "input": { "name": "default" } });
        app.gql_as(admin(), &document.replace("\"c\"", "\"d\""), variables.clone()).await.data();
        let again = app.gql_as(admin(), document, variables).await;
        again.data();
        assert_eq!(again.body["extensions"]["idempotency"], json!({ "replayed": true, "replayedFields": ["a"] }));
    }

    async fn a_new_server_on_the_same_database_knows_the_keys(app: TestApp) {
        app.gql_keyed(admin(), "a", PAUSE, json!({})).await.data();
        let app = TestApp::on_database(app.database, &[]).await;
        let again = app.gql_keyed(admin(), "a", PAUSE, json!({})).await;
        assert_eq!(again.body["extensions"]["idempotency"]["replayed"], true);
    }

    async fn what_failed_is_not_kept(app: TestApp) {
        let retry = "mutation ($id: ID!) { jobRetry(input: { id: $id }) { job { id } userErrors { code } } }";
        for _ in 0..2 {
            let failed = app.gql_keyed(admin(), "a", retry, json!({ "id": "job_01h455vb4pex5vsknk084sn02q" })).await;
            assert_eq!(failed.data()["jobRetry"]["userErrors"][0]["code"], "NOT_FOUND");
            assert_eq!(failed.body["extensions"]["idempotency"], Value::Null);
        }
        let mended = app.gql_keyed(admin(), "a", retry, json!({ "id": "job_01h455vb4pex5vsknk084sn02r" })).await;
        assert_eq!(mended.data()["jobRetry"]["userErrors"][0]["code"], "NOT_FOUND");
        assert_eq!(app.value::<i64>(KEYS).await, 0);
    }

    async fn whoever_may_not_do_it_leaves_no_key(app: TestApp) {
        let refused = app.gql_keyed(tradewind::caller::Actor::Anonymous, "0123456789abcdef", PAUSE, json!({})).await;
        assert_eq!(refused.error_code(), "UNAUTHENTICATED");
        assert_eq!(refused.statements, 0);
    }
}
