//! The binary itself: starting, refusing to start, and stopping.

use crate::support::{Server, TestDatabase, tradewind};
use base64::Engine;
use serde_json::json;
use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::Output,
    time::{Duration, Instant},
};

#[test]
fn it_migrates_and_says_where_to_look() {
    let database = TestDatabase::empty_sqlite();
    let server = Server::start(&database, &[]);
    assert!(server.get("/health/ready").contains(" 200 "));
    server.signal("-TERM");
    let graphiql = format!("GraphiQL: http://{}/graphiql", server.address);
    let (code, printed) = server.output();
    assert_eq!(code, Some(0), "{printed}");
    assert!(printed.contains(&graphiql), "{printed}");
}

#[test]
fn in_production_it_waits_for_migrations_and_logs_json() {
    let database = TestDatabase::empty_sqlite();
    let server = Server::start(
        &database,
        &[
            ("TRADEWIND_ENV", "production"),
            ("JWT_PRIVATE_KEY", &private_key()),
            ("FACTOR_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
            ("PAYMENTS_SANDBOX_IN_PRODUCTION", "true"),
        ],
    );
    assert!(server.get("/health/ready").contains(" 503 "));
    server.get("/nonsense?token=s3cret");
    server.send(
        "POST /graphql HTTP/1.1\r\ncontent-type: application/json\r\ncookie: tradewind_refresh=s3cret",
        r#"{"query":"query Shop { __typename }","variables":{"password":"s3cret"}}"#,
    );
    server.signal("-TERM");
    let (code, printed) = server.output();
    assert_eq!(code, Some(0), "{printed}");
    assert!(printed.contains("tradewind migrate up"), "{printed}");
    assert!(!printed.contains("s3cret"), "{printed}");
    let lines: Vec<serde_json::Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).expect("every line is JSON"))
        .filter(|line: &serde_json::Value| line["message"] == "request")
        .collect();
    let [probe, unknown, graphql] = &lines[..] else {
        panic!("a line for each request but for probes that fare well: {lines:?}")
    };
    assert_eq!(
        (&unknown["path"], &unknown["status"]),
        (&json!("/nonsense"), &json!(404))
    );
    assert_eq!(
        (&graphql["path"], &graphql["operation"]),
        (&json!("/graphql"), &json!("Shop"))
    );
    assert_eq!(
        (&probe["level"], &probe["status"]),
        (&json!("WARN"), &json!(503))
    );
    for line in lines {
        assert!(
            line["duration_ms"].is_number() && line["request_id"].is_string(),
            "{line}"
        );
        assert!(
            line["statements"].is_number() && line["db_ms"].is_number(),
            "{line}"
        );
    }
}

/// An Ed25519 private key that opens nothing.
fn private_key() -> String {
    // What stands before the key's 32 bytes in PKCS #8.
    let mut der = hex(b"302e020100300506032b657004220420");
    der.extend([7; 32]);
    let text = base64::engine::general_purpose::STANDARD.encode(der);
    format!("-----BEGIN PRIVATE KEY-----\n{text}\n-----END PRIVATE KEY-----\n")
}

fn hex(digits: &[u8]) -> Vec<u8> {
    digits
        .chunks(2)
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
        .collect()
}

