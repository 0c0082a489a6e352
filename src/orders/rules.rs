//! What may become of what, and what a part of a line comes to.

use super::{Fulfilment, FulfilmentState as F, Order, OrderState as O};
use crate::{
    error::{Error, Result},
    ledger::{Funding, SaleShare},
};

/// Every change of an order's state that there is.
const ORDER: &[(O, O)] = &[
    (O::Pending, O::Confirmed),
    (O::Pending, O::Cancelled),
    (O::Confirmed, O::Completed),
    (O::Confirmed, O::Cancelled),
];

/// Every change of the state of a shop's part that there is.
const FULFILMENT: &[(F, F)] = &[
    (F::Pending, F::Open),
    (F::Pending, F::Cancelled),
    (F::Open, F::Shipped),
    (F::Open, F::Cancelled),
    (F::Shipped, F::Delivered),
];

/// From which states an order may come to this one.
pub(super) fn order_before(to: O) -> impl Iterator<Item = O> {
    let found = ORDER.iter().filter(move |(_, after)| *after == to);
    found.map(|(before, _)| *before)
}

/// From which states a shop's part may come to this one.
pub(super) fn fulfilment_before(to: F) -> impl Iterator<Item = F> {
    let found = FULFILMENT.iter().filter(move |(_, after)| *after == to);
    found.map(|(before, _)| *before)
}

/// What the first `count` of `quantity` units cost that come to `total` together, rounded half up: for all of them, all of it.
fn first(total: i64, quantity: i64, count: i64) -> Result<i64> {
    let whole = i128::from(quantity.max(1));
    let part = (i128::from(total) * i128::from(count) * 2 + whole) / (whole * 2);
    i64::try_from(part).map_err(Error::internal)
}

/// What goes back for `more` units after `before` of them: whatever the steps, all of them together are the total.
pub(super) fn part_of(total: i64, quantity: i64, before: i64, more: i64) -> Result<i64> {
    Ok(first(total, quantity, before + more)? - first(total, quantity, before)?)
}

/// From where the order is paid, and where money of it goes back to.
pub(super) fn funding_of(order: &Order) -> Funding {
    match order.customer_id {
        Some(customer) if order.from_wallet => Funding::Wallet(customer),
        _ => Funding::Provider,
    }
}

/// What a shop's part is to the ledger, which counts goods and shipping without tax.
pub(super) fn share_of(part: &Fulfilment, tax_is_included: bool) -> SaleShare {
    let (goods_tax, shipping_tax) = if tax_is_included {
        (part.tax - part.shipping_tax, part.shipping_tax)
    } else {
        (0, 0)
    };
    SaleShare {
        seller: part.seller_id,
        goods: part.subtotal - goods_tax,
        shipping: part.shipping - shipping_tax,
        tax: part.tax,
        voucher_by_seller: part.voucher_by_seller,
        voucher_by_platform: part.voucher_by_platform,
        commission_bps: i64::from(part.commission_bps),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_line_are_all_of_it_whatever_the_steps() {
        for (total, quantity) in [(100, 3), (1, 7), (0, 4), (999_999_999_999, 999), (50, 1)] {
            let mut given = 0;
            for before in 0..quantity {
                let part = part_of(total, quantity, before, 1).unwrap();
                assert!(part >= 0);
                given += part;
            }
            assert_eq!(given, total);
            assert_eq!(part_of(total, quantity, 0, quantity).unwrap(), total);
        }
    }

    #[test]
    fn what_is_over_stays_as_it_is() {
        for over in [O::Completed, O::Cancelled] {
            assert!(ORDER.iter().all(|(before, _)| *before != over));
        }
        for over in [F::Delivered, F::Cancelled] {
            assert!(FULFILMENT.iter().all(|(before, _)| *before != over));
        }
        assert!(
            fulfilment_before(F::Cancelled).all(|before| before != F::Shipped),
            "what was sent is not cancelled"
        );
    }
}
