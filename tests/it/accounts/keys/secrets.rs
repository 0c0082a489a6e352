//! Keys, for the test that looks for what must stand nowhere.

use super::{CREATE, REVOKE};
use crate::support::{TestApp, Watch};
use serde_json::json;
use tradewind::caller::Role;

/// Makes keys, uses them, sends one that is wrong by a letter, and revokes one.
pub(in crate::accounts) async fn run(watch: &mut Watch, app: &TestApp) {
    let holder = app.holder("keys@example.com", Role::Customer).await;
    let input = json!({ "input": { "name": "Till", "scopes": ["CATALOGUE_READ"] } });
    // The header is of no use, and must not have the answer kept.
    let mut made = Vec::new();
    for _ in 0..2 {
        let reply = app
            .gql_keyed(holder, "key-0001", CREATE, input.clone())
            .await;
        made.push(reply.done().clone());
    }
    assert_ne!(made[0]["secret"], made[1]["secret"]);
    for key in &made {
        let secret = key["secret"].as_str().unwrap();
        assert_eq!(app.status_by_key(secret).await, 200);
        // What stands before it names the key, and is shown.
        watch.secret("a key", &secret[12..]);
    }
    let wrong = format!("{}x", made[0]["secret"].as_str().unwrap());
    app.status_by_key(&wrong).await;
    let id = &made[0]["apiKey"]["id"];
    app.mutate(holder, REVOKE, json!({ "id": id })).await.done();
    app.deliver().await;
    for hash in app.column::<String>("SELECT hash FROM api_key").await {
        watch.kept("a key's hash", hash, "api_key");
    }
}
