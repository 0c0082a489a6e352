//! `tradewind documents check`, for the builds of frontends.

use super::trusted::write;
use crate::support::{TestDatabase, tradewind};
use serde_json::{Value, json};
use std::path::PathBuf;

/// Checks this manifest, and returns the exit code and what was printed.
fn check(manifest: &Value) -> (Option<i32>, String, String) {
    let folder = tempfile::tempdir().unwrap();
    let path: PathBuf = folder.path().join("documents.json");
    write(&path, manifest);
    // It opens no database, so there need not be any.
    let database = TestDatabase::empty_sqlite();
    let mut command = tradewind(
        &database,
        &[("DATABASE_URL", "sqlite:///no/such/folder/a.db")],
    );
    let output = command
        .args(["documents", "check"])
        .arg(&path)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (
        output.status.code(),
        text(output.stdout),
        text(output.stderr),
    )
}

#[test]
fn what_fits_is_said_to_fit() {
    let manifest = json!({
        "a": "query A($id: ID!, $first: Int! = 3) { node(id: $id) { id } products(first: $first) { nodes { id } } }",
        "b": "query B { __typename } query C { __schema { description } }",
        "c": "mutation D($input: SessionCreateInput!) { sessionCreate(input: $input) { accessToken } }",
    });
    let (code, printed, error) = check(&manifest);
    assert_eq!(code, Some(0), "{printed}{error}");
    assert!(printed.contains("3 documents fit"), "{printed}");
}

#[test]
fn what_does_not_is_named() {
    let deep = format!("{{ a {}b{} }}", "{ a ".repeat(30), " }".repeat(30));
    let manifest = json!({
        "good": "query A { __typename }",
        "unknown": "query B { nonsense }",
        "broken": "query C {",
        "second": "query D { __typename } query E($a: Nonsense) { __typename @include(if: $a) }",
        "unused": "query F($a: Int) { __typename }",
        "deep": deep,
    });
    let (code, printed, error) = check(&manifest);
    assert_eq!(code, Some(1), "{printed}{error}");
    assert!(error.contains("5 of 6 documents"), "{error}");
    for id in ["unknown", "broken", "second", "unused", "deep"] {
        assert!(printed.contains(&format!("{id} in ")), "{id}: {printed}");
    }
    assert!(printed.contains("GRAPHQL_MAX_DEPTH"), "{printed}");
}
