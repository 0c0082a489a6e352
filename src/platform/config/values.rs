//! How settings that are more than a text or a number are written.

use crate::platform::{currency, networks::Network};
use entity::money::CurrencyCode;
use std::str::FromStr;
use url::Url;

/// How many jobs of a queue run at once, by the queue's name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct JobsConcurrency(Vec<(String, usize)>);

impl JobsConcurrency {
    /// What was set for the queue of this name.
    #[must_use]
    pub fn of(&self, queue: &str) -> Option<usize> {
        let mut set = self.0.iter();
        set.find(|(name, _)| name == queue)
            .map(|(_, number)| *number)
    }
}

impl FromStr for JobsConcurrency {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text
            .split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty());
        let pairs = parts.map(|part| {
            let (name, number) = part.split_once('=')?;
            let number = number
                .trim()
                .parse()
                .ok()
                .filter(|number| (1..=512).contains(number))?;
            Some((name.trim().to_owned(), number))
        });
        let pairs: Option<Vec<_>> = pairs.collect();
        pairs.map(Self).ok_or_else(|| {
            "Write a queue's name, =, and a number from 1 to 512, separated by commas: events=32,imports=2".to_owned()
        })
    }
}

pub(super) fn parse_currency(text: &str) -> Result<CurrencyCode, String> {
    currency::parse_code(text, "CURRENCY").map_err(|error| error.to_string())
}

/// Blank is none: environments are often made from templates.
pub(super) fn parse_network(text: &str) -> Result<Option<Network>, String> {
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some),
    }
}

/// An origin as browsers send it: a scheme, a host, perhaps a port, and nothing behind.
pub(super) fn parse_origin(text: &str) -> Result<String, String> {
    let is_origin = || {
        let url = Url::parse(text).ok()?;
        (url.origin().ascii_serialization() == text).then_some(())
    };
    if text.is_empty() || text == "*" || is_origin().is_some() {
        Ok(text.to_owned())
    } else {
        Err("An origin looks like https://shop.example or http://localhost:3000, without a slash at its end; * allows any.".to_owned())
    }
}

/// A name that may stand in the address of an authenticator app, where a colon ends it.
pub(super) fn parse_shop_name(text: &str) -> Result<String, String> {
    let text = text.trim();
    if text.is_empty() || text.contains(':') || text.chars().count() > 64 {
        return Err("A name has 1 to 64 characters and no colon.".to_owned());
    }
    Ok(text.to_owned())
}

/// Where pages are: a link can be made by putting a path behind.
pub(super) fn parse_page(text: &str) -> Result<Url, String> {
    let url = Url::parse(text).ok();
    let is_page = |url: &Url| {
        matches!(url.scheme(), "http" | "https")
            && url.query().is_none()
            && url.fragment().is_none()
    };
    url.filter(is_page)
        .ok_or_else(|| "It looks like https://shop.example, perhaps with a path behind.".to_owned())
}
