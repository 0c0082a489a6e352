//! Why an order came to nothing, as people are told: one of a few reasons, and never what a fault says of itself.

use super::{buy, by, seen, shopper};
use crate::{
    cart::Market,
    payments::support::{DECLINED, PATIENCE, SUCCESS, THREE_D_SECURE},
    support::{
        TestApp,
        shops::{done, mutate},
        someone,
    },
};
use chrono::TimeDelta;
use entity::ids::SagaId;
use serde_json::{Value, json};
use tradewind::caller::{Actor, Role};

const WHY: &str = "query ($id: ID) { order(id: $id) { state cancelReason reason cancelNote payment { declineCode attempts { code error } } } }";

/// What `actor` is told of the order.
async fn why(app: &TestApp, actor: Actor, id: &Value) -> Value {
    let reply = app.gql_as(actor, WHY, json!({ "id": id })).await;
    reply.data()["order"].clone()
}

async fn placed(app: &TestApp, actor: Actor, card: &str) -> Value {
    done(&buy(app, actor, by(card)).await)["order"]["id"].clone()
}

/// The sagas that are not over.
async fn running(app: &TestApp) -> SagaId {
    let sagas: Vec<SagaId> = app
        .column("SELECT id FROM saga WHERE state = 'RUNNING'")
        .await;
    sagas[0]
}

on_both_databases! {
    async fn what_keeps_an_order_from_being_paid_is_told_in_plain_words(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        let id = placed(&app, ada, DECLINED).await;
        app.work_off().await;
        let told = why(&app, ada, &id).await;
        assert_eq!((&told["cancelReason"], &told["cancelNote"]), (&json!("DECLINED"), &json!(null)));
        assert_eq!(told["reason"], "The payment was declined. Nothing was charged.");
        assert!(!told.to_string().contains("card_declined"), "{told}");
        let known = why(&app, someone(Role::Support), &id).await;
        assert_eq!(known["payment"]["declineCode"], "card_declined");

        // Not confirmed in time.
        let bob = shopper(&app, "bob", &shop, 1).await;
        let id = placed(&app, bob, THREE_D_SECURE).await;
        let worker = app.serve_jobs();
        app.until("SELECT count(*) FROM saga_step s JOIN saga g ON g.id = s.saga_id WHERE s.state = 'WAITING' AND g.state = 'RUNNING'", 1).await;
        app.app.clock.advance(TimeDelta::minutes(31));
        let saga = running(&app).await;
        app.app.transaction(async |tx| tradewind::sagas::wake(tx, saga).await).await.unwrap();
        app.until_sagas_are_over().await;
        worker.stop(PATIENCE).await;
        assert_eq!(why(&app, bob, &id).await["cancelReason"], "EXPIRED");

        // Sold out, since what was promised expired.
        let cleo = shopper(&app, "cleo", &shop, 1).await;
        let id = placed(&app, cleo, SUCCESS).await;
        app.execute("UPDATE stock_reservation SET state = 'EXPIRED' WHERE state = 'LIVE'").await;
        app.execute("UPDATE stock SET reserved = 0, on_hand = 0").await;
        app.work_off().await;
        assert_eq!(why(&app, cleo, &id).await["cancelReason"], "SOLD_OUT");
        app.execute("UPDATE stock SET on_hand = 1000").await;

        // A shop that has closed.
        let dora = shopper(&app, "dora", &shop, 1).await;
        let id = placed(&app, dora, SUCCESS).await;
        app.execute("UPDATE seller SET status = 'SUSPENDED'").await;
        app.work_off().await;
        assert_eq!(why(&app, dora, &id).await["cancelReason"], "SHOP_CLOSED");
        assert_eq!(app.outcome().await, (1_000, 0, 0));
        app.is_sound().await;
    }

    async fn what_a_fault_says_of_itself_is_for_support(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let ada = shopper(&app, "ada", &shop, 1).await;
        let id = placed(&app, ada, SUCCESS).await;
        let saga = running(&app).await;
        let fault = "connection to 10.0.0.7:5432 refused";
        app.app.transaction(async |tx| tradewind::sagas::cancel(tx, saga, fault).await).await.unwrap();
        app.work_off().await;
        let told = why(&app, ada, &id).await;
        assert_eq!((&told["cancelReason"], &told["cancelNote"]), (&json!("PROVIDER_UNAVAILABLE"), &json!(null)));
        assert!(!told.to_string().contains("10.0.0.7"), "{told}");
        let kept: Option<String> = app.value("SELECT reason FROM customer_order").await;
        assert_eq!(kept, None);
        let known: String = app.value("SELECT reason FROM saga").await;
        assert_eq!(known, fault);
    }

    async fn whoever_cancels_may_say_why(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let support = someone(Role::Support);
        for (name, is_paid, is_support, reason) in [
            ("ada", false, false, "BY_SHOPPER"),
            ("bob", true, false, "BY_SHOPPER"),
            ("cleo", false, true, "BY_SUPPORT"),
            ("dora", true, true, "BY_SUPPORT"),
        ] {
            let actor = shopper(&app, name, &shop, 1).await;
            let id = placed(&app, actor, SUCCESS).await;
            if is_paid {
                app.work_off().await;
            }
            let input = json!({ "id": id, "reason": "Twice: look at the other." });
            let who = if is_support { support } else { actor };
            done(&mutate(&app, who, "orderCancel", "order { id }", input).await);
            app.work_off().await;
            let told = why(&app, actor, &id).await;
            assert_eq!((&told["state"], &told["cancelReason"]), (&json!("CANCELLED"), &json!(reason)), "{name}");
            assert_eq!(told["cancelNote"], "Twice: look at the other.", "{name}");
        }
        let eve = shopper(&app, "eve", &shop, 1).await;
        let id = placed(&app, eve, SUCCESS).await;
        app.work_off().await;
        let line = seen(&app, eve, &id).await["lines"][0]["id"].clone();
        done(&mutate(&app, shop.owner, "orderLineCancel", "fulfilment { id }", json!({ "id": line, "quantity": 1, "reason": "Broken." })).await);
        app.work_off().await;
        let told = why(&app, eve, &id).await;
        assert_eq!((&told["cancelReason"], &told["cancelNote"]), (&json!("BY_SHOP"), &json!("Broken.")));
        app.is_sound().await;
    }
}
