//! Money as the database holds it: an integer of minor units beside a currency.

use sea_orm::{DbErr, DeriveValueType};
use std::{fmt, str::FromStr};

/// An ISO 4217 code, three capital letters. Which codes are currencies is the server's knowledge.
#[derive(Clone, Copy, PartialEq, Eq, Hash, DeriveValueType)]
#[sea_orm(value_type = "String", column_type = "Text")]
pub struct CurrencyCode([u8; 3]);

impl CurrencyCode {
    /// The code as text, for example `EUR`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // Only capital ASCII letters get in, see `from_str`.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for CurrencyCode {
    type Err = DbErr;

    fn from_str(text: &str) -> Result<Self, DbErr> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            _ => Err(DbErr::Type(format!(
                "'{text}' is not three capital letters"
            ))),
        }
    }
}

impl fmt::Display for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CurrencyCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An amount of one currency in its minor units (cents, yen, fils).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Money {
    /// Minor units: 1999 is 19.99 EUR, and 1999 JPY.
    pub minor: i64,
    /// The currency the minor units are of.
    pub currency: CurrencyCode,
}
