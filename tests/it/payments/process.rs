//! The sandbox as a process of its own: connections that break, time-outs, and webhooks that come over HTTP.

use super::support::{AMOUNT, DECLINED, LOST_ANSWER, PATIENCE, SUCCESS, TIME_OUT, call};
use crate::support::{TestApp, TestDatabase};
use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};
use tempfile::TempDir;
use tradewind::payments::{self, Standing};

/// The sandbox, until the test ends.
struct Sandbox {
    process: Child,
    address: SocketAddr,
    folder: TempDir,
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

fn spawn(folder: &TempDir, address: SocketAddr, webhooks_to: SocketAddr) -> Child {
    let process = Command::new(env!("CARGO_BIN_EXE_tradewind"))
        .args(["sandbox-payments", "--file"])
        .arg(folder.path().join("bank.db"))
        .arg("--webhooks-to")
        .arg(format!(
            "http://{webhooks_to}/api/v1/webhooks/payments/sandbox"
        ))
        .env_clear()
        .env("LISTEN", address.to_string())
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let began = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "it did not start"
        );
        std::thread::sleep(Duration::from_millis(20));
    }
    process
}

impl Sandbox {
    fn start(webhooks_to: SocketAddr) -> Self {
        let (folder, address) = (tempfile::tempdir().unwrap(), free_address());
        Self {
            process: spawn(&folder, address, webhooks_to),
            address,
            folder,
        }
    }

    /// Ends it as a power cut would, and starts it again.
    fn restart(&mut self, webhooks_to: SocketAddr) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
        self.process = spawn(&self.folder, self.address, webhooks_to);
    }

    /// What succeeded, in its own words.
    async fn did(&self) -> Vec<String> {
        let body = reqwest::get(format!("http://{}/v1/log", self.address))
            .await
            .unwrap();
        let log: serde_json::Value = serde_json::from_slice(&body.bytes().await.unwrap()).unwrap();
        let lines = log.as_array().unwrap().iter();
        lines
            .filter(|line| line["outcome"] == "SUCCEEDED")
            .map(|line| line["operation"].as_str().unwrap().to_owned())
            .collect()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_elsewhere_is_asked_and_asked_again() {
    let here = TcpListener::bind("127.0.0.1:0").unwrap();
    here.set_nonblocking(true).unwrap();
    let webhooks_to = here.local_addr().unwrap();
    let mut sandbox = Sandbox::start(webhooks_to);
    let url = format!("http://{}", sandbox.address);
    let flags = [
        ("--payments-sandbox-url", url.as_str()),
        ("--payments-timeout-ms", "500"),
    ];
    let app = TestApp::on_database(TestDatabase::sqlite().await, &flags).await;
    let (router, listener) = (
        app.router.clone(),
        tokio::net::TcpListener::from_std(here).unwrap(),
    );
    let serving = tokio::spawn(async move { axum::serve(listener, router).await });

    let id = app.opened(SUCCESS).await;
    assert_eq!(
        payments::authorise(&app.app, id, &call("a")).await.unwrap(),
        Standing::Authorised
    );
    assert_eq!(
        payments::capture(&app.app, id, &call("b")).await.unwrap(),
        Standing::Captured
    );
    let declined = app.opened(DECLINED).await;
    let stands = payments::authorise(&app.app, declined, &call("c"))
        .await
        .unwrap();
    assert!(matches!(stands, Standing::Declined { .. }));
    // The connection breaks after it was done.
    let lost = app.opened(LOST_ANSWER).await;
    assert_eq!(
        payments::authorise(&app.app, lost, &call("d"))
            .await
            .unwrap(),
        Standing::Unknown
    );
    // It dies and comes back, and knows what it did.
    sandbox.restart(webhooks_to);
    assert_eq!(
        payments::authorise(&app.app, lost, &call("d"))
            .await
            .unwrap(),
        Standing::Authorised
    );
    let hangs = app.opened(TIME_OUT).await;
    assert_eq!(
        payments::authorise(&app.app, hangs, &call("e"))
            .await
            .unwrap(),
        Standing::Unknown
    );
    assert_eq!(
        payments::refund(&app.app, id, AMOUNT, &call("f"))
            .await
            .unwrap(),
        Standing::Refunded
    );
    assert_eq!(
        sandbox.did().await,
        ["AUTHORISE", "CAPTURE", "AUTHORISE", "REFUND"]
    );

    // It brings its webhooks over HTTP.
    let worker = app.serve_jobs();
    app.until(
        "SELECT count(*) FROM payment_event WHERE processed_at IS NOT NULL",
        5,
    )
    .await;
    worker.stop(PATIENCE).await;
    serving.abort();
}
