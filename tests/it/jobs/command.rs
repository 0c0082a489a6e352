//! `tradewind jobs` and `tradewind worker`, as an operator uses them.

use super::kinds::{Faulty, Note};
use crate::support::TestApp;
use std::{
    net::{SocketAddr, TcpListener},
    process::{Child, Command, Output, Stdio},
    time::{Duration, Instant},
};

const PATIENCE: Duration = Duration::from_secs(20);

fn tradewind(app: &TestApp, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tradewind"));
    command
        .args(arguments)
        .env_clear()
        .env("DATABASE_URL", &app.database.url)
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::null());
    command
}

fn printed(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8(text).unwrap()
}

/// What the command prints; it must succeed.
fn run(app: &TestApp, arguments: &[&str]) -> String {
    let output = tradewind(app, arguments).output().unwrap();
    let text = printed(&output);
    assert!(output.status.success(), "{arguments:?}: {text}");
    text
}

fn refused(app: &TestApp, arguments: &[&str]) -> String {
    let output = tradewind(app, arguments).output().unwrap();
    let text = printed(&output);
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {text}");
    text
}

/// A process that is ended when the test is.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn free_address() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
}

on_both_databases! {
    async fn jobs_are_looked_at_and_steered(app: TestApp) {
        app.enqueue(Faulty::IsWrong).await;
        let worker = app.work();
        app.until("SELECT count(*) FROM job WHERE state = 'DEAD'", 1).await;
        worker.stop(PATIENCE).await;
        app.enqueue(Note("waits".to_owned())).await;

        let dead = run(&app, &["jobs", "list", "--state", "dead"]);
        assert_eq!(dead.lines().count(), 1, "{dead}");
        assert!(dead.contains("DEAD") && dead.contains("payload.name: There is no such name."), "{dead}");
        assert_eq!(run(&app, &["jobs", "list"]).lines().count(), 2);
        assert_eq!(run(&app, &["jobs", "list", "--kind", "test.note", "--queue", "default"]).lines().count(), 1);
        assert!(run(&app, &["jobs", "list", "--limit", "1"]).contains("There are more"));

        let id = dead.split_whitespace().next().unwrap();
        let shown = run(&app, &["jobs", "show", id]);
        assert!(shown.contains("kind          test.faulty (version 1)"), "{shown}");
        assert!(shown.contains("attempts      1 of 3"), "{shown}");
        assert!(run(&app, &["jobs", "retry", id]).contains("WAITING"));
        assert!(run(&app, &["jobs", "discard", id]).contains("DISCARDED"));
        assert!(refused(&app, &["jobs", "discard", id]).contains("it is over"));
        assert!(refused(&app, &["jobs", "show", "job_01h455vb4pex5vsknk084sn02q"]).contains("There is no such job"));
        assert!(refused(&app, &["jobs", "show", "nonsense"]).contains("id: This is no id"));

        assert!(run(&app, &["jobs", "pause", "default"]).contains("since 20"));
        let queues = run(&app, &["jobs", "queues"]);
        assert!(queues.contains("default") && queues.contains("since 20"), "{queues}");
        assert!(!run(&app, &["jobs", "resume", "default"]).contains("since"));
        assert!(refused(&app, &["jobs", "pause", "nope"]).contains("There is no such queue"));
        let actions: Vec<String> = app.column("SELECT action FROM audit_entry WHERE actor = 'OPERATOR' ORDER BY id").await;
        assert_eq!(actions, ["job.retry", "job.discard", "queue.pause", "queue.resume"]);
    }

    /// A worker of its own does what a server would; it tells how it is, and ends when it is told to.
    async fn a_worker_imports_a_file(app: TestApp) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("products.csv");
        std::fs::write(&file, "Handle,Title,Vendor,Variant Price\nmug,Mug,Acme,12.50\nbowl,Bowl,Acme,broken\n").unwrap();
        let asked = run(&app, &["import", "shopify", file.to_str().unwrap(), "--as-job"]);
        let id = asked.lines().next().unwrap().to_owned();
        assert!(id.starts_with("job_"), "{asked}");
        assert_eq!(app.value::<i64>("SELECT count(*) FROM product").await, 0);

        let address = free_address().to_string();
        let mut command = tradewind(&app, &["worker"]);
        command.env("WORKER_LISTEN", &address).stdout(Stdio::null()).stderr(Stdio::null());
        let mut worker = Process(command.spawn().unwrap());
        app.until("SELECT count(*) FROM job WHERE kind = 'imports.shopify' AND state = 'DONE'", 1).await;
        assert_eq!(app.value::<i64>("SELECT count(*) FROM product").await, 1);
        let told = "SELECT after FROM audit_entry WHERE actor = 'SYSTEM' AND action LIKE 'import.%' ORDER BY id";
        let told: Vec<String> = app.column(told).await;
        assert!(told.len() == 2 && told[0].contains("products.csv") && told[1].contains("\"productsCreated\":1"), "{told:?}");
        let shown = run(&app, &["jobs", "show", &id]);
        assert!(shown.contains("\"productsCreated\":1") && shown.contains("\"leftOut\":1"), "{shown}");

        let curl = |path: &str| {
            let url = format!("http://{address}{path}");
            let output = Command::new("curl").args(["-s", &url]).output().unwrap();
            printed(&output)
        };
        assert!(curl("/health/ready").contains("\"ready\""));
        let metrics = curl("/metrics");
        let counted = "job_attempts_total{kind=\"imports.shopify\",outcome=\"done\"} 1";
        assert!(metrics.contains(counted), "{metrics}");
        assert!(curl("/graphql").contains("NOT_FOUND"));

        let told = Command::new("kill").arg(worker.0.id().to_string()).status().unwrap();
        assert!(told.success());
        let began = Instant::now();
        while worker.0.try_wait().unwrap().is_none() {
            assert!(began.elapsed() < PATIENCE, "it does not end");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        assert!(worker.0.wait().unwrap().success());
    }

    async fn a_file_that_is_gone_is_told_of(app: TestApp) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("products.csv");
        std::fs::write(&file, "Handle,Title,Vendor,Variant Price\nmug,Mug,Acme,1\n").unwrap();
        run(&app, &["import", "shopify", file.to_str().unwrap(), "--as-job"]);
        std::fs::remove_file(&file).unwrap();
        let worker = tradewind::jobs::Worker::start(app.app.clone(), tradewind::worker::registry());
        app.until("SELECT count(*) FROM job WHERE kind = 'imports.shopify' AND attempts = 1 AND state = 'WAITING'", 1).await;
        worker.stop(PATIENCE).await;
        let error: String = app.value("SELECT last_error FROM job WHERE kind = 'imports.shopify'").await;
        assert!(error.contains("cannot be read by the worker"), "{error}");
        let told: Vec<String> = app.column("SELECT after FROM audit_entry WHERE action = 'import.end'").await;
        assert!(told[0].contains("cannot be read by the worker"), "{told:?}");
    }
}
