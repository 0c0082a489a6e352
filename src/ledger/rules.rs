//! How amounts are divided: pure, and exact to the last minor unit.

use crate::error::{Error, Result};

/// What basis points are parts of.
pub const WHOLE_BPS: i64 = 10_000;

/// Largest amount and balance, in minor units. Two of them can be added without leaving an `i64`, here and in SQL.
pub const LARGEST_AMOUNT: i64 = 4_000_000_000_000_000_000;

/// What is said of amounts beyond [`LARGEST_AMOUNT`].
pub(super) fn too_large() -> Error {
    Error::Conflict("This is a larger amount than can be kept.".to_owned())
}

fn fault(what: &str) -> Error {
    Error::internal(anyhow::anyhow!("the ledger was asked for {what}"))
}

/// The sum of `amounts`.
///
/// # Errors
/// Conflict when it is too large.
pub fn sum(amounts: impl IntoIterator<Item = i64>) -> Result<i64> {
    let sum: i128 = amounts.into_iter().map(i128::from).sum();
    i64::try_from(sum)
        .ok()
        .filter(|sum| (-LARGEST_AMOUNT..=LARGEST_AMOUNT).contains(sum))
        .ok_or_else(too_large)
}

/// So many basis points of an amount, halves rounded up.
///
/// # Errors
/// Internal when either is below zero, or the rate is more than the whole.
pub fn bps_of(amount: i64, bps: i64) -> Result<i64> {
    if amount < 0 || !(0..=WHOLE_BPS).contains(&bps) {
        return Err(fault(&format!("{bps} basis points of {amount}")));
    }
    share(amount, bps, WHOLE_BPS)
}

/// `amount * part / whole`, halves rounded up, of what is not below zero.
fn share(amount: i64, part: i64, whole: i64) -> Result<i64> {
    let (amount, part, whole) = (i128::from(amount), i128::from(part), i128::from(whole));
    let rounded = (2 * amount * part + whole) / (2 * whole);
    i64::try_from(rounded).map_err(|_| too_large())
}

/// `total` divided as `weights` are. What does not come out even goes to the largest weights first, a minor unit each.
///
/// # Errors
/// Internal when something is below zero, or nothing has any weight.
pub fn split(total: i64, weights: &[i64]) -> Result<Vec<i64>> {
    let whole: i128 = weights.iter().copied().map(i128::from).sum();
    if total < 0 || weights.iter().any(|weight| *weight < 0) || (whole == 0 && total > 0) {
        return Err(fault(&format!("{total} split by {weights:?}")));
    }
    let whole = whole.max(1);
    let floor = |weight: &i64| i128::from(total) * i128::from(*weight) / whole;
    let mut parts = weights
        .iter()
        .map(|weight| i64::try_from(floor(weight)).map_err(|_| too_large()))
        .collect::<Result<Vec<_>>>()?;
    // Less than there are weights above zero: each part is short of its share by less than one.
    let mut left = total - parts.iter().sum::<i64>();
    for index in largest_first(weights) {
        if left == 0 {
            break;
        }
        if weights[index] > 0 {
            parts[index] += 1;
            left -= 1;
        }
    }
    Ok(parts)
}

/// `portion` of a whole that is the sum of `parts`, some of which may be below zero, such as what a voucher took off: how much of each
/// part it is. The sum is exact, no part gives more than it has, and all of the whole is all of each part.
///
/// # Errors
/// Internal when the portion is more than the whole, or either is below zero.
pub fn prorate(parts: &[i64], portion: i64) -> Result<Vec<i64>> {
    let whole: i128 = parts.iter().copied().map(i128::from).sum();
    let wanted = i128::from(portion);
    if portion < 0 || wanted > whole {
        return Err(fault(&format!("{portion} of {parts:?}")));
    }
    if wanted == whole {
        return Ok(parts.to_vec());
    }
    // Towards zero: what is missing of a part has the part's sign.
    let exact = |part: &i64| i128::from(*part) * wanted;
    let mut given = parts
        .iter()
        .map(|part| i64::try_from(exact(part) / whole).map_err(|_| too_large()))
        .collect::<Result<Vec<_>>>()?;
    let mut left = portion - given.iter().sum::<i64>();
    for index in largest_first(parts) {
        let step = parts[index].signum();
        let is_short = exact(&parts[index]) % whole != 0;
        if left != 0 && step == left.signum() && is_short {
            given[index] += step;
            left -= step;
        }
    }
    Ok(given)
}

/// `units` of `of` equal units of a whole that comes to nothing, since what some of `parts` add others take off: how much of each part it is. The sum is
/// nothing, no part gives more than it has, and all units are all of each part.
///
/// # Errors
/// Internal when the whole is something, or there are not so many units.
pub(super) fn units_of_nothing(parts: &[i64], units: i64, of: i64) -> Result<Vec<i64>> {
    let whole: i128 = parts.iter().copied().map(i128::from).sum();
    if whole != 0 || units < 0 || units > of || of == 0 {
        return Err(fault(&format!("{units} of {of} units of {parts:?}")));
    }
    let exact = |part: &i64| i128::from(*part) * i128::from(units);
    let mut given = parts
        .iter()
        .map(|part| i64::try_from(exact(part) / i128::from(of)).map_err(|_| too_large()))
        .collect::<Result<Vec<_>>>()?;
    let mut left = -given.iter().sum::<i64>();
    for index in largest_first(parts) {
        let step = parts[index].signum();
        let is_short = exact(&parts[index]) % i128::from(of) != 0;
        if left != 0 && step == left.signum() && is_short {
            given[index] += step;
            left -= step;
        }
    }
    Ok(given)
}

