//! Scalars and the small objects made of them.

use super::eager::Eager;
use crate::{catalogue::WeightUnit as StoredUnit, platform::currency};
use async_graphql::{
    Enum, InputObject, InputValueError, InputValueResult, Object, Scalar, ScalarType, Value,
};
use entity::money::Money as Amount;
use rust_decimal::Decimal as Number;

/// A decimal number as text, for example "19.90": exact, never a floating-point number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Decimal(pub(crate) Number);

/// A decimal number as text, for example "19.90": exact, never a floating-point number.
#[Scalar]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        let number = match &value {
            Value::String(text) if text.len() <= 40 => text.parse().ok(),
            Value::Number(number) => number.as_i64().map(Number::from),
            _ => None,
        };
        number.map(Self).ok_or_else(|| {
            InputValueError::custom("Write a decimal number as text, for example \"19.90\".")
        })
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A currency by its ISO 4217 code, for example EUR.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CurrencyCode(pub(crate) entity::money::CurrencyCode);

/// A currency by its ISO 4217 code, for example EUR.
#[Scalar]
impl ScalarType for CurrencyCode {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) if text.len() <= 8 => currency::parse_code(text, "currency")
                .map(Self)
                .map_err(InputValueError::custom),
            _ => Err(InputValueError::custom(
                "Write a currency as its ISO 4217 code, for example \"EUR\".",
            )),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// Any JSON value.
#[derive(Clone, Debug)]
pub(crate) struct Json(pub(crate) serde_json::Value);

/// Any JSON value.
#[Scalar(name = "JSON")]
impl ScalarType for Json {
    fn parse(value: Value) -> InputValueResult<Self> {
        Ok(Self(value.into_json()?))
    }

    fn to_value(&self) -> Value {
        Value::from_json(self.0.clone()).unwrap_or_default()
    }
}

/// An amount of money.
pub(crate) struct Money(pub(crate) Amount);

/// An amount of money.
#[Object(cache_control(max_age = 60))]
impl Money {
    /// The amount in the currency's major unit, with all of its decimals: "19.90", or "1990" for JPY.
    fn amount(&self) -> Decimal {
        Decimal(currency::to_decimal(self.0))
    }

    /// The currency.
    fn currency(&self) -> CurrencyCode {
        CurrencyCode(self.0.currency)
    }
}

/// An amount of money.
#[derive(Clone, Copy, Debug, InputObject)]
pub(crate) struct MoneyInput {
    /// The amount in the currency's major unit: "19.90", or "1990" for JPY.
    pub(crate) amount: Decimal,
    /// The currency.
    pub(crate) currency: CurrencyCode,
}

/// The lowest and the highest of some prices.
pub(crate) struct PriceRange {
    pub(crate) min: Amount,
    pub(crate) max: Amount,
}

/// The lowest and the highest of some prices.
#[Object(cache_control(max_age = 60))]
impl PriceRange {
    /// The lowest price.
    fn min(&self) -> Eager<Money> {
        Eager(Money(self.min))
    }

    /// The highest price.
    fn max(&self) -> Eager<Money> {
        Eager(Money(self.max))
    }
}

/// What buyers think, in stars.
pub(crate) struct Rating {
    pub(crate) sum: i64,
    pub(crate) count: i64,
}

/// What buyers think, in stars.
#[Object(cache_control(max_age = 60))]
impl Rating {
    /// The mean, from 1 to 5 with two decimals; nothing while nobody has rated.
    fn average(&self) -> Option<Decimal> {
        let mean = Number::from(self.sum).checked_div(Number::from(self.count))?;
        Some(Decimal(mean.round_dp(2)))
    }

    /// How many have rated.
    fn count(&self) -> i64 {
        self.count
    }
}

/// A unit of weight.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "StoredUnit")]
pub(crate) enum WeightUnit {
    /// g
    Grams,
    /// kg
    Kilograms,
    /// oz, of 28.349523125 g
    Ounces,
    /// lb, of 453.59237 g
    Pounds,
}

/// How heavy something is.
pub(crate) struct Weight {
    pub(crate) grams: i64,
    pub(crate) unit: StoredUnit,
}

/// How heavy something is.
#[Object(cache_control(max_age = 60))]
impl Weight {
    /// The weight in `unit`, rounded to three decimals.
    fn value(&self) -> Decimal {
        let grams = match self.unit {
            StoredUnit::Grams => Number::ONE,
            StoredUnit::Kilograms => Number::from(1_000),
            StoredUnit::Ounces => Number::new(28_349_523_125, 9),
            StoredUnit::Pounds => Number::new(45_359_237, 5),
        };
        Decimal((Number::from(self.grams) / grams).round_dp(3).normalize())
    }

    /// The unit the seller states it in.
    fn unit(&self) -> WeightUnit {
        self.unit.into()
    }

    /// The weight in grams.
    fn grams(&self) -> i64 {
        self.grams
    }
}

/// Which end of a list comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum SortDirection {
    /// Least, oldest or first in the alphabet.
    Asc,
    /// Greatest, newest or last in the alphabet.
    Desc,
}
