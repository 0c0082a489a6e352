//! What a cart comes to: one function over what was read before. Amounts are minor units of one currency, and every one of them is checked.
//!
//! - A part is rounded half up. What is taken off several lines is split by what is left of each, and the rest that does not divide goes to the
//!   largest first, so that the parts are the whole.
//! - Vouchers of shops come before those of the platform, and of either the older first, in whatever order they were typed.
//! - Tax is reckoned line by line on what is left, and on shipping.

mod split;

use crate::{
    error::{Error, Result},
    ports::tax::TaxRate,
};
use entity::ids::{SellerId, VariantId, VoucherId};
use split::split;
use std::collections::BTreeMap;

/// Ten thousand basis points are all of it.
const ALL: i128 = 10_000;

/// Some of one variant.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    pub(crate) variant: VariantId,
    pub(crate) seller: SellerId,
    pub(crate) unit_price: i64,
    pub(crate) quantity: i64,
}

/// How a shop sends its part.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Parcel {
    pub(crate) seller: SellerId,
    pub(crate) price: i64,
    /// From goods of this worth on it costs nothing.
    pub(crate) free_from: Option<i64>,
}

/// What a voucher takes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Off {
    /// Basis points of what is left.
    Part(i16),
    /// An amount, as far as there is so much left.
    Amount(i64),
}

/// A voucher that is good.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reduction {
    pub(crate) voucher: VoucherId,
    /// Whose lines it is for; all where this says nothing.
    pub(crate) seller: Option<SellerId>,
    pub(crate) off: Off,
    /// From what goods on, before any voucher.
    pub(crate) minimum: Option<i64>,
}

/// What became of a voucher.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fit {
    /// It took something off.
    Applied(i64),
    /// There is too little that it is for; so much is missing.
    BelowMinimum(i64),
    /// There is nothing to take it off.
    Nothing,
}

/// What a line comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct LineTotals {
    pub(crate) subtotal: i64,
    /// What each voucher took off.
    pub(crate) discounts: Vec<(VoucherId, i64)>,
    pub(crate) discount: i64,
    pub(crate) tax: i64,
    pub(crate) total: i64,
}

/// What the part of a shop, or all of it, comes to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// The goods, before vouchers.
    pub subtotal: i64,
    /// What vouchers took off.
    pub discount: i64,
    /// Sending it.
    pub shipping: i64,
    /// Tax on shipping; a part of `tax`.
    pub shipping_tax: i64,
    /// All tax, that which prices hold included.
    pub tax: i64,
    /// The tax that comes on top.
    pub tax_added: i64,
    /// `subtotal` − `discount` + `shipping` + `tax_added`.
    pub total: i64,
}

/// What a cart comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Reckoning {
    /// As the items were given.
    pub(crate) lines: Vec<LineTotals>,
    pub(crate) sellers: BTreeMap<SellerId, Totals>,
    /// By voucher.
    pub(crate) vouchers: BTreeMap<VoucherId, Fit>,
    pub(crate) totals: Totals,
}

/// Reckons up a cart.
///
/// # Errors
/// Invalid when it comes to more than there are numbers for.
pub(crate) fn reckon(
    items: &[Item],
    parcels: &[Parcel],
    reductions: &[Reduction],
    tax: Option<&TaxRate>,
) -> Result<Reckoning> {
    let mut reckoning = Reckoning::default();
    for item in items {
        let subtotal = item.unit_price.checked_mul(item.quantity);
        reckoning.lines.push(LineTotals {
            subtotal: subtotal.ok_or_else(too_much)?,
            ..LineTotals::default()
        });
    }
    let mut in_order: Vec<_> = reductions.iter().collect();
    in_order.sort_by_key(|reduction| (reduction.seller.is_none(), reduction.voucher));
    for reduction in in_order {
        let fit = reduce(items, &mut reckoning.lines, reduction)?;
        reckoning.vouchers.insert(reduction.voucher, fit);
    }
    for (item, line) in items.iter().zip(&mut reckoning.lines) {
        let left = line.subtotal - line.discount;
        line.tax = tax_on(left, tax);
        line.total = plus(left, if is_added(tax) { line.tax } else { 0 })?;
        let of_seller = reckoning.sellers.entry(item.seller).or_default();
        of_seller.subtotal = plus(of_seller.subtotal, line.subtotal)?;
        of_seller.discount = plus(of_seller.discount, line.discount)?;
        of_seller.tax = plus(of_seller.tax, line.tax)?;
    }
    for (seller, totals) in &mut reckoning.sellers {
        let parcel = parcels.iter().find(|parcel| parcel.seller == *seller);
        totals.shipping = parcel.map_or(0, |parcel| parcel.price_for(totals.subtotal));
        totals.shipping_tax = tax_on(totals.shipping, tax);
        totals.tax = plus(totals.tax, totals.shipping_tax)?;
        totals.tax_added = if is_added(tax) { totals.tax } else { 0 };
        let goods = totals.subtotal - totals.discount;
        totals.total = plus(plus(goods, totals.shipping)?, totals.tax_added)?;
    }
    reckoning.totals = sum(reckoning.sellers.values())?;
    Ok(reckoning)
}

