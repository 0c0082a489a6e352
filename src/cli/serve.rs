//! `tradewind serve`.

use super::signals::{Hangups, Signals};
use crate::{
    accounts,
    app::App,
    background::Background,
    error::{Error, Result},
    http::{self, Edge},
    platform::{
        config::{Settings, TrustedMode},
        migrations, telemetry,
    },
    seed,
};
use std::{
    io::Write,
    net::{IpAddr, Ipv4Addr, SocketAddr},
    time::Duration,
};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

/// Serves until the process is told to stop.
///
/// The address is taken before the database is touched, so that a second server beside the first changes nothing.
pub(super) async fn run(settings: Settings) -> Result<()> {
    settings.check_secrets()?;
    settings.payments.check(settings.is_production())?;
    settings.documents.check()?;
    telemetry::init_metrics();
    let listener = http::bind(settings.listen, "LISTEN").await?;
    let address = listener.local_addr().map_err(Error::internal)?;
    let app = App::from_settings(settings).await?;
    let edge = Edge::new(app.clone());
    edge.engine().load_trusted().await?;
    prepare(&app).await?;
    // What is wrong with the keys should be said now rather than to the first who signs in.
    accounts::sessions::keyring(&app).await?;
    let mut signals = Signals::new()?;
    announce(&app, address);
    let background = Background::start(&app, app.settings.serve_jobs);
    let stop = CancellationToken::new();
    watch_documents(&edge, &stop)?;
    let stop_background = async {
        stop.cancelled().await;
        background.stop(app.settings.shutdown_timeout()).await;
    };
    let answer = http::serve(listener, edge, async || {
        signals.next().await;
        stop.cancel();
    });
    tokio::join!(answer, stop_background);
    // Closing waits for statements under way, and those were given their time already.
    let _ = tokio::time::timeout(Duration::from_secs(1), app.database.close()).await;
    Ok(())
}

/// Reads trusted documents again when they change, where there are any.
fn watch_documents(edge: &Edge, stop: &CancellationToken) -> Result<()> {
    let documents = &edge.app().settings.documents;
    if documents.graphql_trusted_mode == TrustedMode::Off {
        // Whose terminal closes expects the server to end with it.
        return Ok(());
    }
    let mut hangups = Hangups::new()?;
    let (watching, stop) = (edge.clone(), stop.clone());
    edge.app().tasks.spawn(async move {
        let hangup = Notify::new();
        let hearing = async {
            loop {
                hangups.next().await;
                hangup.notify_one();
            }
        };
        tokio::select! {
            () = watching.engine().watch_trusted(&stop, &hangup) => {}
            () = hearing => {}
        }
    });
    Ok(())
}

/// In development the schema is brought up to date and an empty catalogue filled; in production nothing is
/// changed, and a server whose schema is behind says so and is not ready.
async fn prepare(app: &App) -> Result<()> {
    let current = migrations::are_current(&app.database).await?;
    if app.settings.is_production() {
        if !current {
            tracing::warn!(
                "The database misses migrations, so this server is not ready. Run `tradewind migrate up`."
            );
        }
        return Ok(());
    }
    if !current {
        migrations::up(&app.settings, None).await?;
    }
    if seed::is_vacant(app).await? {
        seed::demo(app).await?;
    }
    Ok(())
}

/// Tells the person at the terminal where to look; in production, the log.
fn announce(app: &App, address: SocketAddr) {
    let reachable = match address.ip() {
        ip if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        ip => ip,
    };
    let url = format!("http://{}", SocketAddr::new(reachable, address.port()));
    if app.settings.is_production() {
        tracing::info!(%address, "listening");
    } else {
        // Nobody may be reading.
        let _ = writeln!(
            std::io::stdout(),
            "Tradewind listens on {url}\nGraphiQL: {url}/graphiql"
        );
        if !http::graphiql_is_bundled() {
            tracing::warn!("GraphiQL was not compiled in; its page says how to mend that");
        }
    }
}
