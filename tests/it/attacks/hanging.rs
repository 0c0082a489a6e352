//! Clients that begin and do not end: others are answered all the same. How long they may hang is tested where connections are.

use super::child::Attacked;
use std::io::Write;

#[test]
fn hundreds_that_hang_keep_nobody_waiting() {
    let attacked = Attacked::start(&[("HTTP_MAX_CONCURRENT_REQUESTS", "16")]);
    let head = "POST /graphql HTTP/1.1\r\nhost: test\r\ncontent-type: application/json\r\n";
    let mut hanging = Vec::new();
    for number in 0..300 {
        let mut stream = attacked.server.connect();
        let begun = match number % 3 {
            0 => "",
            1 => head,
            _ => &format!("{head}content-length: 100000\r\n\r\n{{\"query\":"),
        };
        stream.write_all(begun.as_bytes()).unwrap();
        hanging.push(stream);
    }
    for _ in 0..10 {
        let answer = attacked.server.send(
            "POST /graphql HTTP/1.1\r\ncontent-type: application/json",
            r#"{"query":"{ __typename }"}"#,
        );
        assert!(
            answer.contains(r#"{"data":{"__typename":"Query"}"#),
            "{answer}"
        );
    }
    drop(hanging);
}