/// What goes back of a fee of which `fee` is left, when `portion` of what is left of the whole does.
///
/// # Errors
/// Internal when something is below zero or more than its whole.
pub(super) fn fee_back(fee: i64, portion: i64, whole: i64) -> Result<i64> {
    if fee < 0 || portion < 0 || portion > whole {
        return Err(fault(&format!("{portion}/{whole} of the fee {fee}")));
    }
    if portion == whole {
        return Ok(fee);
    }
    share(fee, portion, whole)
}

/// The places of `amounts`, the largest first.
fn largest_first(amounts: &[i64]) -> Vec<usize> {
    let mut places: Vec<_> = (0..amounts.len()).collect();
    places.sort_by_key(|place| std::cmp::Reverse(amounts[*place].unsigned_abs()));
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::{collection::vec, prelude::*};

    #[test]
    fn rates_round_halves_up() {
        assert_eq!(bps_of(1_005, 1_000).unwrap(), 101, "100.5");
        assert_eq!(bps_of(1_004, 1_000).unwrap(), 100);
        assert_eq!(bps_of(LARGEST_AMOUNT, WHOLE_BPS).unwrap(), LARGEST_AMOUNT);
        assert!(bps_of(-1, 1).is_err() && bps_of(1, 10_001).is_err());
    }

    #[test]
    fn what_does_not_come_out_even_goes_to_the_largest() {
        assert_eq!(split(100, &[1, 1, 1]).unwrap(), [34, 33, 33]);
        assert_eq!(split(5, &[1, 3, 0]).unwrap(), [1, 4, 0]);
        assert_eq!(split(0, &[0, 0]).unwrap(), [0, 0]);
        assert!(split(1, &[0]).is_err() && split(-1, &[1]).is_err());
    }

    #[test]
    fn portions_take_of_every_part() {
        // Goods 1000, shipping 300, tax 95, a voucher of 95: a third of the 1300 that were paid.
        let given = prorate(&[1_000, 300, 95, -95], 433).unwrap();
        assert_eq!(given.iter().sum::<i64>(), 433);
        // The cent that is over is of the largest part.
        assert_eq!(given, [334, 99, 31, -31]);
        assert!(prorate(&[5, -5], 1).is_err() && prorate(&[5], 6).is_err());
    }

    proptest! {
        #[test]
        fn splits_are_exact_and_fair(total in 0..LARGEST_AMOUNT, weights in vec(0..1_000_000_000_i64, 1..12)) {
            prop_assume!(weights.iter().sum::<i64>() > 0);
            let parts = split(total, &weights).unwrap();
            prop_assert_eq!(parts.iter().map(|part| i128::from(*part)).sum::<i128>(), i128::from(total));
            let whole: i128 = weights.iter().map(|weight| i128::from(*weight)).sum();
            for (part, weight) in parts.iter().zip(&weights) {
                let exact = i128::from(total) * i128::from(*weight);
                prop_assert!((i128::from(*part) * whole - exact).abs() < whole, "within one of its share");
            }
        }

        #[test]
        fn portions_are_exact_and_never_take_too_much(
            parts in vec(-1_000_000_i64..5_000_000, 1..8),
            places in vec(0.0..1.0_f64, 1..6),
        ) {
            let mut left = parts;
            prop_assume!(left.iter().sum::<i64>() >= 0);
            for place in places {
                let whole: i64 = left.iter().sum();
                #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "any portion will do")]
                let portion = ((whole as f64) * place) as i64;
                let given = prorate(&left, portion).unwrap();
                prop_assert_eq!(given.iter().sum::<i64>(), portion);
                for (part, given) in left.iter_mut().zip(given) {
                    prop_assert!(given == 0 || given.signum() == part.signum());
                    prop_assert!(given.abs() <= part.abs());
                    *part -= given;
                }
            }
            let rest = left.iter().sum();
            prop_assert_eq!(prorate(&left, rest).unwrap(), left, "all that is left is all of each");
        }

        #[test]
        fn fees_go_back_with_what_they_were_of(fee in 0..1_000_000_i64, wholes in vec(1..1_000_000_i64, 1..6)) {
            let (mut fee_left, mut left) = (fee, wholes.iter().sum::<i64>());
            for portion in wholes {
                let back = fee_back(fee_left, portion, left).unwrap();
                prop_assert!((0..=fee_left).contains(&back));
                fee_left -= back;
                left -= portion;
            }
            prop_assert_eq!(fee_left, 0);
        }
    }
}
