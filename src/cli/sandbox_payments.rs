//! `tradewind sandbox-payments`.

use super::signals::Signals;
use crate::{
    error::{Error, Result},
    http,
    platform::{
        clock::Clock,
        config::Settings,
        database::Database,
        resilience::{CallError, Dependency, Policy},
    },
    ports::payments::sandbox::Bank,
};
use clap::Args;
use secrecy::SecretString;
use std::{path::PathBuf, time::Duration};

/// How often it looks for webhooks that are to be brought.
const LOOK: Duration = Duration::from_millis(100);

#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Where it keeps its books; made when it is missing.
    #[arg(long, default_value = "sandbox-payments.db")]
    file: PathBuf,

    /// Where its webhooks go, for example `http://127.0.0.1:8000/api/v1/webhooks/payments/sandbox`; nowhere when left out.
    #[arg(long)]
    webhooks_to: Option<String>,
}

/// Takes payments with which nobody pays, until the process is told to stop. It listens on `LISTEN`.
pub(super) async fn run(settings: Settings, arguments: Arguments) -> Result<()> {
    let listener = http::bind(settings.listen, "LISTEN").await?;
    let address = listener.local_addr().map_err(Error::internal)?;
    let url = format!("sqlite://{}", arguments.file.display());
    let secret = settings.payments.payments_sandbox_secret.clone();
    let settings = Settings {
        database_url: SecretString::from(url),
        database_replica_urls: Vec::new(),
        ..settings
    };
    let database = Database::connect(&settings).await?;
    let pages = format!("http://{address}");
    let bank = Bank::new(database.clone(), Clock::default(), &pages, secret);
    bank.open().await?;
    let mut signals = Signals::new()?;
    tracing::info!(%address, "the sandbox takes payments with which nobody pays");
    let router = http::sandbox_payments(bank.clone());
    tokio::select! {
        served = async { axum::serve(listener, router).await } => served.map_err(Error::internal)?,
        () = bring(&bank, arguments.webhooks_to) => {}
        () = signals.next() => {}
    }
    database.close().await;
    Ok(())
}

/// Brings webhooks to whoever is to hear of what happened, again and again until it is taken.
async fn bring(bank: &Bank, to: Option<String>) {
    let Some(to) = to else {
        return std::future::pending().await;
    };
    let policy = Policy {
        attempts: 1,
        ..Policy::default()
    };
    let dependency = Dependency::new("webhooks", policy);
    let client = reqwest::Client::builder().no_proxy().build();
    let Ok(client) = client else {
        tracing::error!("webhooks cannot be sent");
        return std::future::pending().await;
    };
    loop {
        let webhooks = bank.undelivered().await.unwrap_or_default();
        for webhook in webhooks {
            let sent = dependency.call(|| async {
                let request = client
                    .post(&to)
                    .header("content-type", "application/json")
                    .header(
                        "sandbox-signature",
                        webhook.signature.clone().unwrap_or_default(),
                    )
                    .body(webhook.body.clone());
                let response = request.send().await.map_err(CallError::retryable)?;
                if response.status().is_success() {
                    return Ok(());
                }
                let status = response.status();
                Err(CallError::retryable(anyhow::anyhow!("status {status}")))
            });
            if sent.await.is_err() {
                break;
            }
            let id = serde_json::from_slice::<serde_json::Value>(&webhook.body);
            if let Some(id) = id.ok().as_ref().and_then(|body| body["id"].as_str()) {
                let _ = bank.brought(id).await;
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}