impl Parcel {
    fn price_for(&self, goods: i64) -> i64 {
        match self.free_from {
            Some(from) if goods >= from => 0,
            _ => self.price,
        }
    }
}

/// Takes off what the voucher takes off.
fn reduce(items: &[Item], lines: &mut [LineTotals], reduction: &Reduction) -> Result<Fit> {
    let is_for = |item: &Item| reduction.seller.is_none_or(|seller| seller == item.seller);
    let mut goods: i64 = 0;
    let mut parts = Vec::new();
    for (index, (item, line)) in items.iter().zip(lines.iter()).enumerate() {
        if is_for(item) {
            goods = plus(goods, line.subtotal)?;
            parts.push((index, item.variant, line.subtotal - line.discount));
        }
    }
    if let Some(minimum) = reduction.minimum
        && goods < minimum
    {
        return Ok(Fit::BelowMinimum(minimum - goods));
    }
    let left: i64 = parts.iter().map(|(_, _, left)| left).sum();
    let off = match reduction.off {
        Off::Part(bps) => part_of(left, bps.into(), ALL),
        Off::Amount(amount) => amount.min(left),
    };
    if off == 0 {
        return Ok(Fit::Nothing);
    }
    let weights: Vec<_> = parts.iter().map(|(_, key, left)| (*key, *left)).collect();
    for ((index, _, _), share) in parts.iter().zip(split(off, &weights)) {
        if share > 0 {
            lines[*index].discount += share;
            lines[*index].discounts.push((reduction.voucher, share));
        }
    }
    Ok(Fit::Applied(off))
}

/// `amount` × `numerator` / `denominator`, rounded half up. The numerator is no larger than the denominator, so it fits.
fn part_of(amount: i64, numerator: i128, denominator: i128) -> i64 {
    let doubled = 2 * i128::from(amount) * numerator + denominator;
    i64::try_from(doubled / (2 * denominator)).unwrap_or(amount)
}

fn is_added(tax: Option<&TaxRate>) -> bool {
    tax.is_some_and(|tax| !tax.included)
}

fn tax_on(amount: i64, tax: Option<&TaxRate>) -> i64 {
    let Some(tax) = tax else {
        return 0;
    };
    let bps = i128::from(tax.bps);
    if tax.included {
        part_of(amount, bps, ALL + bps)
    } else {
        part_of(amount, bps, ALL)
    }
}

fn sum<'a>(parts: impl Iterator<Item = &'a Totals>) -> Result<Totals> {
    let mut all = Totals::default();
    for part in parts {
        all.subtotal = plus(all.subtotal, part.subtotal)?;
        all.discount = plus(all.discount, part.discount)?;
        all.shipping = plus(all.shipping, part.shipping)?;
        all.shipping_tax = plus(all.shipping_tax, part.shipping_tax)?;
        all.tax = plus(all.tax, part.tax)?;
        all.tax_added = plus(all.tax_added, part.tax_added)?;
        all.total = plus(all.total, part.total)?;
    }
    Ok(all)
}

fn plus(one: i64, other: i64) -> Result<i64> {
    one.checked_add(other).ok_or_else(too_much)
}

fn too_much() -> Error {
    Error::invalid(
        "input",
        "This comes to more than can be reckoned. Take less of it.",
    )
}

#[cfg(test)]
mod tests;
