//! What may be said of ways of shipping and of taxes, and what a way of shipping costs. The limits stand again as constraints in the
//! database.

use super::ShippingMethod;
use crate::error::{Error, Result};
use entity::money::{CurrencyCode, Money};

/// The largest price, in minor units.
const LARGEST_PRICE: i64 = 1_000_000_000_000;
/// The longest time something may be on its way.
const MOST_DAYS: i32 = 365;

/// A way of shipping as it was typed.
#[derive(Clone, Debug)]
pub(crate) struct MethodDraft {
    pub(crate) name: String,
    pub(crate) price: Money,
    pub(crate) free_from: Option<Money>,
    /// Nothing for all.
    pub(crate) countries: Vec<String>,
    pub(crate) min_days: Option<i32>,
    pub(crate) max_days: Option<i32>,
    pub(crate) active: bool,
}

/// A way of shipping as it is kept.
#[derive(Debug)]
pub(super) struct MethodFields {
    pub(super) name: String,
    pub(super) price: i64,
    pub(super) free_from: Option<i64>,
    pub(super) countries: String,
    pub(super) min_days: Option<i16>,
    pub(super) max_days: Option<i16>,
    pub(super) active: bool,
}

impl MethodFields {
    /// Looks over what was typed for a shop whose prices are in `currency`.
    ///
    /// # Errors
    /// Invalid, naming the field below `input.method`.
    pub(super) fn read(draft: &MethodDraft, currency: CurrencyCode) -> Result<Self> {
        let price = of_shop(draft.price, currency, 0, "input.method.price")?;
        let free_from = draft
            .free_from
            .map(|money| of_shop(money, currency, 1, "input.method.freeFrom"));
        let days = |days: Option<i32>, field: &str| {
            let read = days.map(|days| match i16::try_from(days) {
                Ok(read) if (0..=MOST_DAYS).contains(&days) => Ok(read),
                _ => Err(Error::invalid(
                    field,
                    format!("Things are on their way for 0 to {MOST_DAYS} days."),
                )),
            });
            read.transpose()
        };
        let min_days = days(draft.min_days, "input.method.minDays")?;
        let max_days = days(draft.max_days, "input.method.maxDays")?;
        if matches!((min_days, max_days), (Some(least), Some(most)) if least > most) {
            return Err(Error::invalid(
                "input.method.maxDays",
                "The longest time cannot be shorter than the shortest.",
            ));
        }
        Ok(Self {
            name: name(&draft.name, 100, "input.method.name")?,
            price,
            free_from: free_from.transpose()?,
            countries: countries(&draft.countries)?,
            min_days,
            max_days,
            active: draft.active,
        })
    }
}

/// An amount in the currency of the shop, from `least` on.
fn of_shop(money: Money, currency: CurrencyCode, least: i64, field: &str) -> Result<i64> {
    if money.currency != currency {
        let message = format!("All prices of this shop are in {currency}.");
        return Err(Error::invalid(field, message));
    }
    if (least..=LARGEST_PRICE).contains(&money.minor) {
        return Ok(money.minor);
    }
    Err(Error::invalid(
        field,
        "This amount is too small, or too large.",
    ))
}

/// One line of at most `longest` characters, and not empty.
pub(super) fn name(text: &str, longest: usize, field: &str) -> Result<String> {
    let too_long = || Error::invalid(field, format!("At most {longest} characters fit here."));
    if text.chars().nth(4 * longest).is_some() {
        return Err(too_long());
    }
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(Error::invalid(
            field,
            "This must hold at least one character, and no control characters.",
        ));
    }
    if name.chars().count() > longest {
        return Err(too_long());
    }
    Ok(name)
}

/// Countries as they are kept: each once, in order.
fn countries(countries: &[String]) -> Result<String> {
    let known = countries.iter().enumerate().map(|(index, text)| {
        let field = format!("input.method.countries.{index}");
        country(text, &field)
    });
    let mut known = known.collect::<Result<Vec<_>>>()?;
    known.sort_unstable();
    known.dedup();
    Ok(known.join(" "))
}

/// A country by its two letters.
///
/// # Errors
/// Invalid, naming `field`, when there is none of that name.
pub(super) fn country(text: &str, field: &str) -> Result<String> {
    let code = text.trim();
    let code = (code.len() == 2).then(|| code.to_ascii_uppercase());
    let known = code.filter(|code| rust_iso3166::from_alpha2(code).is_some());
    known.ok_or_else(|| {
        Error::invalid(
            field,
            "Countries are named by two letters of ISO 3166-1, such as DE.",
        )
    })
}

/// A rate of tax as it was typed.
#[derive(Clone, Debug)]
pub(crate) struct TaxDraft {
    pub(crate) country: String,
    pub(crate) region: Option<String>,
    pub(crate) name: String,
    pub(crate) bps: i32,
    pub(crate) included: bool,
}

/// Whether things go to `country` in this way.
pub(crate) fn goes_to(method: &ShippingMethod, country: &str) -> bool {
    method.countries.is_empty() || method.countries.split(' ').any(|known| known == country)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> MethodDraft {
        let eur = |minor| Money {
            minor,
            currency: "EUR".parse().unwrap(),
        };
        MethodDraft {
            name: " Parcel \n post ".to_owned(),
            price: eur(490),
            free_from: Some(eur(5_000)),
            countries: vec!["de".to_owned(), "AT".to_owned(), "DE".to_owned()],
            min_days: Some(1),
            max_days: Some(3),
            active: true,
        }
    }

    #[test]
    fn methods_are_kept_in_one_form() {
        let kept = MethodFields::read(&draft(), "EUR".parse().unwrap()).unwrap();
        assert_eq!(
            (kept.name.as_str(), kept.countries.as_str()),
            ("Parcel post", "AT DE")
        );
        assert_eq!((kept.price, kept.free_from), (490, Some(5_000)));
    }

    #[test]
    fn what_is_no_method_is_refused() {
        let refused = |change: fn(&mut MethodDraft)| {
            let mut draft = draft();
            change(&mut draft);
            match MethodFields::read(&draft, "EUR".parse().unwrap()) {
                Err(Error::Invalid { field, .. }) => field,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(
            refused(|draft| draft.name = " ".to_owned()),
            "input.method.name"
        );
        assert_eq!(
            refused(|draft| draft.name = "a".repeat(101)),
            "input.method.name"
        );
        assert_eq!(
            refused(|draft| draft.price.minor = -1),
            "input.method.price"
        );
        assert_eq!(
            refused(|draft| draft.price.minor = i64::MAX),
            "input.method.price"
        );
        assert_eq!(
            refused(|draft| draft.price.currency = "USD".parse().unwrap()),
            "input.method.price"
        );
        assert_eq!(
            refused(|draft| draft.countries.push("UK".to_owned())),
            "input.method.countries.3"
        );
        assert_eq!(
            refused(|draft| draft.max_days = Some(0)),
            "input.method.maxDays"
        );
        assert_eq!(
            refused(|draft| draft.min_days = Some(-1)),
            "input.method.minDays"
        );
    }
}
