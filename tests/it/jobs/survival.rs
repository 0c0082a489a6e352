//! Jobs survive their workers: processes that are killed, that stand still for longer than their lease, or that a job
//! takes with it. The workers here are processes of their own: this test binary, run again.

use super::kinds::{Faulty, Hold, Note, registry};
use crate::support::{TestApp, TestDatabase, settings, variable};
use std::{
    io::{Read, Write},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tokio_util::sync::CancellationToken;
use tradewind::{app::App, jobs::Worker};

const PATIENCE: Duration = Duration::from_secs(20);
const LEASE: &[(&str, &str)] = &[("--jobs-lease-seconds", "2")];
/// Tells the process below that it is one.
const DATABASE: &str = "TRADEWIND_TEST_WORKER_DATABASE";

/// Not a test of its own: what the processes of the tests below do.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "it is run by the other tests, in processes of their own"]
async fn worker_process() {
    let Ok(url) = std::env::var(DATABASE) else {
        return;
    };
    // Whoever started it holds the other end, and may die.
    std::thread::spawn(|| {
        let _ = std::io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let flags = [LEASE, &[("--database-url", url.as_str())]].concat();
    let app = App::from_settings(settings(&flags)).await.unwrap();
    let _worker = Worker::start(app.clone(), registry());
    app.wakes
        .relay(&app.database, &CancellationToken::new())
        .await;
    std::future::pending::<()>().await;
}

/// A worker in a process of its own.
struct Process(Child);

impl Process {
    fn start(app: &TestApp) -> Self {
        Self::of(app, Command::new(std::env::current_exe().unwrap()))
    }

    /// One to whom it is an hour later than to everyone else, where the command `faketime` is there.
    fn start_an_hour_late(app: &TestApp) -> Option<Self> {
        let is_there = Command::new("faketime").arg("--version").output().is_ok();
        if !is_there {
            assert!(
                variable("CI").is_none_or(|ci| ci != "true"),
                "CI needs faketime"
            );
            let _ = writeln!(std::io::stderr(), "SKIPPED: there is no faketime here");
            return None;
        }
        let mut command = Command::new("faketime");
        // Clocks that only count on are left as they are, as a machine's are when its time is set.
        command
            .args(["-f", "+1h"])
            .arg(std::env::current_exe().unwrap());
        command.env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
        Some(Self::of(app, command))
    }

    fn of(app: &TestApp, mut command: Command) -> Self {
        command
            .args(["--exact", "jobs::survival::worker_process", "--ignored"])
            .env(DATABASE, &app.database.url)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        Self(command.spawn().unwrap())
    }

    fn signal(&self, signal: &str) {
        let id = self.0.id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Ends it as a power cut would.
    fn kill(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }

    fn has_died(&mut self) -> bool {
        self.0.try_wait().unwrap().is_some()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.signal("-CONT");
        self.kill();
    }
}

async fn apps() -> Vec<TestApp> {
    let mut apps = vec![TestApp::on_sqlite_with(LEASE).await.with_effects().await];
    if let Some(database) = TestDatabase::postgres().await {
        let app = TestApp::on_database(database, LEASE).await;
        apps.push(app.with_effects().await);
    }
    apps
}

const RUNNING: &str = "SELECT count(*) FROM job WHERE state = 'RUNNING'";

#[tokio::test]
async fn a_killed_workers_job_is_done_by_another() {
    for app in apps().await {
        app.enqueue(Hold(60_000)).await;
        let mut process = Process::start(&app);
        app.until(RUNNING, 1).await;
        process.0.kill().unwrap();
        let worker = app.work();
        app.until_done().await;
        worker.stop(PATIENCE).await;
        assert_eq!(app.effects().await, ["attempt 2"]);
        let _ = process.0.wait();
        std::mem::forget(process);
    }
}

/// It stands still for longer than its lease, another does the job, and it goes on as if nothing had been.
#[tokio::test]
async fn a_worker_that_comes_back_too_late_is_fenced() {
    for app in apps().await {
        app.enqueue(Hold(1_000)).await;
        let process = Process::start(&app);
        app.until(RUNNING, 1).await;
        process.signal("-STOP");
        let worker = app.work();
        app.until_done().await;
        process.signal("-CONT");
        tokio::time::sleep(Duration::from_secs(3)).await;
        worker.stop(PATIENCE).await;
        assert_eq!(app.effects().await, ["attempt 2"]);
        let fate: String = app.value("SELECT state || ' ' || attempts FROM job").await;
        assert_eq!(fate, "DONE 2");
    }
}

/// The workers die of it one after the other, and what else there is to do is done all the same.
#[tokio::test]
async fn a_poisonous_job_ends_and_harms_no_other() {
    for app in apps().await {
        app.enqueue(Faulty::Aborts).await;
        for number in 0..50 {
            app.enqueue(Note(number.to_string())).await;
        }
        let mut process = Process::start(&app);
        let mut deaths = 0;
        let began = Instant::now();
        while app
            .value::<i64>("SELECT count(*) FROM job WHERE state IN ('WAITING', 'RUNNING')")
            .await
            > 0
        {
            if process.has_died() {
                deaths += 1;
                std::mem::forget(std::mem::replace(&mut process, Process::start(&app)));
            }
            assert!(began.elapsed() < Duration::from_secs(60));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        assert_eq!(deaths, 3);
        let poison = "SELECT state || ' ' || attempts || ' ' || last_error FROM job WHERE kind = 'test.faulty'";
        let poison: String = app.value(poison).await;
        assert!(poison.starts_with("DEAD 3 The worker "), "{poison}");
        assert_eq!(
            app.value::<i64>("SELECT count(DISTINCT note) FROM effect")
                .await,
            50
        );
        assert_eq!(app.value::<i64>("SELECT count(*) FROM effect").await, 50);
    }
}

/// Three workers, one of which is killed and replaced every half second or so, at ten thousand jobs that are finished
/// with what they write: everything is written, and nothing twice.
#[tokio::test]
async fn ten_thousand_jobs_survive_random_kills() {
    const JOBS: i64 = 10_000;
    for app in apps().await {
        let ask = async |from: i64| {
            app.app
                .transaction(async |tx| {
                    for number in from..from + 1_000 {
                        tradewind::jobs::enqueue(tx, &Note(number.to_string())).await?;
                    }
                    Ok(())
                })
                .await
                .unwrap();
        };
        for thousand in 0..JOBS / 1_000 {
            ask(thousand * 1_000).await;
        }
        let mut processes: Vec<_> = (0..3).map(|_| Process::start(&app)).collect();
        let (began, mut kills) = (Instant::now(), 0);
        let done = "SELECT count(*) FROM job WHERE state = 'DONE'";
        while app.value::<i64>(done).await < JOBS {
            let victim = kills % processes.len();
            processes[victim].kill();
            std::mem::forget(std::mem::replace(
                &mut processes[victim],
                Process::start(&app),
            ));
            kills += 1;
            assert!(began.elapsed() < Duration::from_secs(240), "{kills} kills");
            tokio::time::sleep(Duration::from_millis(300 + 40 * (kills as u64 * 7 % 11))).await;
        }
        let twice: i64 = app
            .value("SELECT count(*) - count(DISTINCT note) FROM effect")
            .await;
        let written: i64 = app.value("SELECT count(DISTINCT note) FROM effect").await;
        let again: i64 = app
            .value("SELECT count(*) FROM job WHERE attempts > 1")
            .await;
        println!(
            "{:?}: {JOBS} jobs, {kills} kills, {again} begun again, {twice} effects twice, {:.1} s",
            app.app.database.backend(),
            began.elapsed().as_secs_f64()
        );
        assert_eq!((written, twice), (JOBS, 0));
        assert!(kills > 3, "there was nothing to survive");
    }
}

/// Its own clock is an hour ahead, and by that every lease has run out and every job is due. What counts is the
/// database's, which on SQLite is the machine's.
#[tokio::test]
async fn a_worker_whose_clock_is_wrong_takes_nothing_early() {
    let Some(database) = TestDatabase::postgres().await else {
        return;
    };
    let app = TestApp::on_database(database, LEASE)
        .await
        .with_effects()
        .await;
    let half_an_hour = Duration::from_secs(1_800);
    app.app
        .transaction(async |tx| {
            tradewind::jobs::enqueue(tx, &Hold(5_000)).await?;
            tradewind::jobs::enqueue_in(tx, &Note("too early".to_owned()), half_an_hour).await
        })
        .await
        .unwrap();
    let worker = app.work();
    app.until(RUNNING, 1).await;
    let Some(mut wrong) = Process::start_an_hour_late(&app) else {
        return;
    };
    app.until("SELECT count(*) FROM job WHERE state = 'DONE'", 1)
        .await;
    assert_eq!(app.effects().await, ["attempt 1"]);
    // It is at work, and does what is due.
    worker.stop(PATIENCE).await;
    app.enqueue(Note("in time".to_owned())).await;
    app.until("SELECT count(*) FROM job WHERE state = 'DONE'", 2)
        .await;
    assert_eq!(app.effects().await, ["attempt 1", "in time"]);
    assert!(!wrong.has_died());
}
