//! What an address is made of, looked over.

use crate::{
    accounts::line::{filled_line, line},
    error::{Error, Result},
};

/// An address as it was typed.
#[derive(Debug)]
pub(crate) struct AddressDraft {
    pub(crate) name: String,
    pub(crate) company: Option<String>,
    pub(crate) line1: String,
    pub(crate) line2: Option<String>,
    pub(crate) city: String,
    pub(crate) region: Option<String>,
    pub(crate) postal_code: Option<String>,
    pub(crate) country: String,
    pub(crate) phone: Option<String>,
    pub(crate) is_default_shipping: bool,
    pub(crate) is_default_billing: bool,
}

/// An address as it is kept. Only the country is checked against the world: what a postal code or a region looks like is for
/// carriers to say, and a form that knows better keeps people from ordering.
#[derive(Clone, Debug)]
pub(crate) struct AddressFields {
    pub(super) name: String,
    pub(super) company: Option<String>,
    pub(super) line1: String,
    pub(super) line2: Option<String>,
    pub(super) city: String,
    pub(super) region: Option<String>,
    pub(super) postal_code: Option<String>,
    pub(super) country: String,
    pub(super) phone: Option<String>,
    pub(super) is_default_shipping: bool,
    pub(super) is_default_billing: bool,
}

impl AddressFields {
    /// Looks over what was typed.
    ///
    /// # Errors
    /// Invalid, naming the field below `input.address`.
    pub(crate) fn read(draft: AddressDraft) -> Result<Self> {
        let needed = |text: &str, longest, field: &str| filled_line(text, longest, &path(field));
        let optional = |text: Option<String>, longest, field: &str| match text {
            Some(text) => line(&text, longest, &path(field)),
            None => Ok(None),
        };
        Ok(Self {
            name: needed(&draft.name, 100, "name")?,
            company: optional(draft.company, 100, "company")?,
            line1: needed(&draft.line1, 200, "line1")?,
            line2: optional(draft.line2, 200, "line2")?,
            city: needed(&draft.city, 100, "city")?,
            region: optional(draft.region, 100, "region")?,
            postal_code: optional(draft.postal_code, 20, "postalCode")?,
            country: country(&draft.country)?,
            phone: optional(draft.phone, 30, "phone")?.map(phone).transpose()?,
            is_default_shipping: draft.is_default_shipping,
            is_default_billing: draft.is_default_billing,
        })
    }
}

fn path(field: &str) -> String {
    format!("input.address.{field}")
}

fn country(text: &str) -> Result<String> {
    let code = text.trim();
    let known = (code.len() == 2).then(|| code.to_ascii_uppercase());
    known
        .filter(|code| rust_iso3166::from_alpha2(code).is_some())
        .ok_or_else(|| {
            Error::invalid(
                path("country"),
                "Countries are named by two letters of ISO 3166-1, such as DE.",
            )
        })
}

fn phone(text: String) -> Result<String> {
    let is_of_numbers = |c: char| c.is_ascii_digit() || " +-/().".contains(c);
    let digits = text.chars().filter(char::is_ascii_digit).count();
    if digits >= 3 && text.chars().all(is_of_numbers) {
        return Ok(text);
    }
    Err(Error::invalid(
        path("phone"),
        "A telephone number is written with digits, such as +49 30 123456.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> AddressDraft {
        AddressDraft {
            name: "Ada".to_owned(),
            company: None,
            line1: "Quay 1".to_owned(),
            line2: Some("  ".to_owned()),
            city: "Hamburg".to_owned(),
            region: None,
            postal_code: Some("20457".to_owned()),
            country: "de".to_owned(),
            phone: Some("+49 (0)40 / 123-45".to_owned()),
            is_default_shipping: false,
            is_default_billing: false,
        }
    }

    #[test]
    fn addresses_are_kept_in_one_form() {
        let kept = AddressFields::read(draft()).unwrap();
        assert_eq!(kept.country, "DE");
        assert_eq!(kept.line2, None, "an empty line is none");
        assert_eq!(kept.phone.as_deref(), Some("+49 (0)40 / 123-45"));
    }

    #[test]
    fn what_is_no_address_is_refused() {
        let refusal = |change: fn(&mut AddressDraft)| {
            let mut changed = draft();
            change(&mut changed);
            match AddressFields::read(changed) {
                Err(Error::Invalid { field, .. }) => field,
                other => panic!("{other:?}"),
            }
        };
        assert_eq!(
            refusal(|draft| draft.country = "UK".to_owned()),
            "input.address.country"
        );
        assert_eq!(
            refusal(|draft| draft.country = "Germany".to_owned()),
            "input.address.country"
        );
        assert_eq!(
            refusal(|draft| draft.name = " ".to_owned()),
            "input.address.name"
        );
        assert_eq!(
            refusal(|draft| draft.line1 = "a".repeat(10_000_000)),
            "input.address.line1"
        );
        assert_eq!(
            refusal(|draft| draft.city = "Ham\u{0}burg".to_owned()),
            "input.address.city"
        );
        assert_eq!(
            refusal(|draft| draft.phone = Some("call me".to_owned())),
            "input.address.phone"
        );
    }
}
