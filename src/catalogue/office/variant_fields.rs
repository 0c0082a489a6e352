//! What a seller says of a variant, looked over.

use super::product_fields::checked;
use crate::{
    catalogue::{
        WeightUnit,
        product_upsert::{Change, Target, VariantDraft},
        rules::{self, Checked},
    },
    error::{Error, Result},
    platform::currency,
};
use entity::catalogue::variant;
use entity::money::CurrencyCode;
use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive};
use std::collections::BTreeMap;

/// Longest name of a variant, its values joined, in characters.
const NAME_LIMIT: usize = 800;

/// An amount of money, as it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PriceWish {
    pub(crate) amount: Decimal,
    pub(crate) currency: CurrencyCode,
}

/// A weight, as it was sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct WeightWish {
    pub(crate) value: Decimal,
    pub(crate) unit: WeightUnit,
}

/// What a seller says of a variant; what is nothing stays.
#[derive(Clone, Debug, Default)]
pub(crate) struct VariantFields {
    pub(crate) sku: Change<Option<String>>,
    /// A new variant has one.
    pub(crate) price: Option<PriceWish>,
    pub(crate) compare_at_price: Change<Option<PriceWish>>,
    pub(crate) barcode: Change<Option<String>>,
    pub(crate) weight: Change<Option<WeightWish>>,
    /// Names of options and values for them.
    pub(crate) options: Vec<(String, String)>,
}

/// A variant as it is, with its options: value by name.
pub(super) struct Before {
    pub(super) variant: variant::Model,
    pub(super) options: BTreeMap<String, String>,
}

impl VariantFields {
    /// Whether it says what something costs.
    pub(super) fn says_a_price(&self) -> bool {
        self.price.is_some() || self.compare_at_price != Change::Keep
    }

    /// The draft of a variant of a product that has `options`, priced in `currency`; `at` is the path of these fields.
    ///
    /// # Errors
    /// Invalid, naming what is wrong.
    pub(super) fn draft(
        &self,
        at: &str,
        currency: CurrencyCode,
        options: &[String],
        before: Option<&Before>,
    ) -> Result<VariantDraft> {
        let price = match (&self.price, before) {
            (Some(price), _) => minor(price, currency, &format!("{at}.price"))?,
            (None, Some(before)) => before.variant.price,
            (None, None) => {
                return Err(Error::invalid(
                    format!("{at}.price"),
                    "A variant has a price.",
                ));
            }
        };
        let compare_at =
            |price: &PriceWish| minor(price, currency, &format!("{at}.compareAtPrice"));
        let weight = |weight: &WeightWish| grams(weight, &format!("{at}.weight.value"));
        let text =
            |field: &str, change: &Change<Option<String>>, rule: fn(&str) -> Checked<String>| {
                each(change, |text| checked(format!("{at}.{field}"), rule(text)))
            };
        Ok(VariantDraft {
            target: before.map_or(Target::New, |before| Target::Is(before.variant.id)),
            options: self.options_of(at, options, before)?,
            sku: text("sku", &self.sku, rules::sku)?,
            price,
            compare_at_price: each(&self.compare_at_price, compare_at)?,
            barcode: text("barcode", &self.barcode, rules::barcode)?,
            weight_grams: each(&self.weight, weight)?,
            weight_unit: match &self.weight {
                Change::To(Some(weight)) => Change::To(weight.unit),
                _ => Change::Keep,
            },
            image_url: Change::Keep,
            buyable: false,
        })
    }

    /// A value for each option of the product, in their order.
    fn options_of(
        &self,
        at: &str,
        options: &[String],
        before: Option<&Before>,
    ) -> Result<Vec<String>> {
        let mut values = before
            .map(|before| before.options.clone())
            .unwrap_or_default();
        let mut said: Vec<String> = Vec::new();
        for (place, (name, value)) in self.options.iter().enumerate() {
            let path = format!("{at}.options.{place}");
            let name = checked(format!("{path}.name"), rules::option_name(name))?;
            if !options.contains(&name) {
                let message = match options {
                    [] => "The product has no options. Give it some first.".to_owned(),
                    _ => format!(
                        "The product has no option '{name}'. It has: {}.",
                        options.join(", ")
                    ),
                };
                return Err(Error::invalid(format!("{path}.name"), message));
            }
            if said.contains(&name) {
                let message = "The variant has two values for this option: leave one out.";
                return Err(Error::invalid(format!("{path}.name"), message));
            }
            let value = checked(format!("{path}.value"), rules::option_value(value))?;
            said.push(name.clone());
            values.insert(name, value);
        }
        let missing = options.iter().find(|name| !values.contains_key(*name));
        if let Some(name) = missing {
            let message = format!(
                "Say which {name}: a variant has a value for each of the product's options."
            );
            return Err(Error::invalid(format!("{at}.options"), message));
        }
        let values: Vec<String> = options
            .iter()
            .filter_map(|name| values.remove(name))
            .collect();
        if values.join(" / ").chars().nth(NAME_LIMIT).is_some() {
            let message = format!("The values have at most {NAME_LIMIT} characters together.");
            return Err(Error::invalid(format!("{at}.options"), message));
        }
        Ok(values)
    }
}

/// A change of something made from the value, if there is one.
fn each<T, U>(
    change: &Change<Option<T>>,
    make: impl Fn(&T) -> Result<U>,
) -> Result<Change<Option<U>>> {
    Ok(match change {
        Change::Keep => Change::Keep,
        Change::To(None) => Change::To(None),
        Change::To(Some(value)) => Change::To(Some(make(value)?)),
    })
}

/// The minor units of a price in a shop of this currency.
fn minor(price: &PriceWish, currency: CurrencyCode, field: &str) -> Result<i64> {
    if price.currency != currency {
        return Err(Error::invalid(
            format!("{field}.currency"),
            format!(
                "The shop's prices are in {currency}, not in {}.",
                price.currency
            ),
        ));
    }
    let field = format!("{field}.amount");
    if price.amount.is_sign_negative() && !price.amount.is_zero() {
        return Err(Error::invalid(field, "A price must not be negative."));
    }
    currency::to_minor(price.amount, currency, &field)
}

/// Whole grams, rounded. The factors are those of the international pound and ounce.
fn grams(weight: &WeightWish, field: &str) -> Result<i64> {
    if weight.value.is_sign_negative() && !weight.value.is_zero() {
        return Err(Error::invalid(field, "A weight must not be negative."));
    }
    let factor = match weight.unit {
        WeightUnit::Grams => Decimal::ONE,
        WeightUnit::Kilograms => Decimal::ONE_THOUSAND,
        WeightUnit::Ounces => Decimal::new(28_349_523_125, 9),
        WeightUnit::Pounds => Decimal::new(45_359_237, 5),
    };
    (weight.value.checked_mul(factor))
        .map(|grams| grams.round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero))
        .and_then(|grams| grams.to_i64())
        .ok_or_else(|| Error::invalid(field, "The weight is too large."))
}
