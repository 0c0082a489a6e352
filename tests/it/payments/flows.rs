//! What becomes of a payment, by the card that it is made with.

use super::support::{
    AMOUNT, CAPTURE_DECLINED, DECLINED, INSUFFICIENT, PATIENCE, PENDING, SUCCESS, THREE_D_SECURE,
    call,
};
use crate::support::TestApp;
use axum::{body::Body, http::Request};
use chrono::TimeDelta;
use tradewind::payments::{self, Standing};

on_both_databases! {
    async fn money_is_held_taken_and_given_back(app: TestApp) {
        let id = app.opened(SUCCESS).await;
        assert_eq!(app.payment_state(id).await, "CREATED 0 0 0");
        let held = payments::authorise(&app.app, id, &call("a")).await.unwrap();
        assert_eq!((held, app.payment_state(id).await.as_str()), (Standing::Authorised, "AUTHORISED 0 0 0"));
        let taken = payments::capture(&app.app, id, &call("b")).await.unwrap();
        assert_eq!((taken, app.payment_state(id).await.as_str()), (Standing::Captured, "CAPTURED 1999 0 0"));
        let back = payments::refund(&app.app, id, 999, &call("c")).await.unwrap();
        assert_eq!((back, app.payment_state(id).await.as_str()), (Standing::Refunded, "CAPTURED 1999 0 999"));
        let rest = payments::release(&app.app, id, &call("d")).await.unwrap();
        assert_eq!((rest, app.payment_state(id).await.as_str()), (Standing::Refunded, "CAPTURED 1999 0 1999"));
        assert_eq!(app.bank_did(id).await, ["AUTHORISE", "CAPTURE", "REFUND", "REFUND"]);
        let told = "SELECT count(*) FROM outbox_event WHERE name = 'payments.payment_changed'";
        assert_eq!(app.value::<i64>(told).await, 4);
        // What is kept of the card is nothing.
        assert_eq!(app.value::<String>("SELECT method FROM payment").await, "");
    }

    async fn a_second_payment_of_the_same_is_refused_while_the_first_lives(app: TestApp) {
        let id = app.opened(SUCCESS).await;
        let again = async || {
            let subject = app.value("SELECT subject_id FROM payment ORDER BY id LIMIT 1").await;
            let new = payments::NewPayment {
                subject,
                customer: None,
                amount: entity::money::Money { minor: AMOUNT, currency: "EUR".parse().unwrap() },
                method: payments::method(&app.app, SUCCESS).unwrap(),
            };
            let now = app.app.clock.now();
            app.app.transaction(async |tx| payments::open(tx, &app.app, now, &new).await).await
        };
        assert_eq!(again().await.unwrap_err().code(), "CONFLICT");
        assert_eq!(payments::void(&app.app, id, &call("v")).await.unwrap(), Standing::Voided);
        again().await.unwrap();
        assert!(app.bank_log().await.is_empty(), "nobody was asked anything");
    }

    async fn what_is_declined_is_over(app: TestApp) {
        for (card, code) in [(DECLINED, "card_declined"), (INSUFFICIENT, "insufficient_funds")] {
            let id = app.opened(card).await;
            let declined = Standing::Declined { code: code.to_owned() };
            let key = call(&format!("{code}:a"));
            assert_eq!(payments::authorise(&app.app, id, &key).await.unwrap(), declined);
            assert_eq!(payments::authorise(&app.app, id, &key).await.unwrap(), declined);
            assert_eq!(app.payment_state(id).await, "FAILED 0 0 0");
            assert_eq!(payments::capture(&app.app, id, &call(code)).await.unwrap_err().code(), "CONFLICT");
            assert_eq!(payments::release(&app.app, id, &call(&format!("{code}:r"))).await.unwrap(), Standing::Voided);
        }
        assert_eq!(app.bank_log().await.len(), 2);
    }

    async fn what_cannot_be_taken_is_let_go(app: TestApp) {
        let id = app.opened(CAPTURE_DECLINED).await;
        payments::authorise(&app.app, id, &call("a")).await.unwrap();
        let declined = payments::capture(&app.app, id, &call("b")).await.unwrap();
        assert!(matches!(declined, Standing::Declined { .. }));
        assert_eq!(payments::release(&app.app, id, &call("c")).await.unwrap(), Standing::Voided);
        assert_eq!(app.payment_state(id).await, "VOIDED 0 0 0");
        assert_eq!(app.bank_did(id).await, ["AUTHORISE", "VOID"]);
    }

    async fn whoever_pays_confirms_it_on_a_page(app: TestApp) {
        for (act, state) in [("confirm", "AUTHORISED 0 0 0"), ("refuse", "FAILED 0 0 0")] {
            let id = app.opened(THREE_D_SECURE).await;
            let Standing::RequiresAction { url } = payments::authorise(&app.app, id, &call(act)).await.unwrap() else {
                panic!("a page is to be shown");
            };
            assert_eq!(app.payment_state(id).await, "REQUIRES_ACTION 0 0 0");
            let path = url.strip_prefix("http://localhost:8000").unwrap();
            let page = app.send(Request::get(path).body(Body::empty()).unwrap()).await;
            assert!(page.status.is_success() && page.body.as_str().unwrap().contains("1999 EUR"), "{page:?}");
            let worker = app.serve_jobs();
            let acted = Request::post(format!("{path}/{act}")).body(Body::empty()).unwrap();
            let acted = app.send(acted).await;
            assert_eq!(acted.header("location"), Some("http://localhost:3000/"), "{acted:?}");
            // A webhook tells, and what is true is asked.
            let word = state.split(' ').next().unwrap();
            app.until(&format!("SELECT count(*) FROM payment WHERE state = '{word}'"), 1).await;
            worker.stop(PATIENCE).await;
            assert_eq!(app.payment_state(id).await, state);
        }
        let nothing = app.send(Request::get("/api/v1/sandbox-payments/pay_none").body(Body::empty()).unwrap()).await;
        assert_eq!(nothing.status, 404);
    }

    async fn one_who_goes_away_has_paid_nothing(app: TestApp) {
        let id = app.opened(THREE_D_SECURE).await;
        payments::authorise(&app.app, id, &call("a")).await.unwrap();
        assert_eq!(payments::release(&app.app, id, &call("b")).await.unwrap(), Standing::Voided);
        assert_eq!(app.bank_did(id).await, ["AUTHORISE", "VOID"]);
    }

    async fn a_provider_may_take_its_time(app: TestApp) {
        let id = app.opened(PENDING).await;
        assert_eq!(payments::authorise(&app.app, id, &call("a")).await.unwrap(), Standing::Pending);
        assert_eq!(app.payment_state(id).await, "PENDING 0 0 0");
        app.app.clock.advance(TimeDelta::seconds(2));
        let worker = app.serve_jobs();
        app.until("SELECT count(*) FROM payment WHERE state = 'AUTHORISED'", 1).await;
        worker.stop(PATIENCE).await;
        assert_eq!(payments::authorise(&app.app, id, &call("a")).await.unwrap(), Standing::Authorised);
    }

    async fn a_key_is_good_for_one_thing(app: TestApp) {
        let (id, other) = (app.opened(SUCCESS).await, app.opened(SUCCESS).await);
        payments::authorise(&app.app, id, &call("a")).await.unwrap();
        for refused in [
            payments::authorise(&app.app, other, &call("a")).await,
            payments::capture(&app.app, id, &call("a")).await,
            payments::authorise(&app.app, id, &call("b")).await,
        ] {
            assert_eq!(refused.unwrap_err().code(), "CONFLICT");
        }
        for key in [String::new(), "k".repeat(201)] {
            assert_eq!(payments::capture(&app.app, id, &call(&key)).await.unwrap_err().code(), "VALIDATION_ERROR");
        }
        assert_eq!(app.bank_log().await.len(), 1);
    }

    async fn nobody_is_called_inside_a_transaction(app: TestApp) {
        let id = app.opened(SUCCESS).await;
        let inside = app.app.transaction(async |_| payments::authorise(&app.app, id, &call("a")).await).await;
        assert_eq!(inside.unwrap_err().code(), "INTERNAL_ERROR");
        assert_eq!(app.payment_state(id).await, "CREATED 0 0 0");
    }
}
