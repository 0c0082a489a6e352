//! The saga of a top-up bears that each of its steps fails once, runs twice, and loses its job.

use super::{assert_sound, outcome, pay_in, seen};
use crate::{
    payments::support::{CAPTURE_DECLINED, PATIENCE, SUCCESS},
    support::{
        TestApp,
        sagas::FailsOnce,
        shops::{done, person},
    },
};
use tradewind::jobs::Worker;

on_both_databases! {
    async fn each_step_of_a_top_up_may_fail_once_and_run_twice(app: TestApp) {
        let mut paid = 0;
        for (card, state) in [(SUCCESS, "COMPLETED"), (CAPTURE_DECLINED, "FAILED")] {
            for ending in ["/begun", "/worked", "/recorded"] {
                let ada = person(&app, &format!("{}{}", state.to_lowercase(), &ending[1..])).await;
                let top_up = done(&pay_in(&app, ada, "10", card).await)["topUp"].clone();
                assert_eq!(top_up["state"], "PENDING");
                let probe = FailsOnce::at(ending);
                let worker = Worker::start(app.probed(probe.clone()), tradewind::worker::registry());
                app.until_sagas_are_over().await;
                worker.stop(PATIENCE).await;
                assert!(probe.places().len() >= 3, "{:?}", probe.places());
                assert_eq!(seen(&app, ada, &top_up["id"]).await["state"], state, "{ending}");
                paid += if state == "COMPLETED" { 1_000 } else { 0 };
                assert_eq!(outcome(&app).await, (paid, paid), "{ending}");
            }
        }
        assert_eq!(app.value::<i64>("SELECT count(*) FROM ledger_transaction").await, 3);
        assert_sound(&app);
    }
}
