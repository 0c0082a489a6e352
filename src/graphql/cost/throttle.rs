//! The buckets as clients see them: in `extensions.cost` and in the headers `RateLimit` and `RateLimit-Policy`
//! (draft-ietf-httpapi-ratelimit-headers-11).

use crate::platform::rate_limits::{Level, Limit};
use async_graphql::{Name, Value, indexmap::IndexMap};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use std::{fmt::Write, time::Duration};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// What clients call the bucket.
pub(super) fn name(limit: Limit) -> &'static str {
    match limit {
        Limit::CostOfAddress => "address",
        _ => "account",
    }
}

/// The setting that says how much it holds.
pub(super) fn setting(limit: Limit) -> &'static str {
    match limit {
        Limit::CostOfAddress => "COST_BUCKET_PER_ADDRESS",
        _ => "COST_BUCKET",
    }
}

/// What the answer says of its cost; of several buckets that with the least in it.
pub(super) fn extension(requested: u32, actual: u32, levels: &[Level]) -> Value {
    let mut cost = IndexMap::from([
        (Name::new("requested"), Value::from(requested)),
        (Name::new("actual"), Value::from(actual)),
    ]);
    if let Some(level) = levels.iter().min_by_key(|level| level.available) {
        let throttle = IndexMap::from([
            (Name::new("maximum"), Value::from(level.maximum)),
            (Name::new("available"), Value::from(level.available)),
            (
                Name::new("restoreRate"),
                Value::from(level.restore_per_second()),
            ),
        ]);
        cost.insert(Name::new("throttle"), Value::Object(throttle));
    }
    Value::Object(cost)
}

/// Adds the headers, each with an item for each bucket. `wait` is that of who was refused; otherwise the time is that until the
/// bucket is full.
pub(super) fn add_headers(headers: &mut HeaderMap, levels: &[Level], wait: Option<Duration>) {
    let (mut policy, mut limit) = (String::new(), String::new());
    for level in levels {
        let separator = if policy.is_empty() { "" } else { ", " };
        let name = name(level.limit);
        let window = level.one_in.saturating_mul(level.maximum);
        let reset = wait.unwrap_or_else(|| level.full_in());
        // Writing to a text does not fail.
        let _ = write!(
            policy,
            "{separator}\"{name}\";q={};qu=\"points\";w={}",
            level.maximum,
            seconds(window)
        );
        let _ = write!(
            limit,
            "{separator}\"{name}\";r={};t={}",
            level.available,
            seconds(reset)
        );
    }
    for (name, value) in [(POLICY, policy), (LIMIT, limit)] {
        if !value.is_empty()
            && let Ok(value) = HeaderValue::from_str(&value)
        {
            headers.insert(name, value);
        }
    }
}

/// Whole seconds, none of them too early.
fn seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() > 0)
}
