//! What each attack costs a server, over POST and GET.

use super::{
    catalogue::{Attack, Expected, attacks, nested},
    child::{Attacked, Spent, show},
};
use crate::documents::{hash, persisted};
use serde_json::{Value, json};
use std::io::{Read, Write};

/// How often each is sent: the more, the less chance decides.
const TIMES: u32 = 3;
/// What one may cost at most in a build without optimisations on a busy machine, in milliseconds. Optimised the bound is 50.
const MOST_CPU_MS: f64 = 1_000.0;
/// How much larger the server may be after each, in kibibytes. The bound is 20 MB; memory that is kept for reuse comes on top.
const MOST_GROWTH_KIB: f64 = 80.0 * 1_024.0;

impl Attacked {
    fn post(&self, body: &[u8]) -> (u16, String) {
        let head = "POST /graphql HTTP/1.1\r\nhost: test\r\nconnection: close\r\ncontent-type: application/json";
        let mut stream = self.server.connect();
        write!(stream, "{head}\r\ncontent-length: {}\r\n\r\n", body.len()).unwrap();
        // It may refuse before all is there, and close.
        let _ = stream.write_all(body);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        parsed(&String::from_utf8_lossy(&answer))
    }

    fn get(&self, document: &str, variables: &Value) -> (u16, String) {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("query", document)
            .append_pair("variables", &variables.to_string())
            .finish();
        parsed(&self.server.get(&format!("/graphql?{query}")))
    }

