//! Against answers as Stripe gives them, from a server that is none.

use super::*;
use crate::{platform::config::Settings, ports::payments::sign};
use axum::{
    Router,
    extract::{Request as Asked, State},
    http::{StatusCode as Status, header},
    response::{IntoResponse, Response},
};
use entity::ids::PaymentId;
use entity::money::Money;
use std::sync::{Arc, Mutex};

/// What the server says next, and what it was asked.
#[derive(Clone, Default)]
struct Script {
    says: Arc<Mutex<Vec<(u16, &'static str)>>>,
    asked: Arc<Mutex<Vec<String>>>,
}

async fn say(State(script): State<Script>, asked: Asked) -> Response {
    let (parts, body) = asked.into_parts();
    let body = axum::body::to_bytes(body, 100_000).await.unwrap();
    let header = |name: &str| {
        let value = parts
            .headers
            .get(name)
            .and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    let line = format!(
        "{} {} [{}] [{}] {}",
        parts.method,
        parts.uri,
        header("authorization"),
        header("idempotency-key"),
        String::from_utf8_lossy(&body)
    );
    script.asked.lock().unwrap().push(line);
    let (status, text) = script.says.lock().unwrap().remove(0);
    if status == 0 {
        std::future::pending::<()>().await;
    }
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (Status::from_u16(status).unwrap(), headers, text).into_response()
}

async fn stripe(says: &[(u16, &'static str)]) -> (Stripe, Script) {
    let script = Script::default();
    *script.says.lock().unwrap() = says.to_vec();
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(say).with_state(script.clone());
    #[expect(clippy::disallowed_methods, reason = "nobody counts its statements")]
    tokio::spawn(async move { axum::serve(listener, router).await });
    let mut settings = Settings::defaults().payments;
    settings.stripe_api_base = base.parse().unwrap();
    settings.stripe_secret_key = Some(SecretString::from("sk_test_1"));
    settings.stripe_webhook_secret = Some(SecretString::from("whsec_1"));
    settings.payments_timeout_ms = 300;
    (Stripe::new(&settings).unwrap(), script)
}

fn request(operation: Operation, reference: Option<&str>) -> Request {
    Request {
        operation,
        key: "saga:charge".to_owned(),
        payment: PaymentId::generate(),
        reference: reference.map(str::to_owned),
        money: Money {
            minor: 1_999,
            currency: "EUR".parse().unwrap(),
        },
        method: Some(Method("pm_card_visa".to_owned())),
        return_url: "http://shop.example".to_owned(),
    }
}

const HELD: &str = r#"{"id":"pi_1","object":"payment_intent","amount":1999,"status":"requires_capture","next_action":null,"last_payment_error":null}"#;
const TAKEN: &str = r#"{"id":"pi_1","object":"payment_intent","status":"succeeded"}"#;
const GONE: &str = r#"{"id":"pi_1","object":"payment_intent","status":"canceled"}"#;
const ACTION: &str = r#"{"id":"pi_1","object":"payment_intent","status":"requires_action","next_action":{"type":"redirect_to_url","redirect_to_url":{"url":"https://hooks.stripe.com/3d","return_url":"x"}}}"#;
const DECLINED: &str = r#"{"error":{"code":"card_declined","decline_code":"insufficient_funds","type":"card_error","message":"Your card has insufficient funds.","payment_intent":{"id":"pi_1","object":"payment_intent","status":"requires_payment_method"}}}"#;
const TAKEN_BEFORE: &str = r#"{"error":{"code":"payment_intent_unexpected_state","type":"invalid_request_error","payment_intent":{"id":"pi_1","status":"succeeded"}}}"#;
const REFUNDED: &str = r#"{"id":"re_1","object":"refund","status":"succeeded","payment_intent":"pi_1","metadata":{"key":"saga:charge"}}"#;

fn succeeded(reference: &str) -> Answer {
    Answer::Succeeded {
        reference: reference.to_owned(),
    }
}

#[tokio::test]
async fn each_call_is_the_one_of_the_documentation() {
    let says = [(200, HELD), (200, TAKEN), (200, GONE), (200, REFUNDED)];
    let (stripe, script) = stripe(&says).await;
    let held = stripe.call(&request(Operation::Authorise, None)).await;
    assert_eq!(held.unwrap(), succeeded("pi_1"));
    for (operation, reference) in [
        (Operation::Capture, "pi_1"),
        (Operation::Void, "pi_1"),
        (Operation::Refund, "re_1"),
    ] {
        let answer = stripe.call(&request(operation, Some("pi_1"))).await;
        assert_eq!(answer.unwrap(), succeeded(reference));
    }
    let asked = script.asked.lock().unwrap().clone();
    let opening = "POST /v1/payment_intents [Bearer sk_test_1] [saga:charge] amount=1999&currency=eur&payment_method=pm_card_visa&capture_method=manual&confirm=true";
    assert!(asked[0].starts_with(opening), "{}", asked[0]);
    assert!(
        asked[0].contains("metadata%5Bkey%5D=saga%3Acharge"),
        "{}",
        asked[0]
    );
    assert!(asked[1].starts_with("POST /v1/payment_intents/pi_1/capture [Bearer sk_test_1] [saga:charge] amount_to_capture=1999"));
    assert!(asked[2].starts_with("POST /v1/payment_intents/pi_1/cancel "));
    assert!(asked[3].starts_with(
        "POST /v1/refunds [Bearer sk_test_1] [saga:charge] payment_intent=pi_1&amount=1999"
    ));
}

#[tokio::test]
async fn what_is_said_no_to_is_an_answer() {
    let says = [
        (402, DECLINED),
        (200, ACTION),
        (400, TAKEN_BEFORE),
        (400, TAKEN_BEFORE),
    ];
    let (stripe, _) = stripe(&says).await;
    let authorise = request(Operation::Authorise, None);
    let declined = Answer::Declined {
        reference: Some("pi_1".to_owned()),
        code: "insufficient_funds".to_owned(),
    };
    assert_eq!(stripe.call(&authorise).await.unwrap(), declined);
    let action = Answer::RequiresAction {
        reference: "pi_1".to_owned(),
        url: "https://hooks.stripe.com/3d".to_owned(),
    };
    assert_eq!(stripe.call(&authorise).await.unwrap(), action);
    let capture = request(Operation::Capture, Some("pi_1"));
    assert_eq!(stripe.call(&capture).await.unwrap(), succeeded("pi_1"));
    let void = request(Operation::Void, Some("pi_1"));
    assert!(matches!(
        stripe.call(&void).await.unwrap(),
        Answer::Declined { .. }
    ));
}

#[tokio::test]
async fn nothing_is_known_where_no_answer_makes_sense() {
    let says = [
        (500, "{}"),
        (429, DECLINED),
        (409, DECLINED),
        (200, "<html>"),
        (200, r#"{"id":7}"#),
        (402, "no json"),
        (0, ""),
    ];
    for says in says {
        let (stripe, _) = stripe(&[says]).await;
        let answer = stripe.call(&request(Operation::Authorise, None)).await;
        assert!(
            matches!(answer, Ok(Answer::Unknown { .. })),
            "{says:?}: {answer:?}"
        );
    }
    let (stripe, _) = stripe(&[(401, "{}")]).await;
    let refused = stripe.call(&request(Operation::Authorise, None)).await;
    assert_eq!(
        refused.unwrap_err().code(),
        "INTERNAL_ERROR",
        "our key is wrong"
    );
}

#[tokio::test]
async fn what_came_of_a_call_is_found() {
    let says = [
        (200, r#"{"object":"search_result","data":[]}"#),
        (
            200,
            r#"{"object":"search_result","data":[{"id":"pi_1","status":"requires_capture"}]}"#,
        ),
        (200, HELD),
        (200, TAKEN),
        (200, HELD),
        (200, GONE),
        (
            200,
            r#"{"object":"list","data":[{"id":"re_0","status":"succeeded","metadata":{"key":"other"}}]}"#,
        ),
        (503, ""),
    ];
    let (stripe, script) = stripe(&says).await;
    let find =
        async |operation, reference| stripe.find(&request(operation, reference)).await.unwrap();
    assert_eq!(find(Operation::Authorise, None).await, None);
    assert_eq!(
        find(Operation::Authorise, None).await,
        Some(succeeded("pi_1"))
    );
    assert_eq!(find(Operation::Capture, Some("pi_1")).await, None);
    assert_eq!(
        find(Operation::Capture, Some("pi_1")).await,
        Some(succeeded("pi_1"))
    );
    assert_eq!(find(Operation::Void, Some("pi_1")).await, None);
    assert_eq!(
        find(Operation::Void, Some("pi_1")).await,
        Some(succeeded("pi_1"))
    );
    assert_eq!(find(Operation::Refund, Some("pi_1")).await, None);
    assert!(matches!(
        find(Operation::Refund, Some("pi_1")).await,
        Some(Answer::Unknown { .. })
    ));
    let asked = script.asked.lock().unwrap().clone();
    assert!(
        asked[0].starts_with(
            "GET /v1/payment_intents/search?query=metadata%5B%27key%27%5D%3A%27saga%3Acharge%27 "
        ),
        "{}",
        asked[0]
    );
    assert!(
        asked[6].starts_with("GET /v1/refunds?payment_intent=pi_1&limit=100 "),
        "{}",
        asked[6]
    );
}

#[tokio::test]
async fn webhooks_are_read_where_stripe_signed_them() {
    let (stripe, _) = stripe(&[]).await;
    let now = DateTime::from_timestamp(1_760_000_000, 0).unwrap();
    let body = r#"{"id":"evt_1","object":"event","type":"payment_intent.amount_capturable_updated","data":{"object":{"id":"pi_1","object":"payment_intent","status":"requires_capture","metadata":{"key":"saga:charge"}}}}"#;
    let secret = SecretString::from("whsec_1");
    let webhook = Webhook {
        signature: Some(sign(&secret, now, body.as_bytes())),
        body: body.as_bytes().to_vec(),
    };
    let notice = stripe.hear(&webhook, now).unwrap();
    assert_eq!(notice.event_id, "evt_1");
    assert_eq!(notice.reference.as_deref(), Some("pi_1"));
    assert_eq!(notice.key.as_deref(), Some("saga:charge"));
    let forged = Webhook {
        signature: None,
        ..webhook
    };
    assert_eq!(stripe.hear(&forged, now).unwrap_err().code(), "FORBIDDEN");
}

#[tokio::test]
async fn only_tokens_are_taken() {
    let (stripe, _) = stripe(&[]).await;
    assert_eq!(
        stripe.method(" pm_card_visa ").unwrap().token(),
        "pm_card_visa"
    );
    for text in ["4242424242424242", "pm_x&amount=1", "", "card_1"] {
        assert!(stripe.method(text).is_err(), "{text}");
    }
}
