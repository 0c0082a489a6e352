//! Settings of what GraphQL operations are paid from. See docs/cost.md.

use clap::Args;

/// The buckets of points: how much each holds, and how fast it fills again.
#[derive(Args, Clone, Copy, Debug)]
pub struct CostSettings {
    /// How many points an account's bucket holds, of which GraphQL operations are paid; 0 for no such limit. See docs/cost.md.
    #[arg(
        id = "cost_bucket",
        long = "cost-bucket",
        env = "COST_BUCKET",
        default_value_t = 25_000,
        value_parser = clap::value_parser!(u32).range(..=1_000_000_000),
        global = true
    )]
    pub bucket: u32,

    /// How many points an account gets back in a second.
    #[arg(
        id = "cost_restore_per_second",
        long = "cost-restore-per-second",
        env = "COST_RESTORE_PER_SECOND",
        default_value_t = 5_000,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000),
        global = true
    )]
    pub restore_per_second: u32,

    /// The same for all who ask from one address together, signed in or not: an office, or a shop that renders its pages on a
    /// server. 0 for no such limit.
    #[arg(
        id = "cost_bucket_per_address",
        long = "cost-bucket-per-address",
        env = "COST_BUCKET_PER_ADDRESS",
        default_value_t = 100_000,
        value_parser = clap::value_parser!(u32).range(..=1_000_000_000),
        global = true
    )]
    pub bucket_per_address: u32,

    /// How many points an address gets back in a second.
    #[arg(
        id = "cost_restore_per_second_per_address",
        long = "cost-restore-per-second-per-address",
        env = "COST_RESTORE_PER_SECOND_PER_ADDRESS",
        default_value_t = 20_000,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000),
        global = true
    )]
    pub restore_per_second_per_address: u32,
}
