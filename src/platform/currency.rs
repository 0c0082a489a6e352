//! Currencies and their minor units (ISO 4217).

use crate::error::{Error, Result};
use entity::money::{CurrencyCode, Money};
use iso_currency::Currency;
use rust_decimal::Decimal;

/// Reads a currency code such as `EUR`, in any case.
///
/// # Errors
/// Invalid, naming `field`, when it is no ISO 4217 code.
pub fn parse_code(text: &str, field: &str) -> Result<CurrencyCode> {
    let code = text.trim().to_ascii_uppercase();
    Currency::from_code(&code)
        .and_then(|_| code.parse().ok())
        .ok_or_else(|| {
            Error::invalid(
                field,
                format!("'{text}' is no ISO 4217 currency code, such as EUR."),
            )
        })
}

/// How many decimals amounts of the currency have: 2 for EUR, 0 for JPY, 3 for KWD.
#[must_use]
pub fn exponent(code: CurrencyCode) -> u32 {
    Currency::from_code(code.as_str())
        .and_then(Currency::exponent)
        .map_or(2, u32::from)
}

/// The amount as people write it, with exactly the currency's decimals.
#[must_use]
pub fn to_decimal(money: Money) -> Decimal {
    Decimal::new(money.minor, exponent(money.currency))
}

/// The minor units of an amount.
///
/// # Errors
/// Invalid, naming `field`, when it has more decimals than the currency (trailing zeros do not count), or does
/// not fit.
pub fn to_minor(amount: Decimal, currency: CurrencyCode, field: &str) -> Result<i64> {
    let decimals = exponent(currency);
    let amount = amount.normalize();
    if amount.scale() > decimals {
        return Err(Error::invalid(
            field,
            format!(
                "{amount} has {} decimals, but {currency} has {decimals}.",
                amount.scale()
            ),
        ));
    }
    amount
        .checked_mul(Decimal::from(10_i64.pow(decimals)))
        .and_then(|minor| i64::try_from(minor).ok())
        .ok_or_else(|| Error::invalid(field, format!("{amount} is too large an amount.")))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minor(amount: &str, code: &str) -> Result<i64> {
        to_minor(
            amount.parse().expect("a decimal"),
            code.parse().expect("a code"),
            "price",
        )
    }

    #[test]
    fn minor_units_follow_the_currency() {
        assert_eq!(minor("19.99", "EUR").unwrap(), 1999);
        assert_eq!(minor("19.9900", "EUR").unwrap(), 1999);
        assert_eq!(minor("1999", "JPY").unwrap(), 1999);
        assert_eq!(minor("1.999", "KWD").unwrap(), 1999);
        assert!(
            minor("19.999", "EUR")
                .unwrap_err()
                .to_string()
                .contains("3 decimals")
        );
        assert!(minor("0.5", "JPY").is_err());
        assert!(minor("99999999999999999999", "EUR").is_err());
    }

    #[test]
    fn amounts_are_written_with_all_their_decimals() {
        let money = |minor, code: &str| Money {
            minor,
            currency: code.parse().expect("a code"),
        };
        assert_eq!(to_decimal(money(1990, "EUR")).to_string(), "19.90");
        assert_eq!(to_decimal(money(1990, "JPY")).to_string(), "1990");
        assert_eq!(to_decimal(money(-5, "KWD")).to_string(), "-0.005");
    }
}
