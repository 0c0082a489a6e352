//! Where a shop's stock lies.

use crate::ids::{LocationId, SellerId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_location")]
pub struct Model {
    /// Of a shop's first location, the shop's own.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LocationId,
    pub seller_id: SellerId,
    pub name: String,
    /// What is unique among the shop's active locations.
    pub name_key: String,
    /// What is sold is taken from the lowest first.
    pub priority: i32,
    /// Counts the edits, for optimistic locking.
    pub version: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    /// Since when nothing lies there any more.
    pub deactivated_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
