//! Who works in a shop.

use crate::ids::{AccountId, SellerId, SellerMemberId};
use sea_orm::entity::prelude::*;

/// What someone is in a shop.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    EnumIter,
    DeriveActiveEnum,
    serde::Serialize,
    serde::Deserialize,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Role {
    /// May do everything. A shop always has one.
    #[sea_orm(string_value = "OWNER")]
    Owner,
    /// May do everything but what concerns owners.
    #[sea_orm(string_value = "MANAGER")]
    Manager,
    /// Keeps the catalogue and the stock, and sets no prices.
    #[sea_orm(string_value = "STAFF")]
    Staff,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "seller_member")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SellerMemberId,
    pub seller_id: SellerId,
    /// Unique in the shop.
    pub account_id: AccountId,
    pub role: Role,
    /// Counts the edits, for optimistic locking.
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
