//! Events arrive though the processes on their way are killed: relay and worker are this test binary, run again.

use super::kinds::{Moved, subscriptions};
use crate::support::{TestApp, TestDatabase, settings, variable};
use sea_orm::DbBackend;
use std::{
    io::Read,
    process::{Child, Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, Instant},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tradewind::{
    app::App,
    error::Error,
    jobs::{Registry, Worker},
    outbox::{self, relay},
};
use uuid::Uuid;

const WRITERS: usize = 32;
const THINGS: usize = 200;
const FLAGS: &[(&str, &str)] = &[("--jobs-lease-seconds", "2")];
/// Tells the process below that it is one.
const DATABASE: &str = "TRADEWIND_TEST_RELAY_DATABASE";

/// Not a test of its own: what the processes of the tests below do.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it is run by the other tests, in processes of their own"]
async fn process() {
    let Some(url) = variable(DATABASE) else {
        return;
    };
    // Whoever started it holds the other end, and may die.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let flags = [FLAGS, &[("--database-url", url.as_str())]].concat();
    let app = App::from_settings(settings(&flags)).await.unwrap();
    let worker = subscriptions().register(Registry::default());
    let _worker = Worker::start(app.clone(), worker);
    let never = CancellationToken::new();
    let relay = relay::run(app.clone(), subscriptions(), never.clone());
    tokio::join!(relay, app.wakes.relay(&app.database, &never));
    std::future::pending::<()>().await;
}

fn start(app: &TestApp) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "outbox::killed::process", "--ignored"])
        .env(DATABASE, &app.database.url)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

/// Has writers tell of moves until `stop`; returns how many were committed.
async fn write(app: &TestApp, stop: &CancellationToken) -> i64 {
    // A transaction that writes is alone on SQLite, so more would be all that is ever done.
    let longest_rest = match app.app.database.backend() {
        DbBackend::Postgres => 200,
        _ => 1_200,
    };
    let things: Arc<[Uuid]> = (0..THINGS).map(|_| Uuid::now_v7()).collect();
    let (tasks, committed) = (TaskTracker::new(), Arc::new(AtomicI64::new(0)));
    for _ in 0..WRITERS {
        let (server, things) = (app.app.clone(), Arc::clone(&things));
        let (stop, committed) = (stop.clone(), Arc::clone(&committed));
        tasks.spawn(async move {
            while !stop.is_cancelled() {
                let event = Moved {
                    thing: things[fastrand::usize(..THINGS)],
                    number: 0,
                };
                let emit = server.transaction(async |tx| {
                    outbox::emit_one(tx, &event).await?;
                    tokio::time::sleep(Duration::from_millis(fastrand::u64(..20))).await;
                    Ok(())
                });
                match emit.await {
                    Ok(()) => committed.fetch_add(1, Ordering::Relaxed),
                    // It waited for a connection for too long.
                    Err(Error::Unavailable | Error::Contended) => 0,
                    Err(error) => panic!("{error:?}"),
                };
                tokio::time::sleep(Duration::from_millis(fastrand::u64(..longest_rest))).await;
            }
        });
    }
    tasks.close();
    tasks.wait().await;
    committed.load(Ordering::Relaxed)
}

/// Kills processes, `kills` times, each after `life`, while writers write; checks what arrived, and prints the figures.
async fn killed(app: TestApp, life: Duration, kills: u32) {
    let app = app.with_ears().await;
    let stop = CancellationToken::new();
    let killing = async {
        // Two, so that leases and the feed are fought over.
        let mut processes = [start(&app), start(&app)];
        for turn in 0..kills {
            tokio::time::sleep(life).await;
            let process = &mut processes[turn as usize % 2];
            process.kill().unwrap();
            process.wait().unwrap();
            *process = start(&app);
        }
        stop.cancel();
        processes
    };
    let began = Instant::now();
    let (committed, mut processes) = tokio::join!(write(&app, &stop), killing);
    let elapsed = began.elapsed();
    app.until_told().await;
    for process in &mut processes {
        process.kill().unwrap();
        process.wait().unwrap();
    }

    let count = async |sql: &str| app.value::<i64>(sql).await;
    let told = count("SELECT count(*) FROM outbox_event").await;
    let distinct =
        count("SELECT count(*) FROM (SELECT DISTINCT thing, sequence FROM heard) AS h").await;
    let heard = count("SELECT count(*) FROM heard").await;
    let inversions = "SELECT count(*) FROM heard a JOIN heard b ON a.thing = b.thing AND a.sequence < b.sequence \
         AND a.number > b.number";
    let inversions = count(inversions).await;
    let mut lags = app.lags().await;
    lags.sort_unstable_by(f64::total_cmp);
    println!(
        "{:?}: {kills} kills in {:.0?}, {committed} events; missing {}, inversions {inversions}, duplicates {}; \
         lag p50 {:.0} ms, p99 {:.0} ms, max {:.0} ms",
        app.app.database.backend(),
        elapsed,
        committed - distinct,
        heard - distinct,
        lags[lags.len() / 2] * 1e3,
        lags[lags.len() * 99 / 100] * 1e3,
        lags[lags.len() - 1] * 1e3,
    );
    assert_eq!((told, distinct, inversions), (committed, committed, 0));
    assert!(committed > 50, "{committed}");
}

async fn apps() -> Vec<TestApp> {
    let mut apps = vec![TestApp::on_sqlite_with(FLAGS).await];
    if let Some(database) = TestDatabase::postgres().await {
        apps.push(TestApp::on_database(database, FLAGS).await);
    }
    apps
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_missing_when_processes_are_killed() {
    for app in apps().await {
        killed(app, Duration::from_millis(700), 4).await;
    }
}

/// For the figures in docs/reliability.md.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it takes a minute, and prints figures"]
async fn figures() {
    for app in apps().await {
        killed(app, Duration::from_secs(2), 10).await;
    }
}
