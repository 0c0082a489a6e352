//! A server for one test.

use super::{Mails, TestDatabase};
use axum::Router;
use clap::Parser;
use std::sync::Arc;
use tradewind::{
    app::App,
    platform::{config::Settings, telemetry::init_metrics},
};

/// A server on a database of its own.
pub struct TestApp {
    pub app: App,
    pub database: TestDatabase,
    pub router: Router,
    /// What it would have sent.
    pub mails: Mails,
}

impl TestApp {
    pub async fn on_sqlite() -> Self {
        Self::on_database(TestDatabase::sqlite().await, &[]).await
    }

    pub async fn on_postgres() -> Option<Self> {
        Some(Self::on_database(TestDatabase::postgres().await?, &[]).await)
    }

    /// The server with settings changed by `flags`, for example `("--tradewind-env", "production")`.
    pub async fn on_sqlite_with(flags: &[(&str, &str)]) -> Self {
        Self::on_database(TestDatabase::sqlite().await, flags).await
    }

    /// The same server with its caches as they are by default. What it remembered before it does not know any more.
    pub async fn caching(self) -> Self {
        let flags = [
            ("--graphql-answers-bytes", "33554432"),
            ("--entities-kept", "10000"),
        ];
        Self::on_database(self.database, &flags).await
    }

    /// The server on a database that a test made.
    pub async fn on_database(database: TestDatabase, flags: &[(&str, &str)]) -> Self {
        // Most tests look into what the database holds, and write to it past the server. Those of the caches say that they want them.
        let without: Vec<_> = NO_CACHES
            .into_iter()
            .filter(|(name, _)| flags.iter().all(|(given, _)| given != name))
            .collect();
        let url = [("--database-url", database.url.as_str())];
        let settings = settings(&[&url, &without[..], flags].concat());
        // Before the database is connected to, which measures from then on.
        init_metrics();
        let mut app = App::from_settings(settings).await.expect("the app starts");
        let mails = Mails::default();
        app.mailer = Arc::new(mails.clone());
        Self {
            mails,
            router: tradewind::http::router(app.clone()),
            app,
            database,
        }
    }
}

/// Settings that keep nothing of what was read.
const NO_CACHES: [(&str, &str); 2] = [("--graphql-answers-bytes", "0"), ("--entities-kept", "0")];

/// The default settings, changed by `flags`, whatever the environment says.
pub fn settings(flags: &[(&str, &str)]) -> Settings {
    #[derive(Parser)]
    struct Flags {
        #[command(flatten)]
        settings: Settings,
    }
    let arguments = flags.iter().flat_map(|(name, value)| [*name, *value]);
    Flags::try_parse_from(std::iter::once("test").chain(arguments))
        .unwrap_or_else(|error| panic!("{error}"))
        .settings
}
