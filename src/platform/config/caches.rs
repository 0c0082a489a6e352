//! The settings of the caches.

use super::Settings;
use clap::Args;
use std::time::Duration;

/// What is kept of what was read, so that it need not be read again. See docs/answers.md.
#[derive(Args, Clone, Debug)]
pub struct CacheSettings {
    /// What public answers that are kept may hold together, in bytes; 0 keeps none.
    #[arg(
        long,
        env = "GRAPHQL_ANSWERS_BYTES",
        default_value_t = 33_554_432,
        global = true
    )]
    pub graphql_answers_bytes: u64,

    /// How many products, shops, categories, people and short lists, of each kind, are kept under the queries that ask for them; 0 keeps none.
    #[arg(long, env = "ENTITIES_KEPT", default_value_t = 10_000, value_parser = clap::value_parser!(u64).range(..=1_000_000), global = true)]
    pub entities_kept: u64,

    /// How far replicas may be behind, in milliseconds: what was written so recently is not kept. Without replicas it counts for
    /// nothing.
    #[arg(
        long,
        env = "DATABASE_REPLICA_LAG_MS",
        default_value_t = 5_000,
        global = true
    )]
    pub database_replica_lag_ms: u64,
}

impl Settings {
    /// How far what is read may be behind what was written; nothing where it is not.
    #[must_use]
    pub fn replica_lag(&self) -> Option<Duration> {
        let lag = Duration::from_millis(self.caches.database_replica_lag_ms);
        (!self.database_replica_urls.is_empty()).then_some(lag)
    }
}
