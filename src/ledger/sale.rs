//! Posting a sale: what was paid for an order, divided among those it belongs to.

use super::{
    Funding,
    account::{AccountKey, PlatformAccount},
    post::{Line, Posted, Posting, TooLittle, post_if_covered, too_little},
    rules::{bps_of, sum},
};
use crate::{
    error::{Error, Result},
    platform::{config::Settings, database::Tx},
};
use chrono::{DateTime, Utc};
use entity::{
    ids::{OrderId, SellerId},
    ledger::{
        entry::Reason,
        transaction::{Kind, SourceKind},
    },
    money::CurrencyCode,
};
use std::collections::BTreeSet;

/// An order that was paid.
#[derive(Clone, Debug)]
pub struct Sale {
    /// The order: it is posted once.
    pub order: OrderId,
    /// Of everything in it.
    pub currency: CurrencyCode,
    /// From where it was paid.
    pub funding: Funding,
    /// What each shop sold in it, one for each shop.
    pub shares: Vec<SaleShare>,
    /// Tax on commission, in basis points.
    pub commission_tax_bps: i64,
    /// Now.
    pub at: DateTime<Utc>,
}

/// What one shop sold in an order. Minor units, none below zero.
#[derive(Clone, Copy, Debug)]
pub struct SaleShare {
    /// The shop.
    pub seller: SellerId,
    /// The price of the goods, without tax and before vouchers.
    pub goods: i64,
    /// The price of sending them, without tax.
    pub shipping: i64,
    /// Tax on both, which the marketplace hands on.
    pub tax: i64,
    /// What vouchers of the shop's take off.
    pub voucher_by_seller: i64,
    /// What vouchers of the marketplace's take off.
    pub voucher_by_platform: i64,
    /// What the marketplace keeps of the goods, less what the shop's vouchers take off them, in basis points.
    pub commission_bps: i64,
}

/// What the marketplace keeps of a shop's sales, in basis points: what was agreed with the shop (`own`), or the usual.
#[must_use]
pub fn commission_bps(settings: &Settings, own: Option<i64>) -> i64 {
    own.unwrap_or(i64::from(settings.ledger.commission_bps))
}

impl SaleShare {
    /// What the customer pays of it.
    ///
    /// # Errors
    /// Conflict when it is too large; Internal when something is below zero.
    pub fn paid(&self) -> Result<i64> {
        let parts = [
            self.goods,
            self.shipping,
            self.tax,
            self.voucher_by_seller,
            self.voucher_by_platform,
        ];
        let taken_off = sum([self.voucher_by_seller, self.voucher_by_platform])?;
        let paid = sum([self.goods, self.shipping, self.tax])? - taken_off;
        if paid < 0 || parts.iter().any(|part| *part < 0) {
            return Err(fault(&format!("a share cannot be {self:?}")));
        }
        Ok(paid)
    }

    /// What the marketplace keeps, and the tax on it.
    fn commission(&self, tax_bps: i64) -> Result<(i64, i64)> {
        let of = (self.goods - self.voucher_by_seller).max(0);
        let commission = bps_of(of, self.commission_bps)?;
        Ok((commission, bps_of(commission, tax_bps)?))
    }

    fn lines(&self, commission_tax_bps: i64) -> Result<[Line; 9]> {
        use {PlatformAccount as P, Reason as R};
        let shop = AccountKey::Seller(self.seller);
        let (commission, commission_tax) = self.commission(commission_tax_bps)?;
        let line = |account, reason, amount| Line {
            account,
            reason,
            amount,
            seller: Some(self.seller),
        };
        let ours = AccountKey::Platform;
        Ok([
            line(shop, R::Goods, self.goods),
            line(shop, R::Shipping, self.shipping),
            line(shop, R::Voucher, -self.voucher_by_seller),
            line(ours(P::Tax), R::Tax, self.tax),
            line(ours(P::VoucherCost), R::Voucher, -self.voucher_by_platform),
            line(shop, R::Commission, -commission),
            line(ours(P::Revenue), R::Commission, commission),
            line(shop, R::CommissionTax, -commission_tax),
            line(ours(P::Tax), R::CommissionTax, commission_tax),
        ])
    }
}

fn fault(what: &str) -> Error {
    Error::internal(anyhow::anyhow!("a sale cannot be posted: {what}"))
}

impl Sale {
    /// What the customer pays of it all.
    ///
    /// # Errors
    /// As [`SaleShare::paid`].
    pub fn paid(&self) -> Result<i64> {
        let shares = self.shares.iter().map(SaleShare::paid);
        sum(shares.collect::<Result<Vec<_>>>()?)
    }

