//! Tokens that nobody issued, and tokens that were changed (RFC 8725).

use super::{
    EMAIL,
    keys::{pair, private_key, public_key},
};
use crate::support::{TestApp, TestDatabase};
use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tradewind::caller::Role;

fn encoded(text: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(text)
}

fn decoded(part: &str) -> Value {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A token of these parts as they stand, signed with a private key.
fn signed(key: &str, head: &str, claims: &str) -> String {
    let text = format!("{}.{}", encoded(head), encoded(claims));
    let signature = encoded(pair(key).sign(text.as_bytes()));
    format!("{text}.{signature}")
}

/// The same with a shared secret.
fn signed_hs256(secret: &[u8], head: &str, claims: &str) -> String {
    let text = format!("{}.{}", encoded(head), encoded(claims));
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
    let signature = encoded(hmac::sign(&key, text.as_bytes()));
    format!("{text}.{signature}")
}

/// `value` with `members` in it; null takes one away.
fn with(value: &Value, members: &Value) -> String {
    let mut value = value.clone();
    let object = value.as_object_mut().unwrap();
    for (name, member) in members.as_object().unwrap().clone() {
        match member {
            Value::Null => object.remove(&name),
            member => object.insert(name, member),
        };
    }
    value.to_string()
}

/// Tokens with our own signature whose heads are not as ours.
fn of_other_heads(key: &str, head: &Value, claims: &str) -> Vec<(&'static str, String)> {
    let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": encoded([7; 32]) });
    [
        ("alg: none, signed", json!({ "alg": "none" })),
        ("alg: HS256, signed otherwise", json!({ "alg": "HS256" })),
        ("alg: RS256", json!({ "alg": "RS256" })),
        ("no alg", json!({ "alg": null })),
        ("no kid", json!({ "kid": null })),
        ("unknown kid", json!({ "kid": "another" })),
        ("kid that is a path", json!({ "kid": "../../dev/null" })),
        ("kid that is SQL", json!({ "kid": "' OR 1=1 --" })),
        ("kid that is a list", json!({ "kid": [head["kid"]] })),
        ("with jwk", json!({ "jwk": jwk })),
        (
            "with jku",
            json!({ "jku": "https://evil.example/jwks.json" }),
        ),
        (
            "with x5u",
            json!({ "x5u": "https://evil.example/cert.pem" }),
        ),
        ("with x5c", json!({ "x5c": ["MIIB"] })),
        ("with crit", json!({ "crit": ["exp"] })),
        ("compressed", json!({ "zip": "DEF" })),
        ("typ: JWT", json!({ "typ": "JWT" })),
        ("typ of a refresh token", json!({ "typ": "rt+jwt" })),
        ("no typ", json!({ "typ": null })),
    ]
    .into_iter()
    .map(|(name, members)| (name, signed(key, &with(head, &members), claims)))
    .collect()
}

/// Tokens with our own signature whose claims are not as ours.
fn of_other_claims(key: &str, head: &str, claims: &Value, now: i64) -> Vec<(&'static str, String)> {
    let other = uuid::Uuid::now_v7();
    let mut tokens: Vec<_> = [
        ("other iss", json!({ "iss": "another" })),
        ("no iss", json!({ "iss": null })),
        ("other aud", json!({ "aud": "another" })),
        ("several aud", json!({ "aud": ["another", claims["aud"]] })),
        ("no aud", json!({ "aud": null })),
        ("expired", json!({ "exp": now - 31 })),
        ("no exp", json!({ "exp": null })),
        ("exp that is text", json!({ "exp": "9999999999" })),
        ("nbf in the future", json!({ "nbf": now + 31 })),
        ("iat in the future", json!({ "iat": now + 31 })),
        ("sub of another", json!({ "sub": other })),
        ("sub that is none", json!({ "sub": "admin" })),
        ("sid of another", json!({ "sid": other })),
        ("no sid", json!({ "sid": null })),
    ]
    .into_iter()
    .map(|(name, members)| (name, signed(key, head, &with(claims, &members))))
    .collect();
    let twice = claims.to_string().replacen('{', "{\"exp\":9999999999,", 1);
    tokens.push(("exp twice", signed(key, head, &twice)));
    let oversized = with(claims, &json!({ "padding": "x".repeat(4_096) }));
    tokens.push(("oversized", signed(key, head, &oversized)));
    tokens
}

#[tokio::test]
async fn no_forged_token_is_believed() {
    let key = private_key();
    let flags = [("--jwt-private-key", &*key)];
    let app = TestApp::on_database(TestDatabase::sqlite().await, &flags).await;
    app.member(EMAIL, Role::Admin).await;
    let genuine = app.sign_in(EMAIL).await.access;
    let parts: Vec<_> = genuine.split('.').collect();
    let (head, claims) = (decoded(parts[0]), decoded(parts[1]));
    let (head_text, claims_text) = (head.to_string(), claims.to_string());
    assert_eq!(head["typ"], "at+jwt");
    assert_eq!(
        claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(),
        900
    );
    // What is signed so is believed, so that what follows is refused for the one thing that differs.
    assert_eq!(
        app.status_bearing(&signed(&key, &head_text, &claims_text))
            .await,
        200
    );

    let now = app.app.clock.now().timestamp();
    let public = pair(&key);
    let public = aws_lc_rs::signature::KeyPair::public_key(&public)
        .as_ref()
        .to_vec();
    let none = with(&head, &json!({ "alg": "none" }));
    let hs256 = with(&head, &json!({ "alg": "HS256" }));
    let flipped = with(&claims, &json!({ "sub": uuid::Uuid::now_v7() }));
    let mut forged = of_other_heads(&key, &head, &claims_text);
    forged.extend(of_other_claims(&key, &head_text, &claims, now));
    forged.extend([
        (
            "alg: none, unsigned",
            format!("{}.{}.", encoded(&none), parts[1]),
        ),
        (
            "alg: nOnE",
            format!("{}.{}.", encoded(none.replace("none", "nOnE")), parts[1]),
        ),
        (
            "the public key as a secret",
            signed_hs256(&public, &hs256, &claims_text),
        ),
        (
            "its PEM as a secret",
            signed_hs256(public_key(&key).as_bytes(), &hs256, &claims_text),
        ),
        (
            "signed by another",
            signed(&private_key(), &head_text, &claims_text),
        ),
        (
            "changed claims",
            format!("{}.{}.{}", parts[0], encoded(flipped), parts[2]),
        ),
        ("truncated", genuine[..genuine.len() - 4].to_owned()),
        ("unsigned", format!("{}.{}.", parts[0], parts[1])),
        ("two parts", format!("{}.{}", parts[0], parts[1])),
        ("four parts", format!("{genuine}.{}", parts[2])),
        ("five parts", format!("{genuine}..")),
        ("empty", String::new()),
        ("no token", "nonsense".to_owned()),
        ("points", "..".to_owned()),
    ]);
    for (name, token) in &forged {
        assert_eq!(app.status_bearing(token).await, 401, "{name}");
    }
    assert!(forged.len() >= 45, "{}", forged.len());
    assert_eq!(app.status_bearing(&genuine).await, 200);
}

#[tokio::test]
async fn a_token_is_good_for_a_quarter_of_an_hour() {
    let app = TestApp::on_sqlite().await;
    let signed = app.signed_in().await;
    app.app.clock.advance(TimeDelta::minutes(14));
    assert_eq!(app.status_bearing(&signed.access).await, 200);
    app.app.clock.advance(TimeDelta::seconds(91));
    assert_eq!(app.status_bearing(&signed.access).await, 401);
}

#[tokio::test]
async fn what_is_no_bearer_is_not_taken_for_nobody() {
    let app = TestApp::on_sqlite().await;
    let signed = app.signed_in().await;
    let bearer = format!("Bearer {}", signed.access);
    for headers in [
        &[("authorization", "Basic YWRhOnNlY3JldA==")][..],
        &[("authorization", "Bearer")],
        &[("authorization", "")],
        &[("authorization", &*signed.access)],
        &[("authorization", &*bearer), ("authorization", &*bearer)],
    ] {
        let reply = app.gql_with(headers, "{ __typename }", json!({})).await;
        assert_eq!(reply.status, 401, "{headers:?}");
        assert_eq!(reply.error_code(), "UNAUTHENTICATED");
        assert!(reply.header("www-authenticate").is_some());
    }
    let lower = bearer.replacen("Bearer", "bearer", 1);
    let reply = app
        .gql_with(&[("authorization", &lower)], "{ __typename }", json!({}))
        .await;
    assert_eq!(reply.status, 200);
}
