//! What the server holds for as long as it runs.

use crate::{
    error::Result,
    platform::{
        clock::Clock,
        config::Settings,
        database::{Database, Tx},
    },
};
use std::sync::Arc;

/// The server's own things, shared by every request; cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The settings it was started with.
    pub settings: Arc<Settings>,
    /// Where everything is kept.
    pub database: Database,
    /// The time.
    pub clock: Clock,
}

impl App {
    /// Connects to the database that `settings` name.
    ///
    /// # Errors
    /// Invalid, naming the setting that is wrong.
    pub async fn from_settings(settings: Settings) -> Result<Self> {
        Ok(Self {
            database: Database::connect(&settings).await?,
            settings: Arc::new(settings),
            clock: Clock::default(),
        })
    }

    /// Runs `work` in a transaction: committed when it returns a value, rolled back when it returns an error or is
    /// dropped. No network call belongs inside.
    ///
    /// # Errors
    /// What `work` returns, or what the database says to the commit.
    pub async fn transaction<T>(&self, work: impl AsyncFnOnce(&Tx) -> Result<T>) -> Result<T> {
        let tx = self.database.begin().await?;
        let value = work(&tx).await?;
        tx.commit().await?;
        Ok(value)
    }
}
