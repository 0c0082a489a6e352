//! Prices as people write them in a file.

use crate::{error::Error, platform::currency};
use entity::money::CurrencyCode;
use rust_decimal::{Decimal, RoundingStrategy};

/// Reads an amount such as 1234.50.
pub(super) fn parse(text: &str) -> Result<Decimal, String> {
    // Zeros at the end say nothing, and there may be more of them than a decimal number has room for.
    let digits = match text.split_once('.') {
        Some((whole, decimals)) => {
            let decimals = decimals.trim_end_matches('0');
            if decimals.is_empty() && !whole.is_empty() {
                whole.to_owned()
            } else {
                format!("{whole}.{decimals}")
            }
        }
        None => text.to_owned(),
    };
    let amount = Decimal::from_str_exact(&digits).map_err(|_| {
        "A price is a number with a decimal point and nothing else, such as 1234.50.".to_owned()
    })?;
    if amount.is_sign_negative() && !amount.is_zero() {
        return Err("A price must not be negative.".to_owned());
    }
    Ok(amount)
}

/// The minor units of an amount; one with more decimals than the currency has is refused, or rounded half up where
/// `round` says so.
pub(super) fn to_minor(
    amount: Decimal,
    currency: CurrencyCode,
    round: bool,
) -> Result<i64, String> {
    let decimals = currency::exponent(currency);
    let has_more = amount.normalize().scale() > decimals;
    let amount = if round {
        amount.round_dp_with_strategy(decimals, RoundingStrategy::MidpointAwayFromZero)
    } else {
        amount
    };
    currency::to_minor(amount, currency, "").map_err(|error| match error {
        Error::Invalid { message, .. } if has_more => {
            format!("{message} Round it, or import with --round-prices.")
        }
        Error::Invalid { message, .. } => message,
        other => other.to_string(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minor(text: &str, currency: &str, round: bool) -> Result<i64, String> {
        to_minor(parse(text)?, currency.parse().expect("a code"), round)
    }

    #[test]
    fn prices_are_plain_numbers() {
        assert_eq!(minor("19.9", "EUR", false), Ok(1990));
        assert_eq!(minor("0", "EUR", false), Ok(0));
        assert_eq!(minor(".5", "EUR", false), Ok(50));
        assert_eq!(minor("5.", "EUR", false), Ok(500));
        for bad in ["", ".", "abc", "$5", "1,50", "1e3", "1.2.3", "NaN"] {
            let refused = minor(bad, "EUR", true).unwrap_err();
            assert!(refused.contains("1234.50"), "{bad}: {refused}");
        }
        assert!(minor("-1", "EUR", false).unwrap_err().contains("negative"));
        assert!(
            minor("99999999999999999999", "EUR", false)
                .unwrap_err()
                .contains("too large")
        );
    }

    #[test]
    fn zeros_at_the_end_do_not_count() {
        assert_eq!(minor("19.9900", "EUR", false), Ok(1999));
        assert_eq!(minor("1999.000", "JPY", false), Ok(1999));
        assert_eq!(
            minor(&format!("5.{}", "0".repeat(60)), "EUR", false),
            Ok(500)
        );
    }

    #[test]
    fn further_decimals_are_refused_or_rounded_half_up() {
        let refused = minor("19.995", "EUR", false).unwrap_err();
        assert!(refused.contains("--round-prices"), "{refused}");
        assert_eq!(minor("19.995", "EUR", true), Ok(2000));
        assert_eq!(minor("19.994999", "EUR", true), Ok(1999));
        assert_eq!(minor("0.5", "JPY", true), Ok(1));
        assert_eq!(minor("1.2345", "KWD", true), Ok(1235));
    }
}