#[test]
fn a_request_under_way_is_answered_and_nobody_else_is_waited_for() {
    let database = TestDatabase::empty_sqlite();
    let server = Server::start(&database, &[]);
    let never_used = server.connect();
    let mut begun = server.connect();
    begun
        .write_all(b"POST /graphql HTTP/1.1\r\nhost: te")
        .unwrap();

    let mut idle = server.connect();
    idle.write_all(b"GET /health HTTP/1.1\r\nhost: test\r\n\r\n")
        .unwrap();
    let mut buffer = [0; 4_096];
    assert!(idle.read(&mut buffer).unwrap() > 0);

    let body = br#"{"query":"{ __typename }"}"#;
    let mut under_way = server.connect();
    write!(
        under_way,
        "POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    )
    .unwrap();
    under_way.write_all(&body[..10]).unwrap();
    std::thread::sleep(Duration::from_millis(200));

    server.signal("-TERM");
    std::thread::sleep(Duration::from_millis(200));
    assert!(
        TcpStream::connect(server.address).is_err(),
        "it still accepts connections"
    );
    under_way.write_all(&body[10..]).unwrap();
    let mut answer = String::new();
    under_way.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    assert!(answer.contains(r#""__typename":"Query""#), "{answer}");

    let answered = Instant::now();
    let (code, printed) = server.output();
    assert_eq!(code, Some(0), "{printed}");
    let waited = answered.elapsed();
    assert!(
        waited < Duration::from_secs(2),
        "it waited {waited:?} for idle connections"
    );
    drop((never_used, begun, idle));
}

#[test]
fn a_request_that_does_not_end_is_given_up() {
    let database = TestDatabase::empty_sqlite();
    let server = Server::start(&database, &[("SHUTDOWN_TIMEOUT_MS", "300")]);
    let mut endless = server.connect();
    endless
        .write_all(b"POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{")
        .unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let asked = Instant::now();
    server.signal("-INT");
    let (code, printed) = server.output();
    assert_eq!(code, Some(0), "{printed}");
    let waited = asked.elapsed();
    assert!(
        waited >= Duration::from_millis(250) && waited < Duration::from_secs(3),
        "{waited:?}"
    );
}

/// It ends with one sentence that names the setting.
#[track_caller]
fn assert_says(output: &Output, setting: &str, what: &str) {
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert_eq!(text.trim_end().lines().count(), 1, "{text}");
    assert!(
        text.starts_with("error: ") && text.contains(setting),
        "{text}"
    );
    assert!(text.contains(what), "{text}");
    assert!(output.stdout.is_empty());
}

#[test]
fn it_says_what_is_wrong_with_its_settings() {
    let database = TestDatabase::empty_sqlite();
    for (settings, setting, what) in [
        (
            &[("DATABASE_URL", "mysql://localhost/shop")][..],
            "DATABASE_URL",
            "sqlite://tradewind.db",
        ),
        (
            &[("DATABASE_URL", "sqlite:///no/such/folder/shop.db")],
            "DATABASE_URL",
            "folder exists",
        ),
        (
            &[("DATABASE_URL", "postgres://127.0.0.1:1/shop")],
            "DATABASE_URL",
            "does not answer",
        ),
        (
            &[("TRADEWIND_ENV", "production")],
            "JWT_PRIVATE_KEY",
            "openssl genpkey",
        ),
        (
            &[("JWT_PRIVATE_KEY", "nonsense")],
            "JWT_PRIVATE_KEY",
            "openssl genpkey",
        ),
        (&[("FACTOR_KEY", "nonsense")], "FACTOR_KEY", "openssl rand"),
        (&[("LOG_LEVEL", "tradewind=loud")], "LOG_LEVEL", "debug"),
        (
            &[("LISTEN", "203.0.113.1:8000")],
            "LISTEN",
            "address of this machine",
        ),
    ] {
        let output = tradewind(&database, &[("LISTEN", "127.0.0.1:0")])
            .envs(settings.iter().copied())
            .output()
            .unwrap();
        assert_says(&output, setting, what);
    }
    assert!(!path_of(&database).exists(), "a database was made");
}

/// A shop that is open for real takes real money, or is told that it is a show.
#[test]
fn in_production_the_sandbox_is_refused_unless_it_is_meant() {
    let database = TestDatabase::empty_sqlite();
    let key = private_key();
    let output = tradewind(
        &database,
        &[
            ("LISTEN", "127.0.0.1:0"),
            ("TRADEWIND_ENV", "production"),
            ("JWT_PRIVATE_KEY", &key),
            ("FACTOR_KEY", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="),
        ],
    )
    .output()
    .unwrap();
    assert_says(
        &output,
        "PAYMENT_PROVIDER",
        "PAYMENTS_SANDBOX_IN_PRODUCTION=true",
    );
    assert!(!path_of(&database).exists(), "a database was made");
}

#[test]
fn a_port_in_use_is_said_before_anything_is_written() {
    let database = TestDatabase::empty_sqlite();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = tradewind(&database, &[("LISTEN", &address)])
        .output()
        .unwrap();
    assert_says(&output, "LISTEN", &address);
    assert!(!path_of(&database).exists(), "a database was made");
}

fn path_of(database: &TestDatabase) -> std::path::PathBuf {
    database.url.trim_start_matches("sqlite://").into()
}
