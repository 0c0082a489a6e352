//! What becomes of a saga: done, undone, waiting, woken, cancelled; and that each step may fail once, and run twice.

use super::kinds::{Trip, carry_on};
use crate::support::{TestApp, sagas::FailsOnce};
use std::{sync::Arc, time::Duration};
use tradewind::sagas;

const PATIENCE: Duration = Duration::from_secs(20);
const DONE: [&str; 2] = ["reserve", "ship"];

on_both_databases! {
    async fn steps_are_done_in_their_order(app: TestApp) {
        let app = app.with_trips().await;
        let trip = Trip::new();
        app.start(&trip).await;
        let worker = app.carry_on();
        app.until_sagas_are_over().await;
        worker.stop(PATIENCE).await;
        assert_eq!(app.trip_effects(&trip).await, DONE);
        assert_eq!(app.saga_fate().await, "DONE ship ");
        let outside: Vec<String> = app.column("SELECT key FROM outside").await;
        assert!(outside.len() == 1 && outside[0].ends_with(":charge"), "{outside:?}");
        let steps = "SELECT name || ' ' || state || ' ' || attempts FROM saga_step ORDER BY position";
        let expected = ["reserve DONE 1", "charge DONE 1", "look DONE 1", "ship DONE 1"];
        assert_eq!(app.column::<String>(steps).await, expected);
        let jobs = "SELECT count(*) FROM job WHERE state IN ('WAITING', 'RUNNING', 'DEAD')";
        assert_eq!(app.value::<i64>(jobs).await, 0);
    }

    async fn nothing_is_started_by_a_transaction_that_fails(app: TestApp) {
        let app = app.with_trips().await;
        let now = app.app.clock.now();
        let failed: tradewind::error::Result<()> = app.app.transaction(async |tx| {
            sagas::start(tx, now, &Trip::new())?;
            Err(tradewind::error::Error::Contended)
        }).await;
        assert!(failed.is_err());
        assert_eq!(app.value::<i64>("SELECT count(*) FROM saga").await, 0);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM job").await, 0);
    }

    async fn what_is_refused_has_all_undone_the_last_first(app: TestApp) {
        let app = app.with_trips().await;
        let trip = Trip { refused_at: "ship".to_owned(), ..Trip::new() };
        app.start(&trip).await;
        let worker = app.carry_on();
        app.until_sagas_are_over().await;
        worker.stop(PATIENCE).await;
        // What the refused step wrote is rolled back, and it is undone all the same.
        assert_eq!(app.trip_effects(&trip).await, ["reserve", "ship:undo", "reserve:undo"]);
        assert_eq!(app.saga_fate().await, "COMPENSATED reserve ship is refused.");
        assert_eq!(app.value::<i64>("SELECT count(*) FROM outside WHERE key LIKE '%charge:undo'").await, 1);
    }

    async fn what_stays_broken_is_undone_where_the_step_says_so(app: TestApp) {
        let app = app.with_trips().await;
        let trip = Trip { broken_at: "charge".to_owned(), ..Trip::new() };
        app.start(&trip).await;
        let worker = app.carry_on();
        app.until_sagas_are_over().await;
        worker.stop(PATIENCE).await;
        assert_eq!(app.trip_effects(&trip).await, ["reserve", "reserve:undo"]);
        assert_eq!(app.saga_fate().await, "COMPENSATED reserve charge is broken.");
        let attempts: i64 = app.value("SELECT attempts FROM saga_step WHERE name = 'charge'").await;
        assert_eq!(attempts, 2);
    }

    async fn one_that_waits_goes_on_when_it_is_woken(app: TestApp) {
        let app = app.with_trips().await;
        let trip = Trip { waits: true, ..Trip::new() };
        let saga = app.start(&trip).await;
        let worker = app.carry_on();
        app.until("SELECT count(*) FROM saga_step WHERE state = 'WAITING'", 1).await;
        app.wake(saga).await;
        app.until("SELECT count(*) FROM saga_step WHERE name = 'charge' AND attempts = 2 AND state = 'WAITING'", 1).await;
        app.execute("INSERT INTO signal (note) VALUES ('go')").await;
        app.wake(saga).await;
        app.until_sagas_are_over().await;
        worker.stop(PATIENCE).await;
        assert_eq!(app.trip_effects(&trip).await, DONE);
    }

    /// Whatever the moment at which it is told, it is not passed over: there is nothing else that would have it look.
    async fn no_wake_is_lost(app: TestApp) {
        let app = app.with_trips().await;
        let trip = Trip { waits: true, ..Trip::new() };
        let sagas = [app.start(&trip).await, app.start(&trip).await, app.start(&trip).await];
        let worker = app.carry_on();
        for _ in 0..10 {
            for saga in sagas {
                app.wake(saga).await;
            }
        }
        app.execute("INSERT INTO signal (note) VALUES ('go')").await;
        for saga in sagas {
            app.wake(saga).await;
        }
        app.until_sagas_are_over().await;
        worker.stop(PATIENCE).await;
        assert_eq!(app.value::<i64>("SELECT count(*) FROM saga WHERE state = 'DONE'").await, 3);
    }

    async fn one_that_is_cancelled_is_undone(app: TestApp) {
        let app = app.with_trips().await;
        let trip = Trip { waits: true, ..Trip::new() };
        let saga = app.start(&trip).await;
        let worker = app.carry_on();
        app.until("SELECT count(*) FROM saga_step WHERE state = 'WAITING'", 1).await;
        let cancel = async || app.app.transaction(async |tx| sagas::cancel(tx, saga, "changed my mind").await).await.unwrap();
        assert!(cancel().await);
        app.until_sagas_are_over().await;
        worker.stop(PATIENCE).await;
        assert_eq!(app.saga_fate().await, "COMPENSATED reserve changed my mind");
        assert_eq!(app.trip_effects(&trip).await, ["reserve", "reserve:undo"]);
        assert!(!cancel().await, "it is over");
    }

    /// Whoever is told that it will be undone is told the truth, whatever the moment.
    async fn cancelling_and_coming_to_an_end_agree(app: TestApp) {
        let app = app.with_trips().await;
        let mut sagas = Vec::new();
        for _ in 0..20 {
            sagas.push(app.start(&Trip::new()).await);
        }
        let worker = app.carry_on();
        let mut cancelled = 0_i64;
        for (number, saga) in sagas.into_iter().enumerate() {
            tokio::time::sleep(Duration::from_millis(7 * (number as u64 % 5))).await;
            let done = app.app.transaction(async |tx| sagas::cancel(tx, saga, "no").await).await.unwrap();
            cancelled += i64::from(done);
        }
        app.until_sagas_are_over().await;
        worker.stop(PATIENCE).await;
        assert_eq!(app.value::<i64>("SELECT count(*) FROM saga WHERE state = 'COMPENSATED'").await, cancelled);
        let effects = |step: &str| format!("SELECT count(*) FROM effect WHERE note LIKE '% {step}'");
        let undone: i64 = app.value(&effects("reserve:undo")).await;
        assert!(undone <= cancelled && app.value::<i64>(&effects("ship")).await >= 20 - cancelled);
    }

    async fn every_step_fails_once(app: TestApp) {
        let app = app.with_trips().await;
        for refused_at in ["", "ship"] {
            let probe = FailsOnce::at("/begun");
            let trip = Trip { refused_at: refused_at.to_owned(), ..Trip::new() };
            app.start(&trip).await;
            let worker = carry_on(app.probed(Arc::clone(&probe) as _));
            app.until_sagas_are_over().await;
            worker.stop(PATIENCE).await;
            let expected: &[&str] = if refused_at.is_empty() { &DONE } else { &["reserve", "ship:undo", "reserve:undo"] };
            assert_eq!(app.trip_effects(&trip).await, expected);
            assert_eq!(probe.places().len(), if refused_at.is_empty() { 4 } else { 7 }, "{:?}", probe.places());
        }
    }

    async fn every_step_runs_twice(app: TestApp) {
        let app = app.with_trips().await;
        for ending in ["/worked", "/recorded"] {
            let probe = FailsOnce::at(ending);
            let trip = Trip { refused_at: "ship".to_owned(), ..Trip::new() };
            app.start(&trip).await;
            let worker = carry_on(app.probed(Arc::clone(&probe) as _));
            app.until_sagas_are_over().await;
            worker.stop(PATIENCE).await;
            // Its own writes happen once, and others are asked under the same key.
            assert_eq!(app.trip_effects(&trip).await, ["reserve", "ship:undo", "reserve:undo"], "{ending}");
            assert!(probe.places().len() >= 6, "{:?}", probe.places());
        }
        assert_eq!(app.value::<i64>("SELECT count(*) FROM outside").await, 4);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM outside WHERE calls = 2").await, 2);
    }
}
