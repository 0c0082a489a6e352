//! A server for one test.

use super::TestDatabase;
use clap::Parser;
use tradewind::{app::App, platform::config::Settings};

/// A server on a database of its own.
pub struct TestApp {
    pub app: App,
    pub database: TestDatabase,
}

impl TestApp {
    pub async fn on_sqlite() -> Self {
        Self::on(TestDatabase::sqlite().await).await
    }

    pub async fn on_postgres() -> Option<Self> {
        Some(Self::on(TestDatabase::postgres().await?).await)
    }

    /// On a database as it is.
    pub async fn on(database: TestDatabase) -> Self {
        let app = App::from_settings(database.settings())
            .await
            .expect("the app starts");
        Self { app, database }
    }
}

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