    /// Whether nothing in it costs anything: then there is nothing to be posted.
    #[must_use]
    pub fn is_nothing(&self) -> bool {
        let mut shares = self.shares.iter();
        shares.all(|share| share.goods == 0 && share.shipping == 0 && share.tax == 0)
    }

    fn lines(&self) -> Result<Vec<Line>> {
        let shops: BTreeSet<_> = self.shares.iter().map(|share| share.seller).collect();
        if shops.len() != self.shares.len() {
            return Err(fault("a shop has two shares of it"));
        }
        let mut lines = vec![Line {
            account: self.funding.account(),
            reason: Reason::Payment,
            amount: -self.paid()?,
            seller: None,
        }];
        for share in &self.shares {
            lines.extend(share.lines(self.commission_tax_bps)?);
        }
        Ok(lines)
    }
}

/// Posts what was paid for an order: to each shop its goods and shipping, less the marketplace's commission, as the rates are now; and to
/// tax what is tax. Nothing is posted, and nothing returned, where everything in it was for free.
///
/// # Errors
/// Conflict when the wallet that pays holds too little, or something is too large; Internal when a share is none.
pub async fn sale(tx: &Tx, sale: &Sale) -> Result<Option<Posted>> {
    let posted = sale_if_covered(tx, sale).await?;
    posted.map_err(|TooLittle| too_little())
}

/// The same for whoever has something else to do where the wallet that pays holds too little.
///
/// # Errors
/// As [`sale`], but for wallets.
pub async fn sale_if_covered(tx: &Tx, sale: &Sale) -> Result<Result<Option<Posted>, TooLittle>> {
    let lines = sale.lines()?;
    if lines.iter().all(|line| line.amount == 0) {
        return Ok(Ok(None));
    }
    let posting = Posting {
        kind: Kind::Sale,
        source: (SourceKind::Order, sale.order.0),
        currency: sale.currency,
        of: None,
        note: None,
        at: sale.at,
        lines,
        fingerprint: None,
    };
    Ok(post_if_covered(tx, &posting).await?.map(Some))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of_share(share: SaleShare, tax_bps: i64) -> Sale {
        Sale {
            order: OrderId::generate(),
            currency: "EUR".parse().unwrap(),
            funding: Funding::Provider,
            shares: vec![share],
            commission_tax_bps: tax_bps,
            at: DateTime::UNIX_EPOCH,
        }
    }

    proptest! {
        #[test]
        fn every_sale_sums_to_zero(
            (goods, shipping, tax) in (0..1_000_000_000_i64, 0..100_000_i64, 0..100_000_i64),
            (own, ours) in (0.0..1.0_f64, 0.0..1.0_f64),
            (rate, tax_rate) in (0..=10_000_i64, 0..=10_000_i64),
        ) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "any part will do")]
            let part = |of: i64, part: f64| ((of as f64) * part) as i64;
            let voucher_by_seller = part(goods, own);
            let voucher_by_platform = part(goods - voucher_by_seller, ours);
            let share = SaleShare {
                seller: SellerId::generate(),
                goods, shipping, tax, voucher_by_seller, voucher_by_platform,
                commission_bps: rate,
            };
            let sale = of_share(share, tax_rate);
            let lines = sale.lines().unwrap();
            prop_assert_eq!(lines.iter().map(|line| line.amount).sum::<i64>(), 0);
            let (commission, _) = share.commission(tax_rate).unwrap();
            prop_assert!(commission <= goods - voucher_by_seller);
        }
    }

    #[test]
    fn what_cannot_be_a_share_is_refused() {
        let share = SaleShare {
            seller: SellerId::generate(),
            goods: 100,
            shipping: 0,
            tax: 0,
            voucher_by_seller: 60,
            voucher_by_platform: 41,
            commission_bps: 1_000,
        };
        assert!(of_share(share, 0).lines().is_err(), "less than nothing");
        let huge = SaleShare {
            goods: i64::MAX,
            ..share
        };
        assert!(matches!(of_share(huge, 0).lines(), Err(Error::Conflict(_))));
        let fair = SaleShare {
            voucher_by_platform: 0,
            ..share
        };
        let twice = Sale {
            shares: vec![fair, fair],
            ..of_share(fair, 0)
        };
        assert!(of_share(fair, 0).lines().is_ok() && twice.lines().is_err());
    }
}
