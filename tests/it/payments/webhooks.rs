//! What providers send: taken in where they signed it, once, in any order.

use super::support::{DUPLICATES, PATIENCE, UNORDERED, call};
use crate::support::{Reply, TestApp};
use axum::{body::Body, http::Request};
use chrono::TimeDelta;
use secrecy::SecretString;
use serde_json::json;
use tradewind::{
    payments::{self, Standing},
    ports::payments::sign,
};

const PATH: &str = "/api/v1/webhooks/payments/sandbox";

async fn send(app: &TestApp, path: &str, signature: Option<String>, body: &str) -> Reply {
    let mut request = Request::post(path);
    if let Some(signature) = signature {
        request = request.header("sandbox-signature", signature);
    }
    app.send(request.body(Body::from(body.to_owned())).unwrap())
        .await
}

on_both_databases! {
    async fn only_what_the_provider_signed_is_taken_in(app: TestApp) {
        let body = json!({ "id": "evt_1", "type": "authorise.succeeded", "reference": "pay_1", "key": "k" }).to_string();
        let (secret, now) = (SecretString::from("sandbox"), app.app.clock.now());
        let signed = |seconds: i64| sign(&secret, now + TimeDelta::seconds(seconds), body.as_bytes());
        for (signature, body) in [
            (None, body.clone()),
            (Some("t=1,v1=00".to_owned()), body.clone()),
            (Some(signed(-310)), body.clone()),
            (Some(signed(310)), body.clone()),
            (Some(sign(&SecretString::from("other"), now, body.as_bytes())), body.clone()),
            (Some(signed(0)), body.replace("pay_1", "pay_2")),
            (Some(signed(0)), format!("{body} ")),
        ] {
            let refused = send(&app, PATH, signature, &body).await;
            assert_eq!(refused.status, 403, "{refused:?}");
        }
        assert_eq!(send(&app, "/api/v1/webhooks/payments/stripe", Some(signed(0)), &body).await.status, 404);
        let nonsense = send(&app, PATH, Some(sign(&secret, now, b"[]")), "[]").await;
        assert_eq!(nonsense.status, 400);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM payment_event").await, 0);
        for _ in 0..3 {
            let taken = send(&app, PATH, Some(signed(0)), &body).await;
            assert_eq!((taken.status.as_u16(), taken.body), (200, json!("")));
        }
        assert_eq!(app.value::<i64>("SELECT count(*) FROM payment_event").await, 1);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM job WHERE kind = 'payments.hear_webhook'").await, 1);
        // It is about nothing of ours, and that is the end of it.
        let worker = app.serve_jobs();
        app.until("SELECT count(*) FROM payment_event WHERE processed_at IS NOT NULL", 1).await;
        worker.stop(PATIENCE).await;
    }

    /// The same message ten times at once, and messages that come in the wrong order: one effect, and the same end.
    async fn neither_their_number_nor_their_order_matters(app: TestApp) {
        for card in [DUPLICATES, UNORDERED] {
            let id = app.opened(card).await;
            let key = |part: &str| call(&format!("{card}:{part}"));
            payments::authorise(&app.app, id, &key("a")).await.unwrap();
            payments::capture(&app.app, id, &key("b")).await.unwrap();
            assert_eq!(payments::refund(&app.app, id, 100, &key("c")).await.unwrap(), Standing::Refunded);
            let worker = app.serve_jobs();
            app.app.clock.advance(TimeDelta::seconds(2));
            app.until("SELECT count(*) FROM sandbox_event WHERE sent_at IS NULL", 0).await;
            app.until("SELECT count(*) FROM payment_event WHERE processed_at IS NULL", 0).await;
            worker.stop(PATIENCE).await;
            assert_eq!(app.payment_state(id).await, "CAPTURED 1999 0 100");
            assert_eq!(app.bank_did(id).await, ["AUTHORISE", "CAPTURE", "REFUND"]);
        }
        assert_eq!(app.value::<i64>("SELECT count(*) FROM payment_event").await, 6);
    }
}
