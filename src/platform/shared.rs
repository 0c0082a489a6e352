//! Redis, for what several processes share. A help, never a need: whoever asks has an answer of its own for when Redis has none.
//!
//! Asked by scripts only, each one round trip and atomic. Redis' own clock is the clock.

use super::{
    config::Settings,
    resilience::{BreakerPolicy, CallError, Dependency, Policy},
};
use crate::error::{Error, Result};
pub(super) use redis::Script;
use redis::{
    Client, FromRedisValue, ToRedisArgs,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

/// How long one call may take: longer than Redis ever needs, and nobody notices it.
const PATIENCE: Duration = Duration::from_millis(50);

/// Redis is looked for again after this. What it counts is counted here meanwhile.
const POLICY: Policy = Policy {
    timeout: PATIENCE,
    attempts: 1,
    concurrency: 64,
    queue_wait: PATIENCE,
    breaker: BreakerPolicy {
        error_rate: 0.5,
        window: 4,
        open_wait: Duration::from_secs(1),
    },
};

/// Redis as this process calls it. It connects when it is first asked, and again by itself.
#[derive(Debug)]
pub struct Redis {
    client: Client,
    dependency: Dependency,
    link: Mutex<Arc<Link>>,
}

/// A connection, or the attempt to get one.
struct Link {
    manager: ConnectionManager,
    /// Whether anything ever came over it.
    has_answered: AtomicBool,
}

impl std::fmt::Debug for Link {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The manager's own form may name the server with its password.
        f.debug_struct("Link").finish_non_exhaustive()
    }
}

impl Redis {
    /// What `REDIS_URL` names, or nothing where it is not set. Whether it answers is not looked at: the server starts without.
    ///
    /// # Errors
    /// Invalid when it is no URL of Redis'.
    pub fn from_settings(settings: &Settings) -> Result<Option<Arc<Self>>> {
        let Some(url) = &settings.redis_url else {
            return Ok(None);
        };
        // Its own words may hold the URL, and so a password.
        let invalid = |_| {
            Error::invalid(
                "REDIS_URL",
                "It is not a URL like redis://HOST:PORT or rediss://USER:PASSWORD@HOST:PORT/NUMBER.",
            )
        };
        let client = Client::open(url.expose_secret()).map_err(invalid)?;
        let link = Mutex::new(link(&client).map_err(invalid)?);
        Ok(Some(Arc::new(Self {
            dependency: Dependency::new("redis", POLICY),
            client,
            link,
        })))
    }

    /// What `script` says of `key`, or nothing where Redis does not answer in time.
    ///
    /// # Errors
    /// Internal inside a database transaction, which would wait for the network.
    pub(super) async fn ask<T: FromRedisValue>(
        &self,
        script: &Script,
        key: &str,
        arguments: &[impl ToRedisArgs],
    ) -> Result<Option<T>> {
        super::database::transactions::refuse("Redis")?;
        let link = Arc::clone(&self.lock());
        let answer = self
            .dependency
            .call(|| {
                let mut manager = link.manager.clone();
                async move {
                    let mut asked = script.key(key);
                    for argument in arguments {
                        asked.arg(argument);
                    }
                    // Sent by its hash; whole where Redis has forgotten it.
                    asked
                        .invoke_async(&mut manager)
                        .await
                        .map_err(CallError::retryable)
                }
            })
            .await;
        if let Ok(value) = answer {
            link.has_answered.store(true, Ordering::Relaxed);
            return Ok(Some(value));
        }
        self.reconnect(&link);
        Ok(None)
    }

    /// Whether it answers now.
    pub(crate) async fn answers(&self) -> bool {
        let ping = Script::new("return 1");
        matches!(
            self.ask::<i64>(&ping, "tradewind:ping", &[0; 0]).await,
            Ok(Some(1))
        )
    }

    /// Leaves a connection that has gone silent: the machine behind it may be gone without a word. One that never
    /// answered is still being made.
    fn reconnect(&self, silent: &Arc<Link>) {
        if silent.has_answered.swap(false, Ordering::Relaxed)
            && let Ok(fresh) = link(&self.client)
        {
            *self.lock() = fresh;
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Arc<Link>> {
        self.link.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn link(client: &Client) -> redis::RedisResult<Arc<Link>> {
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(0)
        .set_connection_timeout(Some(Duration::from_secs(2)))
        // Longer than anyone waits, who waits by [`PATIENCE`].
        .set_response_timeout(Some(Duration::from_secs(1)));
    Ok(Arc::new(Link {
        manager: ConnectionManager::new_lazy_with_config(client.clone(), config)?,
        has_answered: AtomicBool::new(false),
    }))
}

/// The name under which Redis keeps what is known of `key`. Keys are addresses of people: they stand in it as hashes only.
pub(super) fn name_of(kind: &str, limit: &str, key: &str) -> String {
    use std::fmt::Write;
    let mut name = format!("tradewind:{kind}:{limit}:");
    for byte in &Sha256::digest(key)[..16] {
        // Writing to a text does not fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_no_addresses() {
        let name = name_of("limit", "mail_to", "ada@example.com");
        assert!(name.starts_with("tradewind:limit:mail_to:"));
        assert!(!name.contains("ada") && name.len() == 24 + 32, "{name}");
        assert_ne!(name, name_of("limit", "mail_to", "eve@example.com"));
    }

    #[test]
    fn a_url_that_is_none_is_refused_without_its_words() {
        let settings = Settings {
            redis_url: Some("redis//:canary".into()),
            ..Settings::defaults()
        };
        let error = Redis::from_settings(&settings).unwrap_err().to_string();
        assert!(
            error.contains("REDIS_URL") && !error.contains("canary"),
            "{error}"
        );
        assert!(
            Redis::from_settings(&Settings::defaults())
                .unwrap()
                .is_none()
        );
    }
}
