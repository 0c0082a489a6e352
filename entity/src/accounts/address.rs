//! Where people have things sent, and bills.

use crate::ids::{AccountId, AddressId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "address")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AddressId,
    pub customer_id: AccountId,
    /// Who receives what is sent there.
    #[sea_orm(column_type = "Text")]
    pub name: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub company: Option<String>,
    /// Street and number.
    #[sea_orm(column_type = "Text")]
    pub line1: String,
    /// Floor, flat, door.
    #[sea_orm(column_type = "Text", nullable)]
    pub line2: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub city: String,
    /// State, province or county, where it belongs to the address.
    #[sea_orm(column_type = "Text", nullable)]
    pub region: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub postal_code: Option<String>,
    /// ISO 3166-1 alpha-2, upper case.
    #[sea_orm(column_type = "Text")]
    pub country: String,
    #[sea_orm(column_type = "Text", nullable)]
    pub phone: Option<String>,
    /// At most one of a customer's is.
    pub is_default_shipping: bool,
    /// At most one of a customer's is.
    pub is_default_billing: bool,
    /// Counts the edits, from 1.
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
