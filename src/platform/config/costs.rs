//! The settings of what GraphQL documents cost.

use clap::Args;

/// How much one may spend on GraphQL documents, see docs/cost.md.
#[derive(Args, Clone, Debug)]
pub struct CostSettings {
    /// Most points of GraphQL cost that one account may have open or spend at once; 0 for no such limit. See docs/cost.md.
    #[arg(
        long,
        env = "COST_BUCKET",
        default_value_t = 25_000,
        value_parser = clap::value_parser!(u32).range(..=1_000_000_000),
        global = true
    )]
    pub cost_bucket: u32,

    /// How many points an account gets back in a second.
    #[arg(
        long,
        env = "COST_RESTORE_PER_SECOND",
        default_value_t = 5_000,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000),
        global = true
    )]
    pub cost_restore_per_second: u32,

    /// The same for all who ask from one address together, signed in or not: an office, or a shop that renders its pages on a
    /// server. 0 for no such limit.
    #[arg(
        long,
        env = "COST_BUCKET_PER_ADDRESS",
        default_value_t = 100_000,
        value_parser = clap::value_parser!(u32).range(..=1_000_000_000),
        global = true
    )]
    pub cost_bucket_per_address: u32,

    /// How many points an address gets back in a second.
    #[arg(
        long,
        env = "COST_RESTORE_PER_SECOND_PER_ADDRESS",
        default_value_t = 20_000,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000),
        global = true
    )]
    pub cost_restore_per_second_per_address: u32,
}
