//! How often one may do what costs others something: a burst at once, and then so many in a minute (GCRA, by the crate
//! governor). Each use counts, also of twenty in one document.
//!
//! Kept in the process: with several instances each lets its share through.

use governor::{DefaultKeyedRateLimiter, Quota, clock::Clock};
use std::{
    net::{IpAddr, Ipv6Addr},
    num::NonZeroU32,
    time::Duration,
};

/// What is limited, with its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Trying to sign in, by address: a household, an office.
    SignIn,
    /// Opening accounts, by address.
    SignUp,
    /// Having mail sent to an address that one only names.
    Mail,
}

impl Limit {
    const ALL: [Self; 3] = [Self::SignIn, Self::SignUp, Self::Mail];

    /// How many at once, and how many in a minute.
    fn numbers(self) -> (u32, u32) {
        match self {
            Self::SignIn => (30, 30),
            Self::SignUp => (10, 2),
            Self::Mail => (5, 1),
        }
    }

    /// Its name in the metrics.
    fn name(self) -> &'static str {
        match self {
            Self::SignIn => "sign_in",
            Self::SignUp => "sign_up",
            Self::Mail => "mail",
        }
    }

    fn quota(self) -> Quota {
        let (burst, per_minute) = self.numbers();
        let at_least_one = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Quota::per_minute(at_least_one(per_minute)).allow_burst(at_least_one(burst))
    }
}

/// Every limit, by key.
#[derive(Debug)]
pub struct RateLimits([DefaultKeyedRateLimiter<String>; 3]);

impl Default for RateLimits {
    fn default() -> Self {
        Self(Limit::ALL.map(|limit| DefaultKeyedRateLimiter::keyed(limit.quota())))
    }
}

impl RateLimits {
    /// Spends one of what `key` has of `limit`; where it has none, says how long until it has.
    ///
    /// # Errors
    /// The wait.
    pub fn spend(&self, limit: Limit, key: &str) -> Result<(), Duration> {
        let limiter = &self.0[limit as usize];
        limiter.check_key(&key.to_owned()).map_err(|refused| {
            metrics::counter!("rate_limited_total", "limit" => limit.name()).increment(1);
            refused.wait_time_from(limiter.clock().now())
        })
    }

    /// Forgets keys that have everything again, so that they do not pile up.
    pub fn tidy(&self) {
        for limiter in &self.0 {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
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
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_let_through_and_then_no_more() {
        let limits = RateLimits::default();
        let let_through = (0..100).filter(|_| limits.spend(Limit::Mail, "a").is_ok());
        assert_eq!(let_through.count(), 5);
        let wait = limits.spend(Limit::Mail, "a").unwrap_err();
        assert!((50..=60).contains(&wait.as_secs()), "{wait:?}");
        assert!(limits.spend(Limit::Mail, "b").is_ok());
        assert!(limits.spend(Limit::SignUp, "a").is_ok());
        limits.tidy();
        assert!(limits.spend(Limit::Mail, "a").is_err());
    }

    #[test]
    fn a_network_of_version_6_is_one_customer() {
        let key = |text: &str| address_key(Some(text.parse().unwrap()));
        assert_eq!(key("2001:db8::1"), key("2001:db8::ffff:1"));
        assert_ne!(key("2001:db8::1"), key("2001:db8:0:1::1"));
        assert_eq!(key("::ffff:192.0.2.1"), "192.0.2.1");
        assert_ne!(key("192.0.2.1"), key("192.0.2.2"));
    }
}
