//! An address as what is sent there keeps it, whatever becomes of the one that was noted.

use super::{Address, AddressFields};
use serde::{Deserialize, Serialize};

/// Where something goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostalAddress {
    /// Who receives it.
    pub name: String,
    /// The company there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub company: Option<String>,
    /// Street and number.
    pub line1: String,
    /// Floor, flat, door.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line2: Option<String>,
    /// The town.
    pub city: String,
    /// State, province or county.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// The postal code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2, upper case.
    pub country: String,
    /// A telephone number for the carrier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
}

impl From<AddressFields> for PostalAddress {
    fn from(fields: AddressFields) -> Self {
        Self {
            name: fields.name,
            company: fields.company,
            line1: fields.line1,
            line2: fields.line2,
            city: fields.city,
            region: fields.region,
            postal_code: fields.postal_code,
            country: fields.country,
            phone: fields.phone,
        }
    }
}

impl From<&Address> for PostalAddress {
    fn from(row: &Address) -> Self {
        Self {
            name: row.name.clone(),
            company: row.company.clone(),
            line1: row.line1.clone(),
            line2: row.line2.clone(),
            city: row.city.clone(),
            region: row.region.clone(),
            postal_code: row.postal_code.clone(),
            country: row.country.clone(),
            phone: row.phone.clone(),
        }
    }
}
