//! Weights and their units.

use crate::catalogue::WeightUnit;
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};

/// Reads a unit: an abbreviation or a word, in any case.
pub(super) fn parse_unit(text: &str) -> Result<WeightUnit, String> {
    match text.to_lowercase().trim_end_matches('.') {
        "g" | "gr" | "gram" | "grams" | "gramme" | "grammes" => Ok(WeightUnit::Grams),
        "kg" | "kgs" | "kilo" | "kilos" | "kilogram" | "kilograms" | "kilogramme"
        | "kilogrammes" => Ok(WeightUnit::Kilograms),
        "oz" | "ounce" | "ounces" => Ok(WeightUnit::Ounces),
        "lb" | "lbs" | "pound" | "pounds" => Ok(WeightUnit::Pounds),
        _ => Err("A unit of weight is kg, g, lb or oz.".to_owned()),
    }
}

/// Whole grams, rounded, of a weight in `unit`.
pub(super) fn parse_grams(text: &str, unit: WeightUnit) -> Result<i64, String> {
    let amount: Decimal = text
        .parse()
        .map_err(|_| "A weight is a number with a decimal point, such as 0.25.".to_owned())?;
    if amount.is_sign_negative() && !amount.is_zero() {
        return Err("A weight must not be negative.".to_owned());
    }
    amount
        .checked_mul(grams_per(unit))
        .map(|grams| grams.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero))
        .and_then(|grams| grams.to_i64())
        .ok_or_else(|| "The weight is too large.".to_owned())
}

/// By definition of the international pound and ounce.
fn grams_per(unit: WeightUnit) -> Decimal {
    match unit {
        WeightUnit::Grams => Decimal::ONE,
        WeightUnit::Kilograms => Decimal::ONE_THOUSAND,
        WeightUnit::Ounces => Decimal::new(28_349_523_125, 9),
        WeightUnit::Pounds => Decimal::new(45_359_237, 5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_have_many_names() {
        for (names, unit) in [
            (["g", "Grams", "GR."], WeightUnit::Grams),
            (["kg", "KG", "kilogram"], WeightUnit::Kilograms),
            (["oz", "OZ.", "ounces"], WeightUnit::Ounces),
            (["lb", "lbs", "Pounds"], WeightUnit::Pounds),
        ] {
            for name in names {
                assert_eq!(parse_unit(name), Ok(unit), "{name}");
            }
        }
        assert!(parse_unit("stone").unwrap_err().contains("kg, g, lb or oz"));
    }

    #[test]
    fn every_unit_becomes_whole_grams() {
        let grams = parse_grams;
        assert_eq!(grams("225", WeightUnit::Grams), Ok(225));
        assert_eq!(grams("0.4", WeightUnit::Grams), Ok(0));
        assert_eq!(grams("0.5", WeightUnit::Grams), Ok(1));
        assert_eq!(grams("1.25", WeightUnit::Kilograms), Ok(1_250));
        assert_eq!(grams("1", WeightUnit::Pounds), Ok(454));
        assert_eq!(grams("16", WeightUnit::Ounces), Ok(454));
        assert_eq!(grams("0", WeightUnit::Pounds), Ok(0));
    }

    #[test]
    fn what_is_no_weight_is_refused() {
        for bad in ["-1", "heavy", "1,5", "", "99999999999999999999999999"] {
            assert!(parse_grams(bad, WeightUnit::Kilograms).is_err(), "{bad}");
        }
    }
}
