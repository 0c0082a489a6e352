//! Paying into a wallet, by the card that is paid with.

use super::{asked, assert_sound, outcome, pay_in, pay_in_keyed, seen};
use crate::{
    payments::support::{
        CAPTURE_DECLINED, DECLINED, DUPLICATES, INSUFFICIENT, LOST_ANSWER, PATIENCE, QUICK,
        SUCCESS, THREE_D_SECURE, UNORDERED,
    },
    support::{
        TestApp, TestDatabase, admin,
        shops::{done, person, refused},
        someone,
    },
};
use axum::{body::Body, http::Request};
use chrono::TimeDelta;
use entity::ids::SagaId;
use futures_util::future::join_all;
use serde_json::json;
use tradewind::caller::{Actor, Role};

on_both_databases! {
    async fn what_is_paid_is_in_the_wallet(app: TestApp) {
        let (ada, eve) = (person(&app, "ada").await, person(&app, "eve").await);
        let reply = pay_in(&app, ada, "12.50", SUCCESS).await;
        let top_up = done(&reply)["topUp"].clone();
        assert_eq!((&top_up["state"], &top_up["payment"]["state"]), (&json!("PENDING"), &json!("CREATED")));
        // The key: claimed, finished. Whoever pays, the payment, the saga with its job, the top-up; and that with its
        // payment again.
        assert_eq!(reply.statements, 9, "{:#}", reply.body);
        app.work_off().await;
        let reply = asked(&app, ada, &top_up["id"]).await;
        assert_eq!(reply.statements, 2);
        let top_up = &reply.data()["walletTopUp"];
        assert_eq!((&top_up["state"], &top_up["failure"]), (&json!("COMPLETED"), &json!(null)));
        assert_eq!(top_up["payment"]["captured"]["amount"], "12.50");
        let wallet = app.gql_as(ada, "{ wallet(currency: \"EUR\") { balance { amount } statement(first: 5) { nodes { reason } } } }", json!({})).await;
        assert_eq!(wallet.data()["wallet"]["balance"]["amount"], "12.50");
        assert_eq!(wallet.data()["wallet"]["statement"]["nodes"], json!([{ "reason": "PAYMENT" }]));
        assert_eq!(app.value::<i64>("SELECT count(*) FROM outbox_event WHERE name = 'ledger.wallet_changed'").await, 1);
        // Support and admins see it, others do not.
        for (actor, code) in [(someone(Role::Support), None), (admin(), None), (eve, Some("NOT_FOUND")), (Actor::Anonymous, Some("UNAUTHENTICATED"))] {
            let reply = asked(&app, actor, &top_up["id"]).await;
            assert_eq!(reply.body["errors"][0]["extensions"]["code"].as_str(), code);
        }
        assert_eq!(outcome(&app).await, (1_250, 1_250));
        assert_sound(&app);
    }

    async fn what_is_declined_puts_nothing_into_the_wallet(app: TestApp) {
        for (name, card) in [("ada", DECLINED), ("bob", INSUFFICIENT), ("cleo", CAPTURE_DECLINED)] {
            let actor = person(&app, name).await;
            let top_up = done(&pay_in(&app, actor, "5", card).await)["topUp"].clone();
            app.work_off().await;
            let top_up = seen(&app, actor, &top_up["id"]).await;
            assert_eq!((&top_up["state"], &top_up["failure"]), (&json!("FAILED"), &json!("DECLINED")), "{name}");
            assert!(top_up["message"].as_str().unwrap().starts_with("The payment was declined."), "{top_up}");
            assert_eq!(outcome(&app).await, (0, 0));
        }
        assert_sound(&app);
    }

    async fn whoever_confirms_has_it_and_whoever_does_not_has_paid_nothing(app: TestApp) {
        for (name, act, state, failure) in [
            ("ada", "confirm", "COMPLETED", json!(null)),
            ("bob", "refuse", "FAILED", json!("DECLINED")),
            ("cleo", "", "FAILED", json!("EXPIRED")),
        ] {
            let actor = person(&app, name).await;
            let id = done(&pay_in(&app, actor, "5", THREE_D_SECURE).await)["topUp"]["id"].clone();
            let worker = app.serve_jobs();
            app.until("SELECT count(*) FROM saga_step s JOIN saga g ON g.id = s.saga_id WHERE s.state = 'WAITING' AND g.state = 'RUNNING'", 1).await;
            let waiting = seen(&app, actor, &id).await;
            assert_eq!(waiting["state"], "PENDING");
            let url = waiting["payment"]["nextAction"]["url"].as_str().unwrap();
            if act.is_empty() {
                app.app.clock.advance(TimeDelta::minutes(31));
                // The database's clock, by which jobs are due, stands where it stood; what the provider tells may have woken it already.
                let waiting: Vec<SagaId> = app.column("SELECT id FROM saga WHERE state = 'RUNNING'").await;
                for saga in waiting {
                    let woken = app.app.transaction(async |tx| tradewind::sagas::wake(tx, saga).await).await;
                    woken.unwrap();
                }
            } else {
                let path = url.strip_prefix("http://localhost:8000").unwrap();
                app.send(Request::post(format!("{path}/{act}")).body(Body::empty()).unwrap()).await;
            }
            app.until_sagas_are_over().await;
            worker.stop(PATIENCE).await;
            let top_up = seen(&app, actor, &id).await;
            assert_eq!((&top_up["state"], &top_up["failure"]), (&json!(state), &failure), "{name}");
        }
        assert_eq!(outcome(&app).await, (500, 500));
        assert_sound(&app);
    }

    async fn whoever_closes_the_account_meanwhile_has_the_money_back(app: TestApp) {
        let ada = person(&app, "ada").await;
        let id = done(&pay_in(&app, ada, "5", SUCCESS).await)["topUp"]["id"].clone();
        app.execute("UPDATE account SET status = 'CLOSED', deleted_at = updated_at").await;
        app.work_off().await;
        let top_up = seen(&app, someone(Role::Support), &id).await;
        assert_eq!((&top_up["state"], &top_up["failure"]), (&json!("FAILED"), &json!("ACCOUNT_CLOSED")));
        assert_eq!(top_up["payment"]["refunded"]["amount"], "5.00");
        assert_eq!(outcome(&app).await, (0, 0));
        assert_sound(&app);
    }

    async fn it_takes_a_key_and_an_amount(app: TestApp) {
        let ada = person(&app, "ada").await;
        for (amount, card, field) in [
            ("0", SUCCESS, "amount.amount"),
            ("-1", SUCCESS, "amount.amount"),
            ("0.001", SUCCESS, "amount.amount"),
            ("90000000000000000", SUCCESS, "amount.amount"),
            ("1", "4111111111111111", "payment.method"),
        ] {
            let reply = pay_in(&app, ada, amount, card).await;
            assert_eq!(refused(&reply), ("INVALID".to_owned(), field.to_owned()), "{amount} {card}");
        }
        assert_eq!(app.value::<i64>("SELECT count(*) FROM payment").await, 0);
        let keyless = "mutation { walletTopUp(input: { amount: { amount: \"1\", currency: \"EUR\" }, payment: { method: \"4242424242424242\" } }) \
            { userErrors { code } } }";
        assert_eq!(app.gql_as(ada, keyless, json!({})).await.error_code(), "VALIDATION_ERROR");
        assert_eq!(pay_in(&app, Actor::Anonymous, "1", SUCCESS).await.error_code(), "UNAUTHENTICATED");
    }

    async fn twins_pay_once_and_many_are_refused(app: TestApp) {
        let ada = person(&app, "ada").await;
        let twins = join_all((0..8).map(|_| pay_in_keyed(&app, ada, "once", "3", SUCCESS))).await;
        assert!(twins.iter().any(|reply| reply.body["errors"].is_null()));
        let mut refused = false;
        for _ in 0..40 {
            let reply = pay_in(&app, ada, "1", DECLINED).await;
            refused = refused || reply.body["errors"][0]["extensions"]["code"] == "RATE_LIMITED";
        }
        assert!(refused);
        app.work_off().await;
        assert_eq!(outcome(&app).await, (300, 300));
        assert_sound(&app);
    }
}

#[tokio::test]
async fn answers_that_are_lost_or_double_change_nothing() {
    let mut apps = vec![TestApp::on_sqlite_with(QUICK).await];
    if let Some(database) = TestDatabase::postgres().await {
        apps.push(TestApp::on_database(database, QUICK).await);
    }
    for app in apps {
        for (name, card) in [
            ("ada", LOST_ANSWER),
            ("cleo", DUPLICATES),
            ("dora", UNORDERED),
        ] {
            let actor = person(&app, name).await;
            let id = done(&pay_in(&app, actor, "1", card).await)["topUp"]["id"].clone();
            app.work_off().await;
            assert_eq!(seen(&app, actor, &id).await["state"], "COMPLETED", "{name}");
        }
        assert_eq!(outcome(&app).await, (300, 300));
        assert_sound(&app);
    }
}
