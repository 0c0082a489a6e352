//! Documents that would cost the server dear: each is refused fast, by name, and the next query is answered.

use crate::support::{Reply, TestApp};
use serde_json::json;
use std::time::{Duration, Instant};

/// What a refusal may take at most, in a build without optimisations on a busy machine. Unguarded, each of these
/// takes seconds or ends the process.
const FAST: Duration = Duration::from_secs(1);

/// Sends each document and expects the code and the setting that its refusal names.
async fn refuses(app: &TestApp, documents: &[(String, &str, &str)]) {
    for (document, code, setting) in documents {
        let name: String = document.chars().take(60).collect();
        let reply = refused_fast(app, document, &name).await;
        assert_eq!(reply.error_code(), *code, "{name}");
        let message = reply.body["errors"][0]["message"].as_str().unwrap();
        assert!(message.contains(setting), "{name}: {message}");
        assert!(message.chars().count() <= 250, "{name}: {message}");
        let next = app.gql("{ __typename }", json!({})).await;
        assert_eq!(next.data()["__typename"], "Query", "after {name}");
    }
}

async fn refused_fast(app: &TestApp, document: &str, name: &str) -> Reply {
    let began = Instant::now();
    let reply = app.gql(document, json!({})).await;
    let elapsed = began.elapsed();
    assert!(elapsed < FAST, "{name} took {elapsed:?}");
    assert_eq!(reply.statements, 0);
    assert_eq!(reply.body.get("data"), None);
    assert!(
        reply.body["errors"].as_array().unwrap().len() <= 10,
        "{name}"
    );
    reply
}

fn nested(open: &str, inside: &str, close: &str, levels: usize) -> String {
    format!("{}{inside}{}", open.repeat(levels), close.repeat(levels))
}

/// `levels` fragments that each spread the next one `width` times.
fn fan_out(levels: usize, width: usize) -> String {
    let mut document = "{ ...f0 }".to_owned();
    for level in 0..levels {
        let spreads = format!("...f{} ", level + 1).repeat(width);
        document.push_str(&format!(" fragment f{level} on Query {{ {spreads} }}"));
    }
    document.push_str(&format!(" fragment f{levels} on Query {{ __typename }}"));
    document
}

const INVALID: &str = "VALIDATION_ERROR";

#[tokio::test]
async fn nesting() {
    let app = TestApp::on_sqlite().await;
    let nesting = "GRAPHQL_MAX_NESTING";
    let mut documents = Vec::new();
    for levels in [100, 2_000, 10_000] {
        for (open, close) in [("[", "]"), ("{a:", "}")] {
            let value = nested(open, "1", close, levels);
            documents.push((format!("{{ a(b: {value}) }}"), INVALID, nesting));
            documents.push((format!("{{ a @skip(if: {value}) }}"), INVALID, nesting));
            documents.push((format!("query($a: A = {value}) {{ a }}"), INVALID, nesting));
        }
        documents.push((nested("{ a ", "", "}", levels), INVALID, nesting));
        documents.push((nested("{ ...", "{ a }", "}", levels), INVALID, nesting));
        let ty = nested("[", "A", "]", levels);
        documents.push((format!("query($a: {ty}) {{ a }}"), INVALID, nesting));
    }
    // Never closed, or only closed.
    documents.push(("{ a(b: ".to_owned() + &"[".repeat(60_000), INVALID, nesting));
    refuses(&app, &documents).await;
    let reply = refused_fast(&app, &"]".repeat(1_000), "closed only").await;
    assert_eq!(reply.error_code(), INVALID);
}

#[tokio::test]
async fn nesting_behind_strings_and_comments() {
    let app = TestApp::on_sqlite().await;
    let brackets = "[".repeat(3_000);
    for hidden in [
        format!("{{ a(b: [\"\"\"x\" {brackets} ]) }}"),
        format!("{{ a(b: [\"\" {brackets} \"\"]) }}"),
        format!("{{ a(b: [\"\\\\\" {brackets} \"\\\\\"]) }}"),
        format!("{{ a(b: [# \"\"\"\r{brackets} # \"\"\"\n]) }}"),
        format!("{{ a(b: [\"\"\"\\\"\"\"\"\"\" {brackets} ]) }}"),
    ] {
        let reply = refused_fast(&app, &hidden, &hidden[..30]).await;
        assert_eq!(reply.error_code(), INVALID, "{:#}", reply.body);
    }
}

