//! Carts by the thousand: what holds for every one of them.

use super::*;
use proptest::prelude::*;
use uuid::Uuid;

fn seller(number: u8) -> SellerId {
    SellerId(Uuid::from_u128(number.into()))
}

fn item(variant: u128, of: u8, unit_price: i64, quantity: i64) -> Item {
    Item {
        variant: VariantId(Uuid::from_u128(variant)),
        seller: seller(of),
        unit_price,
        quantity,
    }
}

fn voucher(number: u128, of: Option<u8>, off: Off, minimum: Option<i64>) -> Reduction {
    Reduction {
        voucher: VoucherId(Uuid::from_u128(number)),
        seller: of.map(seller),
        off,
        minimum,
    }
}

fn tax(bps: i16, included: bool) -> TaxRate {
    TaxRate {
        name: "VAT".to_owned(),
        bps,
        included,
    }
}

#[test]
fn a_cart_comes_to_what_it_says() {
    let items = [item(1, 1, 1_000, 2), item(2, 1, 333, 1), item(3, 2, 500, 1)];
    let parcels = [
        Parcel {
            seller: seller(1),
            price: 490,
            free_from: Some(5_000),
        },
        Parcel {
            seller: seller(2),
            price: 300,
            free_from: Some(500),
        },
    ];
    let vouchers = [
        voucher(1, None, Off::Amount(100), None),
        voucher(2, Some(1), Off::Part(1_000), None),
        voucher(3, Some(2), Off::Amount(50), Some(501)),
    ];
    let got = reckon(&items, &parcels, &vouchers, Some(&tax(1_900, false))).unwrap();
    // A tenth of 2,333 is 233.3; of the rest of 2,600 a hundred goes off by the platform.
    assert_eq!(got.vouchers[&vouchers[1].voucher], Fit::Applied(233));
    assert_eq!(got.vouchers[&vouchers[2].voucher], Fit::BelowMinimum(1));
    assert_eq!(got.totals.subtotal, 2_833);
    assert_eq!(got.totals.discount, 333);
    assert_eq!(
        got.totals.shipping, 490,
        "the second shop's is free from 500 on"
    );
    let lines: i64 = got.lines.iter().map(|line| line.total).sum();
    assert_eq!(got.totals.total, lines + 490 + 93);
    assert_eq!(got.totals.tax, got.totals.tax_added);
}

#[test]
fn included_tax_is_told_and_not_added() {
    let got = reckon(&[item(1, 1, 11_900, 1)], &[], &[], Some(&tax(1_900, true))).unwrap();
    assert_eq!((got.totals.tax, got.totals.tax_added), (1_900, 0));
    assert_eq!(got.totals.total, 11_900);
}

#[test]
fn what_is_too_much_is_said() {
    assert!(reckon(&[item(1, 1, i64::MAX, 2)], &[], &[], None).is_err());
    let two = [item(1, 1, i64::MAX, 1), item(2, 2, 1, 1)];
    assert!(reckon(&two, &[], &[], None).is_err());
    let most = [item(1, 1, i64::MAX, 1)];
    assert!(reckon(&most, &[], &[], None).is_ok());
    assert!(reckon(&most, &[], &[], Some(&tax(1, false))).is_err());
    let half = [voucher(1, None, Off::Part(5_000), None)];
    let got = reckon(&most, &[], &half, None).unwrap();
    assert_eq!(got.totals.discount, i64::MAX / 2 + 1);
}

fn items() -> impl Strategy<Value = Vec<Item>> {
    let one = (0..8_u128, 1..4_u8, 0..1_000_000_i64, 1..1_000_i64);
    prop::collection::vec(one, 0..20).prop_map(|parts| {
        let parts = parts.into_iter().enumerate();
        parts
            .map(|(index, (variant, of, price, quantity))| {
                item(variant * 100 + index as u128, of, price, quantity)
            })
            .collect()
    })
}

fn vouchers() -> impl Strategy<Value = Vec<Reduction>> {
    let off = prop_oneof![
        (1..=10_000_i16).prop_map(Off::Part),
        (1..10_000_000_i64).prop_map(Off::Amount),
    ];
    let one = (
        prop::option::of(1..5_u8),
        off,
        prop::option::of(1..5_000_000_i64),
    );
    prop::collection::vec(one, 0..5).prop_map(|parts| {
        let parts = parts.into_iter().enumerate();
        parts
            .map(|(index, (of, off, minimum))| voucher(index as u128, of, off, minimum))
            .collect()
    })
}

fn parcels() -> impl Strategy<Value = Vec<Parcel>> {
    let one = (0..10_000_i64, prop::option::of(1..1_000_000_i64));
    prop::collection::vec(one, 0..4).prop_map(|parts| {
        let parts = (1..).zip(parts);
        parts
            .map(|(of, (price, free_from))| Parcel {
                seller: seller(of),
                price,
                free_from,
            })
            .collect()
    })
}

fn taxes() -> impl Strategy<Value = Option<TaxRate>> {
    let one = (0..=10_000_i16, any::<bool>());
    prop::option::of(one.prop_map(|(bps, included)| tax(bps, included)))
}

proptest! {
    #[test]
    fn every_sum_is_that_of_its_parts(
        items in items(), parcels in parcels(), vouchers in vouchers(), tax in taxes(),
    ) {
        let got = reckon(&items, &parcels, &vouchers, tax.as_ref()).unwrap();
        let of = |part: fn(&LineTotals) -> i64| got.lines.iter().map(part).sum::<i64>();
        let all = got.totals;
        prop_assert_eq!(of(|line| line.subtotal), all.subtotal);
        prop_assert_eq!(of(|line| line.discount), all.discount);
        prop_assert_eq!(of(|line| line.tax) + all.shipping_tax, all.tax);
        prop_assert_eq!(all.subtotal - all.discount + all.shipping + all.tax_added, all.total);
        let added = if all.tax_added > 0 { all.shipping_tax } else { 0 };
        prop_assert_eq!(of(|line| line.total) + all.shipping + added, all.total);
        let taken: i64 = got.vouchers.values().map(|fit| match fit {
            Fit::Applied(off) => *off,
            _ => 0,
        }).sum();
        prop_assert_eq!(taken, all.discount);
        for (item, line) in items.iter().zip(&got.lines) {
            prop_assert!(line.discount >= 0 && line.discount <= line.subtotal);
            prop_assert!(line.tax >= 0 && line.total >= 0);
            prop_assert_eq!(line.discounts.iter().map(|(_, off)| off).sum::<i64>(), line.discount);
            for (id, _) in &line.discounts {
                let by = vouchers.iter().find(|one| one.voucher == *id).unwrap();
                prop_assert!(by.seller.is_none_or(|seller| seller == item.seller));
            }
        }
        for totals in got.sellers.values() {
            prop_assert!(totals.total >= 0 && totals.shipping >= 0);
        }
    }

    #[test]
    fn no_order_matters(
        items in items(), parcels in parcels(), vouchers in vouchers(), tax in taxes(), turn in 0..20_usize,
    ) {
        let before = reckon(&items, &parcels, &vouchers, tax.as_ref()).unwrap();
        let turned = |length: usize| if length == 0 { 0 } else { turn % length };
        let (mut other, mut codes, mut ways) = (items.clone(), vouchers.clone(), parcels.clone());
        other.rotate_left(turned(items.len()));
        codes.reverse();
        ways.reverse();
        let mut after = reckon(&other, &ways, &codes, tax.as_ref()).unwrap();
        after.lines.rotate_right(turned(items.len()));
        prop_assert_eq!(before, after);
    }
}
