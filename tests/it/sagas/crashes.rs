//! Processes die at every place of a saga: before a step, between what it does and what is written down of it, and after. Whoever comes
//! next goes on where it was.

use super::kinds::{Trip, carry_on};
use crate::support::{TestApp, TestDatabase, sagas::AbortsAt, settings};
use std::{
    io::Read,
    process::{Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;
use tradewind::{app::App, platform::probes::Probes};

const PATIENCE: Duration = Duration::from_secs(20);
const LEASE: &[(&str, &str)] = &[("--jobs-lease-seconds", "2")];
/// Tells the process below that it is one, and where it dies.
const DATABASE: &str = "TRADEWIND_TEST_SAGA_DATABASE";
const PLACE: &str = "TRADEWIND_TEST_SAGA_PLACE";

/// Not a test of its own: what the processes of the test below do.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it is run by the other tests, in processes of their own"]
async fn dying_process() {
    let (Ok(url), Ok(place)) = (std::env::var(DATABASE), std::env::var(PLACE)) else {
        return;
    };
    // Whoever started it holds the other end, and may die.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let flags = [LEASE, &[("--database-url", url.as_str())]].concat();
    let mut app = App::from_settings(settings(&flags)).await.unwrap();
    app.probes = Probes::new(Arc::new(AbortsAt(place)));
    let _worker = carry_on(app.clone());
    app.wakes
        .relay(&app.database, &CancellationToken::new())
        .await;
    std::future::pending::<()>().await;
}

/// Starts a process that dies at `place`, and waits until it has.
fn die_at(app: &TestApp, place: &str) {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "sagas::crashes::dying_process", "--ignored"])
        .env(DATABASE, &app.database.url)
        .env(PLACE, place)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while process.try_wait().unwrap().is_none() {
        assert!(
            began.elapsed() < Duration::from_secs(120),
            "nothing comes to {place}"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
}

async fn apps() -> Vec<TestApp> {
    let mut apps = vec![TestApp::on_sqlite_with(LEASE).await.with_trips().await];
    if let Some(database) = TestDatabase::postgres().await {
        let app = TestApp::on_database(database, LEASE).await;
        apps.push(app.with_trips().await);
    }
    apps
}

/// The step that is charged may fail twice. That the process dies there is no failure of it: there were others in the process.
#[tokio::test(flavor = "multi_thread")]
async fn a_crash_is_no_failure_of_the_step() {
    for app in apps().await {
        let trip = Trip::new();
        app.start(&trip).await;
        for _ in 0..3 {
            die_at(&app, "test.trip/charge/begun");
        }
        let worker = app.carry_on();
        app.until_sagas_are_over().await;
        worker.stop(PATIENCE).await;
        assert_eq!(app.trip_effects(&trip).await, ["reserve", "ship"]);
        let tries =
            "SELECT name || ' ' || attempts || ' ' || failures FROM saga_step ORDER BY position";
        let expected = ["reserve 1 0", "charge 4 0", "look 1 0", "ship 1 0"];
        assert_eq!(app.column::<String>(tries).await, expected);
        // What befell it while it was charged does not count against shipping.
        let losses: i64 = app.value("SELECT losses FROM job").await;
        assert_eq!(losses, 0);
    }
}

/// Where the process dies at a step again and again, it is the step after all.
#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_kills_its_process_comes_to_an_end() {
    for app in apps().await {
        let trip = Trip::new();
        let saga = app.start(&trip).await;
        die_at(&app, "test.trip/charge/begun");
        app.execute("UPDATE job SET attempts = 20, losses = 19")
            .await;
        let worker = app.carry_on();
        // It would wait for a minute by now.
        app.until("SELECT count(*) FROM job WHERE losses = 20", 1)
            .await;
        app.wake(saga).await;
        app.until_sagas_are_over().await;
        worker.stop(PATIENCE).await;
        assert_eq!(app.trip_effects(&trip).await, ["reserve", "reserve:undo"]);
        let fate = app.saga_fate().await;
        assert!(
            fate.starts_with("COMPENSATED reserve It was begun again"),
            "{fate}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_at_any_place_loses_nothing() {
    for app in apps().await {
        let steps = ["reserve", "charge", "look", "ship"];
        let forward = steps.map(|step| (step.to_owned(), ""));
        let back = ["ship", "charge", "reserve"].map(|step| (format!("{step}:undo"), "ship"));
        let (mut done, mut undone) = (Vec::new(), Vec::new());
        for (step, refused_at) in forward.into_iter().chain(back) {
            for moment in ["begun", "worked", "recorded"] {
                let trip = Trip {
                    refused_at: refused_at.to_owned(),
                    ..Trip::new()
                };
                app.start(&trip).await;
                if refused_at.is_empty() {
                    done.push(trip);
                } else {
                    undone.push(trip);
                }
                die_at(&app, &format!("test.trip/{step}/{moment}"));
            }
        }
        let worker = app.carry_on();
        let began = Instant::now();
        app.until_sagas_are_over().await;
        worker.stop(PATIENCE).await;
        for trip in &done {
            assert_eq!(app.trip_effects(trip).await, ["reserve", "ship"]);
        }
        for trip in &undone {
            let expected = ["reserve", "ship:undo", "reserve:undo"];
            assert_eq!(app.trip_effects(trip).await, expected);
        }
        // Each was asked for once, by its key.
        let asked: i64 = app.value("SELECT count(*) FROM outside").await;
        assert_eq!(
            usize::try_from(asked).unwrap(),
            done.len() + 2 * undone.len()
        );
        println!(
            "{:?}: {} crashes, all over {:.1} s after the last",
            app.app.database.backend(),
            done.len() + undone.len(),
            began.elapsed().as_secs_f64()
        );
    }
}
