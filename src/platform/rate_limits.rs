//! How often one may do what costs others something: a burst at once, and then so many in a while (GCRA). Each use counts, also of
//! twenty in one document.
//!
//! Counted in the process, and with `REDIS_URL` by all processes together in Redis. Where Redis does not answer, each goes by
//! what it counted itself: with several instances each then lets its share through, and never more.

mod gcra;

use super::{
    database::transactions,
    shared::{Redis, Script, name_of},
};
use crate::error::{Error, Result};
use gcra::Gcra;
use std::{
    net::{IpAddr, Ipv6Addr},
    sync::{Arc, LazyLock},
    time::{Duration, Instant},
};

static SPEND: LazyLock<Script> =
    LazyLock::new(|| Script::new(include_str!("rate_limits/spend.lua")));

/// What is limited, with its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Trying to sign in, by address: a household, an office.
    SignIn,
    /// Opening accounts, by address.
    SignUp,
    /// Having mail sent to an address that one only names, by address and by account.
    Mail,
    /// Having mail sent to one mailbox, whoever asks, from wherever.
    MailTo,
    /// Having all told that is kept about one.
    Export,
    /// Beginning subscriptions.
    Subscribe,
}

impl Limit {
    const ALL: [Self; 6] = [
        Self::SignIn,
        Self::SignUp,
        Self::Mail,
        Self::MailTo,
        Self::Export,
        Self::Subscribe,
    ];

    /// How many at once, and after how long there is one more.
    fn numbers(self) -> (u32, Duration) {
        match self {
            Self::SignIn => (30, Duration::from_secs(2)),
            Self::SignUp => (10, Duration::from_secs(30)),
            Self::Mail => (5, Duration::from_secs(60)),
            Self::MailTo => (10, Duration::from_secs(300)),
            Self::Export => (5, Duration::from_secs(600)),
            Self::Subscribe => (600, Duration::from_millis(50)),
        }
    }

    /// Its name in the metrics and in Redis.
    fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SignUp => "sign_up",
            Self::Mail => "mail",
            Self::MailTo => "mail_to",
            Self::Export => "export",
            Self::Subscribe => "subscribe",
        }
    }

    /// How long `n` take to come back.
    fn cost(self, n: u32) -> Duration {
        self.numbers().1.saturating_mul(n)
    }

    fn capacity(self) -> Duration {
        self.cost(self.numbers().0)
    }
}

/// Every limit, by key.
#[derive(Debug)]
pub struct RateLimits {
    here: [Gcra; Limit::ALL.len()],
    shared: Option<Arc<Redis>>,
}

impl RateLimits {
    /// Limits of which nothing was spent here, counted together with all who use the same Redis.
    #[must_use]
    pub fn new(shared: Option<Arc<Redis>>) -> Self {
        Self {
            here: Limit::ALL.map(|limit| Gcra::new(limit.capacity())),
            shared,
        }
    }

    /// Spends `n` of what `key` has of `limit`, all or none. Before there is a transaction: it may ask over the network.
    ///
    /// # Errors
    /// `RateLimited` when it has not so many, with the wait; Internal inside a transaction.
    pub async fn spend(&self, limit: Limit, key: &str, n: u32) -> Result<()> {
        transactions::refuse("a limit")?;
        let (here, cost) = (&self.here[limit as usize], limit.cost(n));
        let spent = here.spent(key, Instant::now());
        // What was spent here was spent everywhere, so there is nothing to ask.
        if let Some(wait) = here.wait(spent, cost) {
            return Err(refused(limit, wait));
        }
        let told = self.ask(limit, key, micros(cost), spent).await?;
        let spent = match told {
            Some(wait) if !wait.is_zero() => Err(wait),
            Some(_) => {
                here.note(key, cost, Instant::now());
                Ok(())
            }
            None => here.spend(key, cost, Instant::now()),
        };
        spent.map_err(|wait| refused(limit, wait))
    }

    /// Gives back `n` of what `key` spent of `limit`, for what then cost less than was thought.
    ///
    /// # Errors
    /// Internal inside a transaction.
    pub async fn give_back(&self, limit: Limit, key: &str, n: u32) -> Result<()> {
        transactions::refuse("a limit")?;
        let (here, cost) = (&self.here[limit as usize], limit.cost(n));
        here.give_back(key, cost, Instant::now());
        let spent = here.spent(key, Instant::now());
        self.ask(limit, key, -micros(cost), spent).await?;
        Ok(())
    }

    /// How many keys of `limit` this process remembers.
    #[must_use]
    pub fn keys(&self, limit: Limit) -> u64 {
        self.here[limit as usize].keys()
    }

    /// The wait that all processes together say; nothing where this one is alone.
    async fn ask(
        &self,
        limit: Limit,
        key: &str,
        cost: i64,
        spent: Duration,
    ) -> Result<Option<Duration>> {
        let Some(redis) = &self.shared else {
            return Ok(None);
        };
        let arguments = [cost, micros(limit.capacity()), micros(spent)];
        let name = name_of("limit", limit.name(), key);
        let wait = redis.ask::<u64>(&SPEND, &name, &arguments).await?;
        if wait.is_none() {
            metrics::counter!("limits_counted_alone_total", "limit" => limit.name()).increment(1);
        }
        Ok(wait.map(Duration::from_micros))
    }
}

fn refused(limit: Limit, after: Duration) -> Error {
    metrics::counter!("rate_limited_total", "limit" => limit.name()).increment(1);
    Error::RateLimited { after }
}

/// As Redis counts.
fn micros(duration: Duration) -> i64 {
    i64::try_from(duration.as_micros()).unwrap_or(i64::MAX)
}

/// An address as limits know it: of version 6 the network, which one customer has for itself (RFC 6177).
#[must_use]
pub fn address_key(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        Some(IpAddr::V6(address)) => {
            let network = address.to_bits() & (u128::MAX << 64);
            format!("{}/64", Ipv6Addr::from_bits(network))
        }
        Some(address) => address.to_string(),
        None => "unknown".to_owned(),
    }
}

#[cfg(test)]
mod tests;
