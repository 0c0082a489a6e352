//! What tax is due on what is sent somewhere.
//!
//! By default what the table of flat rates says. Carts are reckoned in transactions, so whoever asks a service over the network keeps what
//! it heard, and asks before: the transaction would refuse the call.

use crate::error::Result;
use futures_util::future::{BoxFuture, ready};

/// Where something is sent.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Destination {
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
    /// State, province or county, as it was typed.
    pub region: Option<String>,
}

/// A rate of tax.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TaxRate {
    /// What it is called where it is due.
    pub name: String,
    /// Basis points, 0 to 10,000.
    pub bps: i16,
    /// Whether prices hold it already.
    pub included: bool,
}

/// A line of the table of flat rates.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FlatRate {
    /// Its region, upper case; empty for the whole country.
    pub region: String,
    /// The rate there.
    pub rate: TaxRate,
}

/// Knows what tax is due.
pub trait TaxCalculator: Send + Sync {
    /// The rate at `destination`; nothing where none is due. `flat` are the table's lines for its country.
    ///
    /// # Errors
    /// Unavailable where whoever knows cannot be asked.
    fn rate<'a>(
        &'a self,
        destination: &'a Destination,
        flat: &'a [FlatRate],
    ) -> BoxFuture<'a, Result<Option<TaxRate>>>;
}

/// Goes by the table alone: the region's rate, or else the country's.
#[derive(Clone, Copy, Debug, Default)]
pub struct FlatRates;

impl TaxCalculator for FlatRates {
    fn rate<'a>(
        &'a self,
        destination: &'a Destination,
        flat: &'a [FlatRate],
    ) -> BoxFuture<'a, Result<Option<TaxRate>>> {
        let region = destination.region.as_deref().map(region_key);
        let of = |region: &str| flat.iter().find(|line| line.region == region);
        let of_region = region.filter(|region| !region.is_empty());
        let of_region = of_region.and_then(|region| of(&region));
        let line = of_region.or_else(|| of(""));
        Box::pin(ready(Ok(line.map(|line| line.rate.clone()))))
    }
}

/// A region as it is compared: upper case, with single spaces.
#[must_use]
pub fn region_key(region: &str) -> String {
    let words: Vec<_> = region.split_whitespace().collect();
    words.join(" ").to_uppercase()
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::FutureExt;

    fn line(region: &str, bps: i16) -> FlatRate {
        let rate = TaxRate {
            name: "tax".to_owned(),
            bps,
            included: false,
        };
        FlatRate {
            region: region.to_owned(),
            rate,
        }
    }

    #[test]
    fn the_region_goes_before_the_country() {
        let table = [line("", 1_900), line("BAVARIA", 700)];
        let at = |region: Option<&str>| {
            let destination = Destination {
                country: "DE".to_owned(),
                region: region.map(str::to_owned),
            };
            let rate = FlatRates.rate(&destination, &table).now_or_never();
            rate.unwrap().unwrap().map(|rate| rate.bps)
        };
        assert_eq!(at(Some(" bavaria ")), Some(700));
        assert_eq!(at(Some("Hesse")), Some(1_900));
        assert_eq!(at(Some("")), Some(1_900));
        assert_eq!(at(None), Some(1_900));
        let destination = Destination {
            country: "DE".to_owned(),
            region: None,
        };
        let none = FlatRates.rate(&destination, &[]).now_or_never();
        assert_eq!(none.unwrap().unwrap(), None);
    }
}
