//! Who sees what of payments.

use super::support::{AMOUNT, SUCCESS, THREE_D_SECURE, call, global_id};
use crate::support::{TestApp, Watch, admin, shops::person, someone};
use serde_json::{Value, json};
use tradewind::{
    caller::{Actor, Role},
    payments,
};

const PAYMENT: &str = "query ($id: ID!) { payment(id: $id) {
    id state provider amount { amount currency } captured { amount } refunded { amount } nextAction { url } declineCode
    attempts { operation state amount { amount } code key reference error calls }
    refunds { amount { amount } state } } }";

/// The global id of the newest payment.
async fn newest(app: &TestApp) -> String {
    let id: uuid::Uuid = app
        .value("SELECT id FROM payment ORDER BY id DESC LIMIT 1")
        .await;
    global_id("payment", id)
}

on_both_databases! {
    async fn people_see_their_own_and_support_sees_all(app: TestApp) {
        let (ada, bob) = (person(&app, "ada").await, person(&app, "bob").await);
        let Actor::Person(owner) = ada else { unreachable!("she signed in") };
        let id = app.opened_by(SUCCESS, Some(owner.account)).await;
        payments::authorise(&app.app, id, &call("secret:key")).await.unwrap();
        payments::capture(&app.app, id, &call("b")).await.unwrap();
        payments::refund(&app.app, id, 500, &call("c")).await.unwrap();
        let variables = json!({ "id": newest(&app).await });
        let hers = app.gql_as(ada, PAYMENT, variables.clone()).await;
        let payment = &hers.data()["payment"];
        assert_eq!(payment["state"], "CAPTURED");
        assert_eq!(payment["amount"], json!({ "amount": "19.99", "currency": "EUR" }));
        assert_eq!(payment["refunded"]["amount"], "5.00");
        assert_eq!(payment["refunds"], json!([{ "amount": { "amount": "5.00" }, "state": "SUCCEEDED" }]));
        assert_eq!(payment["attempts"][2]["operation"], "AUTHORISE");
        for field in ["key", "reference", "error", "calls"] {
            assert_eq!(payment["attempts"][2][field], Value::Null, "{field}");
        }
        assert_eq!(hers.statements, 3, "the payment, its calls, its refunds");
        let all = app.gql_as(someone(Role::Support), PAYMENT, variables.clone()).await;
        assert_eq!(all.data()["payment"]["attempts"][2]["key"], "secret:key");
        assert_eq!(all.data()["payment"]["attempts"][2]["calls"], 1);
        assert_eq!(app.gql_as(bob, PAYMENT, variables.clone()).await.error_code(), "NOT_FOUND");
        assert_eq!(app.gql(PAYMENT, variables).await.error_code(), "UNAUTHENTICATED");
    }

    async fn what_is_to_be_done_next_is_told_while_it_is(app: TestApp) {
        let id = app.opened(THREE_D_SECURE).await;
        payments::authorise(&app.app, id, &call("a")).await.unwrap();
        let variables = json!({ "id": newest(&app).await });
        let waiting = app.gql_as(admin(), PAYMENT, variables.clone()).await;
        let url = waiting.data()["payment"]["nextAction"]["url"].as_str().unwrap();
        assert!(url.starts_with("http://localhost:8000/api/v1/sandbox-payments/pay_"), "{url}");
        payments::release(&app.app, id, &call("b")).await.unwrap();
        let over = app.gql_as(admin(), PAYMENT, variables).await;
        assert_eq!(over.data()["payment"]["nextAction"], Value::Null);
    }

    /// Not even the number of a test card is kept or logged.
    async fn no_number_of_a_card_stays_anywhere(app: TestApp) {
        let mut watch = Watch::begin();
        let number = watch.secret("a card's number", SUCCESS);
        let id = app.taken(&number).await;
        payments::refund(&app.app, id, AMOUNT, &call("c")).await.unwrap();
        assert!(payments::method(&app.app, "5555555555554444").is_err());
        watch.secret("another card's number", "5555555555554444");
        let variables = json!({ "id": newest(&app).await });
        watch.said(app.gql_as(admin(), PAYMENT, variables).await);
        watch.assert_nowhere(&app).await;
    }
}
