//! What people mean to buy.

use crate::{
    ids::{AccountId, CartId},
    money::CurrencyCode,
};
use sea_orm::entity::prelude::*;

/// What has become of a cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// It is being filled.
    #[sea_orm(string_value = "ACTIVE")]
    Active,
    /// It has become an order.
    #[sea_orm(string_value = "ORDERED")]
    Ordered,
    /// What was in it is in another.
    #[sea_orm(string_value = "MERGED")]
    Merged,
    /// Nobody came back for it.
    #[sea_orm(string_value = "ABANDONED")]
    Abandoned,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cart")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CartId,
    /// Whose it is; nothing for a guest's.
    pub customer_id: Option<AccountId>,
    /// The hash of the token that a guest holds.
    #[sea_orm(column_type = "Text", nullable)]
    pub token_hash: Option<String>,
    pub state: State,
    /// That of its first line; nothing while there is none.
    pub currency: Option<CurrencyCode>,
    #[sea_orm(column_type = "Text", nullable)]
    pub email: Option<String>,
    /// Where it is to be sent, as JSON.
    #[sea_orm(column_type = "Text", nullable)]
    pub address: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub note: Option<String>,
    /// The vouchers, and the ways of shipping, as JSON.
    #[sea_orm(column_type = "Text")]
    pub choices: String,
    /// Where its lines are.
    pub merged_into: Option<CartId>,
    /// Counts the changes, from 1.
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Until when a guest's is kept.
    pub expires_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
