//! Settings of what the marketplace keeps of sales. See docs/ledger.md.

use clap::Args;

/// Rates, in basis points: 1000 are ten per cent.
#[derive(Args, Clone, Copy, Debug)]
pub struct LedgerSettings {
    /// What the marketplace keeps of what shops sell, in basis points (1000 are 10 %), where nothing else was agreed with a shop. Sales
    /// keep the rate they were made at.
    #[arg(
        long,
        env = "COMMISSION_BPS",
        default_value_t = 1_000,
        value_parser = clap::value_parser!(u32).range(..=10_000),
        global = true
    )]
    pub commission_bps: u32,

    /// Tax on what the marketplace keeps, in basis points, which shops pay on top of it.
    #[arg(
        long,
        env = "COMMISSION_TAX_BPS",
        default_value_t = 0,
        value_parser = clap::value_parser!(u32).range(..=10_000),
        global = true
    )]
    pub commission_tax_bps: u32,
}
