//! Connecting to PostgreSQL: a pool whose sessions have time-outs for all that can hang.

use super::{Settings, observed};
use crate::error::{Error, Result};
use sea_orm::{DatabaseConnection, SqlxPostgresConnector};
use sqlx::{
    ConnectOptions,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use std::time::Duration;

/// Connects to `url`, which `setting` names.
pub(super) async fn connect(
    url: &str,
    setting: &str,
    settings: &Settings,
) -> Result<DatabaseConnection> {
    let options: PgConnectOptions = url.parse().map_err(|error: sqlx::Error| {
        Error::invalid(
            setting,
            format!("It is not a PostgreSQL URL such as postgres://user:password@host/database ({error})."),
        )
    })?;
    let milliseconds = |value: u64| value.to_string();
    let server = format!(
        "{}:{}/{}",
        options.get_host(),
        options.get_port(),
        options.get_database().unwrap_or("")
    );
    let options = options
        .application_name("tradewind")
        .options([
            (
                "statement_timeout",
                milliseconds(settings.database_statement_timeout_ms),
            ),
            (
                "lock_timeout",
                milliseconds(settings.database_lock_timeout_ms),
            ),
            (
                "idle_in_transaction_session_timeout",
                milliseconds(settings.database_idle_transaction_timeout_ms),
            ),
            // Our statements are short; compiling them takes longer than running them.
            ("jit", "off".to_owned()),
        ])
        .statement_cache_capacity(256)
        .disable_statement_logging();
    let pool = PgPoolOptions::new()
        .max_connections(settings.database_max_connections)
        .acquire_timeout(Duration::from_millis(settings.database_acquire_timeout_ms))
        // A ping per acquire costs a round trip per statement; a broken connection shows itself at once anyway.
        .test_before_acquire(false)
        .connect_with(options)
        .await
        .map_err(|error| {
            Error::invalid(
                setting,
                format!("PostgreSQL at {server} does not answer ({error}). Check that it runs and that the URL is right."),
            )
        })?;
    Ok(observed(
        SqlxPostgresConnector::from_sqlx_postgres_pool(pool),
        || {},
    ))
}