    #[track_caller]
    fn is_well(&self, after: &str) {
        let (status, body) = self.post(br#"{"query":"{ __typename }"}"#);
        let begins = r#"{"data":{"__typename":"Query"}"#;
        assert!(
            status == 200 && body.starts_with(begins),
            "after {after}: {status} {body}"
        );
    }

    /// What `work` costs, done several times; it stays within the bounds.
    fn bounded(&self, name: &str, mut work: impl FnMut()) -> Spent {
        let spent = self.spends(|| (0..TIMES).for_each(|_| work()));
        let cpu_ms = spent.cpu_ms / f64::from(TIMES);
        show(&format!(
            "| {name} | {cpu_ms:.1} ms | {:.1} MB |",
            spent.growth_kib / 1_024.0
        ));
        assert!(cpu_ms <= MOST_CPU_MS, "{name}: {cpu_ms} ms");
        assert!(
            spent.growth_kib <= MOST_GROWTH_KIB,
            "{name}: {} KiB",
            spent.growth_kib
        );
        self.is_well(name);
        Spent { cpu_ms, ..spent }
    }
}

/// The status and the body of an answer; an answer that was cut off, since the request was too large to be read, is that.
fn parsed(answer: &str) -> (u16, String) {
    let Some((head, body)) = answer.split_once("\r\n\r\n") else {
        return (413, String::new());
    };
    let status = head
        .split(' ')
        .nth(1)
        .and_then(|status| status.parse().ok());
    (status.expect("a status"), body.to_owned())
}

/// What is wrong with the answer to an attack: it should be refused, in few words, and without repeating what was sent.
fn judged(attack: &Attack, (status, body): &(u16, String)) -> Result<(), String> {
    let must = |holds: bool, what: &str| {
        if holds {
            Ok(())
        } else {
            Err(format!("{what}: {status} {body:.400}"))
        }
    };
    must(
        *status < 500 && !body.contains("INTERNAL_ERROR"),
        "a fault of the server",
    )?;
    let Expected::Refused(says) = attack.expected else {
        return Ok(());
    };
    // Too large to be read, or no address any more.
    if [413, 414, 431].contains(status) {
        return Ok(());
    }
    must(body.len() < 5_000, "much is said")?;
    let answer: Value =
        serde_json::from_str(body).map_err(|error| format!("{error}: {body:.400}"))?;
    let errors = answer["errors"].as_array().map_or(&[][..], Vec::as_slice);
    must((1..=10).contains(&errors.len()), "errors")?;
    let said = errors[0]["message"].as_str().unwrap_or_default();
    must(said.chars().count() <= 320, "a long message")?;
    // A mutation by GET is refused for that.
    must(*status == 405 || said.contains(says), says)
}

#[test]
fn every_attack_is_refused_and_costs_little() {
    let attacked = Attacked::start(&[]);
    attacked.is_well("the start");
    // What is made at the first request is no attack's.
    (0..50).for_each(|_| attacked.is_well("the start"));
    show("| attack | CPU | growth |");
    let mut faults = Vec::new();
    let whole = attacked.spends(|| {
        for attack in attacks() {
            let body = json!({ "query": attack.document, "variables": attack.variables });
            let body = body.to_string();
            attacked.bounded(&format!("{}, POST", attack.name), || {
                let answer = attacked.post(body.as_bytes());
                faults.extend(
                    judged(&attack, &answer)
                        .map_err(|fault| format!("{} by POST: {fault}", attack.name))
                        .err(),
                );
            });
            // Longer ones are no addresses any more.
            if body.len() < 20_000 {
                attacked.bounded(&format!("{}, GET", attack.name), || {
                    let answer = attacked.get(&attack.document, &attack.variables);
                    faults.extend(
                        judged(&attack, &answer)
                            .map_err(|fault| format!("{} by GET: {fault}", attack.name))
                            .err(),
                    );
                });
            }
        }
    });
    show(&format!(
        "| all | {:.0} ms | {:.1} MB |",
        whole.cpu_ms,
        whole.growth_kib / 1_024.0
    ));
    faults.dedup();
    assert!(faults.is_empty(), "\n{}\n", faults.join("\n"));
    assert!(whole.growth_kib <= 2.0 * MOST_GROWTH_KIB, "{whole:?}");
}

#[test]
fn bodies_that_are_no_requests_cost_little() {
    let attacked = Attacked::start(&[]);
    attacked.is_well("the start");
    let one = r#"{"query":"{ __typename }"}"#;
    let batch = |times: usize| format!("[{}]", vec![one; times].join(","));
    let with =
        |variables: &str| format!(r#"{{"query":"{{ __typename }}","variables":{variables}}}"#);
    let digits = "9".repeat(5_000);
    let mut bodies: Vec<(&str, Vec<u8>)> = vec![
        ("a batch of 10", batch(10).into()),
        ("a batch of 1,000", batch(1_000).into()),
        (
            "variables 5,000 deep",
            with(&nested("{\"a\":", "1", "}", 5_000)).into(),
        ),
        (
            "lists 100,000 deep",
            with(&format!("{{\"a\":{}", "[".repeat(100_000))).into(),
        ),
        (
            "extensions 5,000 deep",
            format!(
                r#"{{"query":"{{ __typename }}","extensions":{}}}"#,
                nested("{\"a\":", "1", "}", 5_000)
            )
            .into(),
        ),
        ("not a number", with(r#"{"a":NaN}"#).into()),
        ("a lone surrogate", with(r#"{"a":"\ud800"}"#).into()),
        (
            "overlong UTF-8",
            [
                &b"{\"query\":\"{ __typename }\",\"variables\":{\"a\":\""[..],
                b"\xc0\xaf\"}}",
            ]
            .concat(),
        ),
        ("a byte order mark", format!("\u{feff}{one}").into()),
        ("brackets only", b"[".repeat(200_000)),
        ("nothing", Vec::new()),
    ];
    for (name, body) in &bodies {
        attacked.bounded(name, || {
            let (status, answer) = attacked.post(body);
            assert_eq!(status, 400, "{name}: {answer}");
            assert!(answer.contains("VALIDATION_ERROR"), "{name}: {answer}");
        });
    }
    // A number that is none to JSON's reader may be read as one that is too large; nothing else comes of it.
    bodies = vec![("5,000 digits", with(&format!("{{\"a\":{digits}}}")).into())];
    for (name, body) in &bodies {
        attacked.bounded(name, || assert!(attacked.post(body).0 < 500, "{name}"));
    }
}

/// Texts and hashes without end: what is kept of them is bounded.
#[test]
fn a_flood_of_documents_leaves_no_trace() {
    let attacked = Attacked::start(&[
        ("GRAPHQL_PERSISTED_BYTES", "1000000"),
        ("GRAPHQL_DOCUMENTS_BYTES", "4000000"),
    ]);
    attacked.is_well("the start");
    let flood = |from: usize| {
        for number in from..from + 300 {
            let document = format!("query A{number} {{ __typename }} #{}", "x".repeat(20_000));
            let hash = hash(&document);
            let extensions = persisted(&hash);
            let body = json!({ "query": document, "extensions": extensions });
            assert_eq!(attacked.post(body.to_string().as_bytes()).0, 200);
        }
    };
    // The first ones fill what may be filled.
    flood(0);
    let spent = attacked.spends(|| flood(300));
    show(&format!(
        "| 300 documents of 20 kB | {:.1} ms each | {:.1} MB |",
        spent.cpu_ms / 300.0,
        spent.growth_kib / 1_024.0
    ));
    assert!(spent.growth_kib <= MOST_GROWTH_KIB, "{spent:?}");
    attacked.is_well("a flood");
}
