//! How often one may do what costs others something: a burst at once, and then so many in a while (GCRA). Each use counts, also of
//! twenty in one document.
//!
//! Counted in the process, and with `REDIS_URL` by all processes together in Redis. Where Redis does not answer, each goes by
//! what it counted itself: with several instances each then lets its share through, and never more.

mod gcra;
mod levels;

pub use levels::{Level, Spent};

use super::{
    config::Settings,
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
    /// What an account's GraphQL operations cost.
    Cost,
    /// What the operations from an address cost, whoever sends them.
    CostOfAddress,
    /// Beginning subscriptions.
    Subscribe,
    /// Naming by an address to whom money is sent, by address and by account: the answer tells whether anyone has it.
    Payee,
    /// Making carts for guests, by address: a shop's own server may do it for many.
    CartCreate,
    /// Trying codes of vouchers.
    VoucherCode,
    /// Paying into one's wallet, by address and by account: cards that were stolen are tried out so.
    TopUp,
}

impl Limit {
    const ALL: [Self; 12] = [
        Self::SignIn,
        Self::SignUp,
        Self::Mail,
        Self::MailTo,
        Self::Export,
        Self::Cost,
        Self::CostOfAddress,
        Self::Subscribe,
        Self::Payee,
        Self::CartCreate,
        Self::VoucherCode,
        Self::TopUp,
    ];

    /// How many at once, and after how long there is one more.
    fn numbers(self, settings: &Settings) -> (u32, Duration) {
        let per_second = |number: u32| Duration::from_secs(1) / number.max(1);
        match self {
            Self::SignIn => (30, Duration::from_secs(2)),
            Self::SignUp => (10, Duration::from_secs(30)),
            Self::Mail => (5, Duration::from_secs(60)),
            Self::MailTo => (10, Duration::from_secs(300)),
            Self::Export => (5, Duration::from_secs(600)),
            Self::Cost => (
                settings.cost.bucket,
                per_second(settings.cost.restore_per_second),
            ),
            Self::CostOfAddress => (
                settings.cost.bucket_per_address,
                per_second(settings.cost.restore_per_second_per_address),
            ),
            Self::Subscribe => (600, Duration::from_millis(50)),
            Self::Payee | Self::TopUp => (20, Duration::from_secs(60)),
            Self::CartCreate => (120, Duration::from_secs(1)),
            Self::VoucherCode => (20, Duration::from_secs(30)),
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
            Self::Cost => "cost",
            Self::CostOfAddress => "cost_of_address",
            Self::Subscribe => "subscribe",
            Self::Payee => "payee",
            Self::CartCreate => "cart_create",
            Self::VoucherCode => "voucher_code",
            Self::TopUp => "top_up",
        }
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
    pub fn new(settings: &Settings, shared: Option<Arc<Redis>>) -> Self {
        let here = Limit::ALL.map(|limit| {
            let (most, one_in) = limit.numbers(settings);
            Gcra::new(most, one_in)
        });
        Self { here, shared }
    }

    /// Spends `n` of what `key` has of `limit`, all or none. Before there is a transaction: it may ask over the network.
    ///
    /// # Errors
    /// `RateLimited` when it has not so many, with the wait; Internal inside a transaction.
    pub async fn spend(&self, limit: Limit, key: &str, n: u32) -> Result<()> {
        match self.spend_of_all(&[(limit, key)], n).await? {
            Spent::All(_) => Ok(()),
            Spent::Nothing { after, .. } => Err(Error::RateLimited { after }),
        }
    }

    /// Spends `n` of each of `purses`, a limit and a key, or of none of them. One question to Redis, whatever their number.
    ///
    /// # Errors
    /// Internal inside a transaction.
    pub async fn spend_of_all(&self, purses: &[(Limit, &str)], n: u32) -> Result<Spent> {
        transactions::refuse("a limit")?;
        if purses.is_empty() {
            return Ok(Spent::All(Vec::new()));
        }
        let (spent, costs) = (self.spent_here(purses), self.costs(purses, n));
        // What was spent here was spent everywhere, so there is nothing to ask.
        let waits = self.waits(purses, &spent, &costs);
        if waits.iter().any(|wait| !wait.is_zero()) {
            return Ok(self.refused(purses, &waits, &spent));
        }
        let Some(told) = self.ask(purses, &costs, false, &spent).await? else {
            return Ok(self.spend_here(purses, &costs));
        };
        let (waits, spent): (Vec<_>, Vec<_>) = told.into_iter().unzip();
        if waits.iter().any(|wait| !wait.is_zero()) {
            return Ok(self.refused(purses, &waits, &spent));
        }
        for ((limit, key), cost) in purses.iter().zip(costs) {
            self.of(*limit).note(key, cost, Instant::now());
        }
        Ok(Spent::All(self.levels(purses, &spent)))
    }

    /// Gives back `n` of what `key` spent of `limit`, for what then cost less than was thought.
    ///
    /// # Errors
    /// Internal inside a transaction.
    pub async fn give_back(&self, limit: Limit, key: &str, n: u32) -> Result<()> {
        let purses = [(limit, key)];
        self.give_back_here(&purses, n);
        self.tell_given_back(&purses, n).await
    }

    /// The same for each of `purses`, in this process only: at once, and without waiting for anyone.
    /// [`tell_given_back`](Self::tell_given_back) tells the others.
    pub fn give_back_here(&self, purses: &[(Limit, &str)], n: u32) {
        for ((limit, key), cost) in purses.iter().zip(self.costs(purses, n)) {
            self.of(*limit).give_back(key, cost, Instant::now());
        }
    }

    /// Tells Redis, where there is one, what was given back here.
    ///
    /// # Errors
    /// Internal inside a transaction.
    pub async fn tell_given_back(&self, purses: &[(Limit, &str)], n: u32) -> Result<()> {
        transactions::refuse("a limit")?;
        let (costs, spent) = (self.costs(purses, n), self.spent_here(purses));
        self.ask(purses, &costs, true, &spent).await?;
        Ok(())
    }

    /// Whether others have to be told.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.shared.is_some()
    }

