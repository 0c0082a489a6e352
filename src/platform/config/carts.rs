//! The settings of carts.

use super::Settings;
use chrono::TimeDelta;
use clap::Args;

/// For how long carts are kept.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Settings")]
pub struct CartSettings {
    /// For how many days a guest's cart is kept after it was last changed.
    #[arg(long, env = "CART_GUEST_DAYS", default_value_t = 30, value_parser = clap::value_parser!(u16).range(1..=3_650), global = true)]
    pub cart_guest_days: u16,
}

impl CartSettings {
    /// For how long a guest's cart is kept after it was last changed.
    #[must_use]
    pub fn guest_days(&self) -> TimeDelta {
        TimeDelta::days(self.cart_guest_days.into())
    }
}

impl Settings {
    /// How long units are kept for someone who is about to buy them.
    #[must_use]
    pub fn reservation(&self) -> TimeDelta {
        TimeDelta::minutes(i64::from(self.reservation_minutes))
    }
}
