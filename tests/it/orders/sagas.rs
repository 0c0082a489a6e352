//! The two sagas bear that each of their steps fails once, runs twice, and loses its job.

use super::{bought, buy, by, seen, shopper};
use crate::{
    cart::Market,
    payments::support::{CAPTURE_DECLINED, PATIENCE, SUCCESS},
    support::{
        TestApp,
        sagas::FailsOnce,
        shops::{done, mutate},
    },
};
use serde_json::json;
use tradewind::jobs::Worker;

const ENDINGS: [&str; 3] = ["/begun", "/worked", "/recorded"];

on_both_databases! {
    async fn each_step_of_a_checkout_may_fail_once_and_run_twice(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        let mut sold = 0;
        for (card, state) in [(SUCCESS, "CONFIRMED"), (CAPTURE_DECLINED, "CANCELLED")] {
            for (index, ending) in ENDINGS.into_iter().enumerate() {
                let ada = shopper(&app, &format!("{}{index}", state.to_lowercase()), &shop, 1).await;
                let order = done(&buy(&app, ada, by(card)).await)["order"].clone();
                let probe = FailsOnce::at(ending);
                let worker = Worker::start(app.probed(probe.clone()), tradewind::worker::registry());
                app.until_sagas_are_over().await;
                worker.stop(PATIENCE).await;
                assert!(probe.places().len() >= 3, "{:?}", probe.places());
                assert_eq!(seen(&app, ada, &order["id"]).await["state"], state, "{ending}");
                sold += i64::from(state == "CONFIRMED");
                assert_eq!(app.outcome().await, (1_000 - sold, 0, 1_000 * sold));
                app.is_sound().await;
            }
        }
        let sales = "SELECT count(*) FROM ledger_transaction";
        assert_eq!(app.value::<i64>(sales).await, sold);
    }

    async fn each_step_of_a_refund_may_fail_once_and_run_twice(app: TestApp) {
        let shop = Market::open(&app, "quay", "EUR", 1).await;
        for (index, ending) in ENDINGS.into_iter().enumerate() {
            let ada = shopper(&app, &format!("ada{index}"), &shop, 2).await;
            let order = bought(&app, ada, SUCCESS).await;
            done(&mutate(&app, ada, "orderCancel", "order { id }", json!({ "id": order["id"] })).await);
            let probe = FailsOnce::at(ending);
            let worker = Worker::start(app.probed(probe.clone()), tradewind::worker::registry());
            app.until_sagas_are_over().await;
            worker.stop(PATIENCE).await;
            assert_eq!(probe.places().len(), 2, "{:?}", probe.places());
            let order = seen(&app, ada, &order["id"]).await;
            assert_eq!((&order["state"], &order["refunded"]["amount"]), (&json!("CANCELLED"), &json!("20.00")));
            assert_eq!(app.outcome().await, (1_000, 0, 0));
            app.is_sound().await;
        }
    }
}
