//! The binary with trusted documents: refusing to start with broken ones, and reading them again while it runs.

use super::{hash, trusted::write};
use crate::support::{Server, TestDatabase, tradewind};
use serde_json::{Value, json};
use std::{
    path::Path,
    time::{Duration, Instant},
};

const OLD: &str = "query Old { old: __typename }";
const NEW: &str = "query New { new: __typename }";

fn settings(path: &Path) -> [(&str, &str); 2] {
    [
        ("GRAPHQL_TRUSTED_MODE", "require"),
        ("GRAPHQL_TRUSTED_DOCUMENTS", path.to_str().unwrap()),
    ]
}

impl Server {
    fn ask(&self, id: &str) -> Value {
        let body = json!({ "documentId": id }).to_string();
        let head = "POST /graphql HTTP/1.1\r\ncontent-type: application/json";
        let answer = self.send(head, &body);
        let (_, body) = answer.split_once("\r\n\r\n").unwrap();
        serde_json::from_str(body).unwrap()
    }

    fn metric(&self, line: &str) -> Option<u64> {
        let metrics = self.get("/metrics");
        let value = metrics.lines().find_map(|found| found.strip_prefix(line))?;
        value.trim().parse().ok()
    }

    /// Waits until so many readings ended so.
    fn wait_for_reloads(&self, outcome: &str, times: u64) {
        let line = format!("graphql_trusted_reloads_total{{outcome=\"{outcome}\"}}");
        let began = Instant::now();
        while self.metric(&line).unwrap_or(0) < times {
            assert!(began.elapsed() < Duration::from_secs(30), "{line}");
            std::thread::sleep(Duration::from_millis(50));
        }
    }
}

#[test]
fn a_manifest_is_read_again_when_it_changes_and_on_a_signal() {
    let database = TestDatabase::empty_sqlite();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("persisted-documents.json");
    write(&path, &json!({ hash(OLD): OLD }));
    let server = Server::start(&database, &settings(&path));
    assert_eq!(server.ask(&hash(OLD))["data"]["old"], "Query");
    assert_eq!(
        server.ask(&hash(NEW))["errors"][0]["extensions"]["code"],
        "DOCUMENT_NOT_TRUSTED"
    );

    write(&path, &json!({ hash(NEW): NEW }));
    server.wait_for_reloads("ok", 1);
    assert_eq!(server.ask(&hash(NEW))["data"]["new"], "Query");
    assert_eq!(
        server.ask(&hash(OLD))["errors"][0]["extensions"]["code"],
        "DOCUMENT_NOT_TRUSTED"
    );

    // What is broken changes nothing.
    write(&path, &json!({ hash(OLD): OLD, "bad": "{ nonsense }" }));
    server.wait_for_reloads("failed", 1);
    assert_eq!(server.ask(&hash(NEW))["data"]["new"], "Query");
    // It is not tried over and over, but is when it is asked for.
    server.signal("-HUP");
    server.wait_for_reloads("failed", 2);

    write(&path, &json!({ hash(OLD): OLD }));
    server.wait_for_reloads("ok", 2);
    assert_eq!(server.ask(&hash(OLD))["data"]["old"], "Query");
    server.signal("-TERM");
    let (code, printed) = server.output();
    assert_eq!(code, Some(0), "{printed}");
    assert!(
        printed.contains("bad in ") && printed.contains("nonsense"),
        "{printed}"
    );
}

#[test]
fn a_broken_manifest_fails_the_start() {
    let database = TestDatabase::empty_sqlite();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("persisted-documents.json");
    let start = || {
        let mut command = tradewind(&database, &settings(&path));
        let output = command.env("LISTEN", "127.0.0.1:0").output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(start().contains("persisted-documents.json"));
    std::fs::write(&path, "{").unwrap();
    assert!(start().contains("no JSON object"));
    write(&path, &json!({ "good": OLD, "bad": "{ nonsense }" }));
    let error = start();
    assert!(
        error.contains("1 of 2 documents") && error.contains("bad in "),
        "{error}"
    );

    let output = tradewind(
        &database,
        &[("GRAPHQL_TRUSTED_MODE", "allow"), ("LISTEN", "127.0.0.1:0")],
    )
    .output()
    .unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains("GRAPHQL_TRUSTED_DOCUMENTS"), "{error}");
}
