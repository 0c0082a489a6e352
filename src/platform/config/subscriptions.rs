//! The settings of what stays open: sockets, and streams of events.

use clap::Args;
use std::time::Duration;

/// How many may listen, and for how long nothing may be heard of them.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Settings")]
pub struct SubscriptionSettings {
    /// Most connections by WebSocket and event stream that one process keeps open.
    #[arg(long, env = "SUBSCRIPTIONS_MAX_CONNECTIONS", default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub subscriptions_max_connections: u32,

    /// Most of them for one address; of IPv6, for one /64 network.
    #[arg(long, env = "SUBSCRIPTIONS_MAX_CONNECTIONS_PER_ADDRESS", default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub subscriptions_max_connections_per_address: u32,

    /// Most of them for one account.
    #[arg(long, env = "SUBSCRIPTIONS_MAX_CONNECTIONS_PER_ACCOUNT", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub subscriptions_max_connections_per_account: u32,

    /// Most operations at once on one WebSocket.
    #[arg(long, env = "WEBSOCKET_MAX_OPERATIONS", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..), global = true)]
    pub websocket_max_operations: u32,

    /// Most messages and pings in a second on one WebSocket, on average; four times as many at once.
    #[arg(long, env = "WEBSOCKET_MAX_MESSAGES_PER_SECOND", default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=100_000), global = true)]
    pub websocket_max_messages_per_second: u32,

    /// How long a WebSocket may take to begin with `connection_init`, in milliseconds.
    #[arg(long, env = "WEBSOCKET_INIT_TIMEOUT_MS", default_value_t = 3_000, value_parser = clap::value_parser!(u64).range(1..=600_000), global = true)]
    pub websocket_init_timeout_ms: u64,

    /// How often those who listen are sent a sign of life, in seconds. A WebSocket that answers none of two is closed.
    #[arg(long, env = "SUBSCRIPTIONS_PING_SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=60), global = true)]
    pub subscriptions_ping_seconds: u64,
}

impl SubscriptionSettings {
    /// How long a WebSocket may take to begin.
    #[must_use]
    pub fn init_timeout(&self) -> Duration {
        Duration::from_millis(self.websocket_init_timeout_ms)
    }

    /// How often those who listen are sent a sign of life.
    #[must_use]
    pub fn ping_every(&self) -> Duration {
        Duration::from_secs(self.subscriptions_ping_seconds)
    }
}
