//! What an adapter says of the service it calls: how it may be called, and why a call failed.

use std::time::Duration;

/// How a dependency is called.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// How long one attempt may take. The deadline of the work at hand may leave less.
    pub timeout: Duration,
    /// Most attempts, the first included. More than one only where repeating is harmless: reads, and writes that carry
    /// an idempotency key.
    pub attempts: usize,
    /// Most calls at once: its share of our connections, memory and patience.
    pub concurrency: usize,
    /// How long a call waits for one of those places.
    pub queue_wait: Duration,
    /// When it is left alone.
    pub breaker: BreakerPolicy,
}

/// When a dependency is left alone.
#[derive(Clone, Copy, Debug)]
pub struct BreakerPolicy {
    /// Which part of the newest calls must have failed, from 0 to 1.
    pub error_rate: f64,
    /// How many of the newest calls are looked at.
    pub window: usize,
    /// For how long it is left alone, before a single call tries whether it is well again.
    pub open_wait: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(2),
            attempts: 3,
            concurrency: 16,
            queue_wait: Duration::from_millis(200),
            breaker: BreakerPolicy::default(),
        }
    }
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self {
            error_rate: 0.5,
            window: 10,
            open_wait: Duration::from_secs(5),
        }
    }
}

/// Why one attempt failed, said by the adapter that made it.
#[derive(Debug)]
pub struct CallError {
    pub(super) is_retryable: bool,
    pub(super) source: anyhow::Error,
}

impl CallError {
    /// The service did not do its part: no connection, no sense in its answer, a status of 429 or 5xx.
    pub fn retryable(source: impl Into<anyhow::Error>) -> Self {
        Self {
            is_retryable: true,
            source: source.into(),
        }
    }

    /// The service is well and will say the same again: a status of 4xx. An [`Error`](crate::error::Error) reaches the caller as it is;
    /// anything else is a fault of ours.
    pub fn refused(source: impl Into<anyhow::Error>) -> Self {
        Self {
            is_retryable: false,
            source: source.into(),
        }
    }
}
