//! Who keeps a connection open: so many of all, of one address, and of one account. A connection that stays costs memory and a file
//! descriptor for as long as its client likes, so nobody gets all there are.

use super::refused::Refused;
use crate::{
    caller::Actor,
    error::Error,
    platform::{config::SubscriptionSettings, rate_limits::address_key},
};
use axum::http::StatusCode;
use entity::ids::AccountId;
use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How many seats are taken, and by whom.
pub(super) struct Seats {
    limits: SubscriptionSettings,
    taken: Arc<Taken>,
}

type Taken = Mutex<HashMap<Holder, u32>>;

/// Who holds seats.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Holder {
    All,
    Address(String),
    Account(AccountId),
}

/// Whose seats are all taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    All,
    Address,
    Account,
}

impl Seats {
    pub(super) fn new(limits: &SubscriptionSettings) -> Self {
        Self {
            limits: limits.clone(),
            taken: Arc::default(),
        }
    }

    /// A seat for a connection from this address.
    pub(super) fn take(&self, address: Option<IpAddr>) -> Result<Seat, Full> {
        let limits = &self.limits;
        let mut wanted = vec![(Holder::All, limits.subscriptions_max_connections, Full::All)];
        if address.is_some() {
            let most = limits.subscriptions_max_connections_per_address;
            wanted.push((Holder::Address(address_key(address)), most, Full::Address));
        }
        self.take_all(wanted)
    }

    /// A seat for a connection in the name of `actor`, beside the one it has by its address.
    pub(super) fn take_for(&self, actor: Actor) -> Result<Option<Seat>, Full> {
        let Actor::Person(person) = actor else {
            return Ok(None);
        };
        let most = self.limits.subscriptions_max_connections_per_account;
        let wanted = (Holder::Account(person.account), most, Full::Account);
        self.take_all(vec![wanted]).map(Some)
    }

    /// How many connections are open.
    pub(super) fn taken(&self) -> u32 {
        lock(&self.taken)
            .get(&Holder::All)
            .copied()
            .unwrap_or_default()
    }

    fn take_all(&self, wanted: Vec<(Holder, u32, Full)>) -> Result<Seat, Full> {
        let mut taken = lock(&self.taken);
        for (holder, most, full) in &wanted {
            if taken.get(holder).is_some_and(|taken| taken >= most) {
                metrics::counter!("subscription_connections_refused_total", "full" => full.name())
                    .increment(1);
                return Err(*full);
            }
        }
        let holders: Vec<Holder> = wanted.into_iter().map(|(holder, ..)| holder).collect();
        for holder in &holders {
            *taken.entry(holder.clone()).or_default() += 1;
        }
        drop(taken);
        Ok(Seat {
            taken: Arc::clone(&self.taken),
            holders,
        })
    }
}

fn lock(taken: &Taken) -> MutexGuard<'_, HashMap<Holder, u32>> {
    taken.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Full {
    fn name(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Address => "address",
            Self::Account => "account",
        }
    }

    /// What whoever comes beyond is told.
    pub(super) fn message(self) -> &'static str {
        match self {
            Self::All => "As many connections are open as may be (SUBSCRIPTIONS_MAX_CONNECTIONS).",
            Self::Address => {
                "Your address has as many open connections as it may (SUBSCRIPTIONS_MAX_CONNECTIONS_PER_ADDRESS)."
            }
            Self::Account => {
                "Your account has as many open connections as it may (SUBSCRIPTIONS_MAX_CONNECTIONS_PER_ACCOUNT)."
            }
        }
    }
}

impl From<Full> for Refused {
    fn from(full: Full) -> Self {
        match full {
            Full::All => Self::new(
                StatusCode::SERVICE_UNAVAILABLE,
                Error::Unavailable.code(),
                full.message(),
            ),
            Full::Address | Full::Account => Self::new(
                StatusCode::TOO_MANY_REQUESTS,
                "RATE_LIMITED",
                full.message(),
            ),
        }
    }
}

/// One connection's; free again when it is dropped.
#[must_use]
pub(super) struct Seat {
    taken: Arc<Taken>,
    holders: Vec<Holder>,
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut taken = lock(&self.taken);
        for holder in &self.holders {
            if let Some(count) = taken.get_mut(holder) {
                *count -= 1;
                // Nobody who is gone is remembered.
                if *count == 0 {
                    taken.remove(holder);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::config::Settings;

    #[test]
    fn nobody_gets_more_than_its_share_and_seats_come_free() {
        let mut limits = Settings::defaults().subscriptions;
        limits.subscriptions_max_connections = 3;
        limits.subscriptions_max_connections_per_address = 2;
        let seats = Seats::new(&limits);
        let address = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        let first = seats.take(address("192.0.2.1")).ok().unwrap();
        let _second = seats.take(address("::ffff:192.0.2.1")).ok().unwrap();
        assert_eq!(seats.take(address("192.0.2.1")).err(), Some(Full::Address));
        let _third = seats.take(address("192.0.2.2")).ok().unwrap();
        assert_eq!(seats.take(address("192.0.2.3")).err(), Some(Full::All));
        drop(first);
        assert!(seats.take(address("192.0.2.1")).is_ok());
        assert_eq!(seats.taken(), 2);
    }
}