#[tokio::test]
async fn fragments() {
    let app = TestApp::on_sqlite().await;
    let selections = "GRAPHQL_MAX_SELECTIONS";
    refuses(
        &app,
        &[
            (fan_out(24, 2), INVALID, selections),
            (fan_out(30, 8), INVALID, selections),
            (fan_out(150, 1), INVALID, "GRAPHQL_MAX_NESTING"),
            (
                "{ ...A } fragment A on Query { ...B } fragment B on Query { ...A }".to_owned(),
                INVALID,
                "spreads itself",
            ),
            (
                format!("{{ __typename }} {}", &fan_out(24, 2)[9..]),
                INVALID,
                "no operation spreads",
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn width() {
    let app = TestApp::on_sqlite().await;
    let tokens = "GRAPHQL_MAX_TOKENS";
    let repeated = |part: &dyn Fn(usize) -> String, times| -> String {
        let parts: Vec<_> = (0..times).map(part).collect();
        format!("{{ {} }}", parts.join(" "))
    };
    let alias = |number: usize| format!("a{number}:description");
    let aliases = |times| format!("{{ __schema {} }}", repeated(&alias, times));
    refuses(
        &app,
        &[
            (
                repeated(&|number| format!("a{number}:b"), 20_000),
                INVALID,
                "GRAPHQL_MAX_DOCUMENT_BYTES",
            ),
            (repeated(&|_| "a:b".to_owned(), 15_000), INVALID, tokens),
            (aliases(101), INVALID, "GRAPHQL_MAX_ALIASES"),
            (
                repeated(&|number| format!("a{number}:__typename"), 51),
                INVALID,
                "GRAPHQL_MAX_ROOT_FIELDS",
            ),
            (
                format!("{{ __typename {} }}", "@a".repeat(101)),
                INVALID,
                "GRAPHQL_MAX_DIRECTIVES",
            ),
            (
                format!("{{ nodes(ids: [{}]) {{ id }} }}", "\"a\" ".repeat(251)),
                INVALID,
                "GRAPHQL_MAX_LIST_ITEMS",
            ),
            (
                format!("{{ __typename {} }}", "@a".repeat(10_000)),
                INVALID,
                tokens,
            ),
            (
                format!("{{ a(b: \"{}\") }}", "x".repeat(100_000)),
                INVALID,
                "GRAPHQL_MAX_DOCUMENT_BYTES",
            ),
            (
                format!("{{ __typename {} }}", "...F ".repeat(150))
                    + "fragment F on Query { __schema @a @b @c @d { description } }",
                INVALID,
                "irective",
            ),
        ],
    )
    .await;
    let reply = app.gql(&aliases(100), json!({})).await;
    let schema = &reply.data()["__schema"];
    assert_eq!(schema.as_object().unwrap().len(), 100);
}

#[tokio::test]
async fn depth_and_complexity() {
    let app = TestApp::on_sqlite().await;
    let deep = format!(
        "{{ __schema {} }}",
        nested("{ types { fields { type ", "{ name }", "} } }", 8)
    );
    refuses(&app, &[(deep, "QUERY_TOO_DEEP", "GRAPHQL_MAX_DEPTH")]).await;

    let app = TestApp::on_sqlite_with(&[("--graphql-max-complexity", "3")]).await;
    let document = "{ __schema { description queryType { name } } }";
    let complex = (
        document.to_owned(),
        "QUERY_TOO_COMPLEX",
        "has 4 points of complexity, and at most 3 are allowed (GRAPHQL_MAX_COMPLEXITY)",
    );
    // Not only the first time.
    refuses(&app, &[complex.clone(), complex]).await;
}

#[tokio::test]
async fn errors_repeat_little_of_what_was_sent() {
    let app = TestApp::on_sqlite().await;
    let long = "x".repeat(50_000);
    for document in [
        format!("{{ {long} }}"),
        format!("{{ __schema(a: {long}) {{ description }} }}"),
        format!("{{ __schema @{long} {{ description }} }}"),
        format!("query {long} {{ ? }}"),
        format!("{{ ...{long} }}"),
        format!("query(${long}: Int!) {{ __typename }}"),
        format!("query($a: {long}!) {{ __typename }}"),
        format!("{{ {} }}", "nonsense ".repeat(1_500)),
    ] {
        let reply = refused_fast(&app, &document, &document[..20]).await;
        assert_eq!(reply.error_code(), INVALID);
        let size = reply.body.to_string().len();
        assert!(size < 10_000, "{} grew to {size} bytes", &document[..20]);
    }
}

/// What GraphiQL and other tools ask of every server.
#[tokio::test]
async fn introspection_passes() {
    let app = TestApp::on_sqlite().await;
    let reply = app.gql(INTROSPECTION, json!({})).await;
    assert_eq!(reply.data()["__schema"]["queryType"]["name"], "Query");
    assert!(reply.data()["__schema"]["types"].as_array().unwrap().len() > 5);
}

const INTROSPECTION: &str = "
    query IntrospectionQuery {
      __schema {
        description
        queryType { name kind }
        mutationType { name kind }
        subscriptionType { name kind }
        types { ...FullType }
        directives { name description isRepeatable locations args(includeDeprecated: true) { ...InputValue } }
      }
    }
    fragment FullType on __Type {
      kind name description specifiedByURL isOneOf
      fields(includeDeprecated: true) {
        name description args(includeDeprecated: true) { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason
      }
      inputFields(includeDeprecated: true) { ...InputValue }
      interfaces { ...TypeRef }
      enumValues(includeDeprecated: true) { name description isDeprecated deprecationReason }
      possibleTypes { ...TypeRef }
    }
    fragment InputValue on __InputValue {
      name description type { ...TypeRef } defaultValue isDeprecated deprecationReason
    }
    fragment TypeRef on __Type {
      kind name
      ofType { kind name ofType { kind name ofType { kind name ofType { kind name
        ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name } } } } } } } } }
    }
";

/// What is just within the limits is as deep as the parser and the executor ever go; neither may run out of stack.
#[tokio::test]
async fn the_limits_themselves_are_survived() {
    let app = TestApp::on_sqlite().await;
    for document in [
        format!("{{ a(b: {}) }}", nested("[", "1", "]", 62)),
        format!("{{ a(b: {}) }}", nested("{a:", "1", "}", 62)),
        nested("{ ...", "{ __typename }", "}", 63),
        nested("{ ... @include(if: true) ", "{ __typename }", "}", 63),
        fan_out(60, 1),
    ] {
        let began = Instant::now();
        app.gql(&document, json!({})).await;
        assert!(began.elapsed() < FAST, "{}", &document[..30]);
    }
    assert_eq!(
        app.gql("{ __typename }", json!({})).await.data()["__typename"],
        "Query"
    );
}
