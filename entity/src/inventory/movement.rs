//! What came to stock or went from it. Rows are only added; triggers see to that.

use crate::audit::entry::ActorKind;
use crate::ids::{AccountId, LocationId, SellerId, StockMovementId, VariantId};
use sea_orm::entity::prelude::*;

/// Why units came or went.
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
pub enum Reason {
    /// They were there before movements were written down.
    #[sea_orm(string_value = "OPENING")]
    Opening,
    /// An import said how many there are.
    #[sea_orm(string_value = "IMPORTED")]
    Imported,
    /// A delivery came.
    #[sea_orm(string_value = "RECEIVED")]
    Received,
    /// Someone put the number right.
    #[sea_orm(string_value = "ADJUSTED")]
    Adjusted,
    /// They cannot be sold any more.
    #[sea_orm(string_value = "DAMAGED")]
    Damaged,
    /// Someone counted.
    #[sea_orm(string_value = "RECOUNTED")]
    Recounted,
    /// They came from another location.
    #[sea_orm(string_value = "TRANSFERRED_IN")]
    TransferredIn,
    /// They went to another location.
    #[sea_orm(string_value = "TRANSFERRED_OUT")]
    TransferredOut,
    /// They were sold.
    #[sea_orm(string_value = "SOLD")]
    Sold,
    /// They were sold and came back.
    #[sea_orm(string_value = "RETURNED")]
    Returned,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_movement")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: StockMovementId,
    pub seller_id: SellerId,
    pub variant_id: VariantId,
    pub location_id: LocationId,
    pub reason: Reason,
    /// How many came; negative where they went.
    pub delta: i64,
    /// How many lay at the location after it.
    pub on_hand: i64,
    pub actor: ActorKind,
    pub account_id: Option<AccountId>,
    /// The order, or whoever else they were sold to.
    pub holder_id: Option<Uuid>,
    pub note: Option<String>,
    pub occurred_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
