//! `tradewind worker`.

use super::signals::Signals;
use crate::{
    app::App,
    background::Background,
    error::{Error, Result},
    http::{self, Edge},
    platform::{config::Settings, migrations, telemetry},
};
use tokio_util::sync::CancellationToken;

/// Does jobs until the process is told to stop.
pub(super) async fn run(settings: Settings) -> Result<()> {
    settings.payments.check(settings.is_production())?;
    telemetry::init_metrics();
    let probes = match settings.worker_listen {
        Some(address) => Some(http::bind(address, "WORKER_LISTEN").await?),
        None => None,
    };
    let app = App::from_settings(settings).await?;
    prepare(&app).await?;
    let mut signals = Signals::new()?;
    let background = Background::start(&app, true);
    tracing::info!("working");
    let stop = CancellationToken::new();
    let patience = app.settings.shutdown_timeout();
    let answer_probes = async {
        if let Some(listener) = probes {
            http::serve_probes(listener, Edge::new(app.clone()), async || {
                stop.cancelled().await;
            })
            .await;
        }
    };
    let work = async {
        signals.next().await;
        tracing::info!("stopping");
        stop.cancel();
        background.stop(patience).await;
    };
    tokio::join!(answer_probes, work);
    app.database.close().await;
    Ok(())
}

/// In development the schema is brought up to date; in production that is a step of its own, which comes first.
async fn prepare(app: &App) -> Result<()> {
    if migrations::are_current(&app.database).await? {
        return Ok(());
    }
    if app.settings.is_production() {
        return Err(Error::Conflict(
            "The database misses migrations. Run `tradewind migrate up` first.".to_owned(),
        ));
    }
    migrations::up(&app.settings, None).await
}
