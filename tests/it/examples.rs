//! The documents that GraphiQL opens with run on the demo catalogue, as they stand.

use crate::support::TestApp;
use serde_json::{Value, json};
use std::{fs, path::Path};

on_both_databases! {
    async fn every_example_finds_something(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("web/examples");
        let mut ran = 0;
        for entry in fs::read_dir(folder).unwrap().flatten() {
            let path = entry.path();
            if path.extension().is_none_or(|extension| extension != "graphql") {
                continue;
            }
            let document = fs::read_to_string(&path).unwrap();
            let variables = fs::read_to_string(path.with_extension("variables.json"))
                .map_or_else(|_| json!({}), |text| serde_json::from_str(&text).unwrap());
            let reply = app.gql(&document, variables).await;
            assert!(holds_something(reply.data()), "{}: {:#}", path.display(), reply.body);
            assert!(reply.statements <= 14, "{}: {} statements", path.display(), reply.statements);
            ran += 1;
        }
        assert!(ran >= 6, "the examples are found");
    }
}

/// Whether every root field has an object in it, or a list that is not empty.
fn holds_something(data: &Value) -> bool {
    data.as_object().unwrap().values().all(|field| match field {
        Value::Object(object) => object.get("nodes").is_none_or(|nodes| nodes != &json!([])),
        Value::Array(_) => true,
        _ => false,
    })
}
