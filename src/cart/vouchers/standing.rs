//! Whether a voucher is good by itself, whatever is in the cart.

use super::Voucher;
use crate::cart::{
    problem::ProblemCode,
    totals::{Off, Reduction},
};
use chrono::{DateTime, Utc};
use entity::money::CurrencyCode;

impl Voucher {
    /// What it takes off of a cart in `currency`, or why it is not good.
    pub(in crate::cart) fn standing(
        &self,
        now: DateTime<Utc>,
        currency: Option<CurrencyCode>,
    ) -> Result<Reduction, (ProblemCode, &'static str)> {
        let row = &self.row;
        let unusable = |why| Err((ProblemCode::VoucherUnusable, why));
        if row.ends_at.is_some_and(|ends_at| ends_at <= now) {
            let why = "This voucher's time is over. Take it out.";
            return Err((ProblemCode::VoucherExpired, why));
        }
        if row.starts_at.is_some_and(|starts_at| starts_at > now) {
            let why = "This voucher is not good yet. Take it out, or come back.";
            return Err((ProblemCode::VoucherExpired, why));
        }
        if !row.active {
            return unusable("This voucher is no longer good. Take it out.");
        }
        if row.total_limit.is_some_and(|limit| row.redeemed >= limit) {
            return unusable("This voucher was used as often as it can be. Take it out.");
        }
        if row.customer_limit.is_some_and(|limit| self.used >= limit) {
            return unusable("You have used this voucher as often as you can. Take it out.");
        }
        if row.currency.is_some() && currency.is_some() && row.currency != currency {
            return unusable("This voucher is for another currency. Take it out.");
        }
        let off = match (row.rate_bps, row.amount) {
            (Some(bps), _) => Off::Part(bps),
            (None, amount) => Off::Amount(amount.unwrap_or(0)),
        };
        Ok(Reduction {
            voucher: row.id,
            seller: row.seller_id,
            off,
            minimum: row.minimum,
        })
    }
}