    /// How full each of `purses` is when nothing was spent of it.
    #[must_use]
    pub fn full(&self, purses: &[(Limit, &str)]) -> Vec<Level> {
        self.levels(purses, &vec![Duration::ZERO; purses.len()])
    }

    /// How many `limit` allows at once, and after how long there is one more; nothing where it allows none, which is how
    /// it is switched off.
    #[must_use]
    pub fn numbers(&self, limit: Limit) -> Option<(u32, Duration)> {
        let numbers = self.of(limit).numbers();
        (numbers.0 > 0).then_some(numbers)
    }

    /// How many keys of `limit` this process remembers.
    #[must_use]
    pub fn keys(&self, limit: Limit) -> u64 {
        self.of(limit).keys()
    }

    fn of(&self, limit: Limit) -> &Gcra {
        &self.here[limit as usize]
    }

    fn costs(&self, purses: &[(Limit, &str)], n: u32) -> Vec<Duration> {
        let costs = purses.iter().map(|(limit, _)| self.of(*limit).cost(n));
        costs.collect()
    }

    fn spent_here(&self, purses: &[(Limit, &str)]) -> Vec<Duration> {
        let now = Instant::now();
        let spent = purses.iter();
        spent
            .map(|(limit, key)| self.of(*limit).spent(key, now))
            .collect()
    }

    fn waits(
        &self,
        purses: &[(Limit, &str)],
        spent: &[Duration],
        costs: &[Duration],
    ) -> Vec<Duration> {
        let amounts = spent.iter().zip(costs);
        let waits = purses
            .iter()
            .zip(amounts)
            .map(|((limit, _), (spent, cost))| {
                let wait = self.of(*limit).wait(*spent, *cost);
                wait.unwrap_or_default()
            });
        waits.collect()
    }

    /// By what this process knows alone. What was taken of the first is put back when there is not so much of the next.
    fn spend_here(&self, purses: &[(Limit, &str)], costs: &[Duration]) -> Spent {
        let now = Instant::now();
        for (index, (limit, key)) in purses.iter().enumerate() {
            if let Err(wait) = self.of(*limit).spend(key, costs[index], now) {
                for ((limit, key), cost) in purses[..index].iter().zip(costs) {
                    self.of(*limit).give_back(key, *cost, now);
                }
                let mut waits = vec![Duration::ZERO; purses.len()];
                waits[index] = wait;
                return self.refused(purses, &waits, &self.spent_here(purses));
            }
        }
        Spent::All(self.levels(purses, &self.spent_here(purses)))
    }

    fn refused(&self, purses: &[(Limit, &str)], waits: &[Duration], spent: &[Duration]) -> Spent {
        let longest = waits.iter().zip(purses).max_by_key(|(wait, _)| **wait);
        let (after, limit) = longest.map_or((Duration::ZERO, None), |(wait, (limit, _))| {
            (*wait, Some(*limit))
        });
        if let Some(limit) = limit {
            metrics::counter!("rate_limited_total", "limit" => limit.name()).increment(1);
        }
        Spent::Nothing {
            after,
            by: limit,
            levels: self.levels(purses, spent),
        }
    }

    fn levels(&self, purses: &[(Limit, &str)], spent: &[Duration]) -> Vec<Level> {
        let levels = purses.iter().zip(spent).map(|((limit, _), spent)| {
            let (maximum, one_in) = self.of(*limit).numbers();
            Level::new(*limit, maximum, one_in, *spent)
        });
        levels.collect()
    }

    /// The wait for each of `purses` and what is spent of it, as all processes together say; nothing where this one is alone.
    async fn ask(
        &self,
        purses: &[(Limit, &str)],
        costs: &[Duration],
        is_given_back: bool,
        spent: &[Duration],
    ) -> Result<Option<Vec<(Duration, Duration)>>> {
        let Some(redis) = &self.shared else {
            return Ok(None);
        };
        let mut names = Vec::with_capacity(purses.len());
        let mut arguments = Vec::with_capacity(3 * purses.len());
        for ((limit, key), (cost, spent)) in purses.iter().zip(costs.iter().zip(spent)) {
            names.push(name_of("limit", limit.name(), key));
            let cost = micros(*cost);
            arguments.push(if is_given_back { -cost } else { cost });
            arguments.push(micros(self.of(*limit).capacity()));
            arguments.push(micros(*spent));
        }
        let told = redis.ask::<Vec<u64>>(&SPEND, &names, &arguments).await?;
        if told.is_none() {
            for (limit, _) in purses {
                metrics::counter!("limits_counted_alone_total", "limit" => limit.name())
                    .increment(1);
            }
        }
        let pairs = |told: Vec<u64>| {
            let pairs = told.chunks_exact(2);
            let micros = Duration::from_micros;
            pairs
                .map(|pair| (micros(pair[0]), micros(pair[1])))
                .collect()
        };
        Ok(told.map(pairs))
    }
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
