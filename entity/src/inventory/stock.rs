//! How many units of a variant there are, wherever they lie.

use crate::ids::{ProductId, SellerId, VariantId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub variant_id: VariantId,
    pub product_id: ProductId,
    pub seller_id: SellerId,
    /// Units in the seller's hands.
    pub on_hand: i64,
    /// Units of `on_hand` that are promised to someone.
    pub reserved: i64,
    /// Whether units are counted at all; what is not counted is always to be had.
    pub tracked: bool,
    pub updated_at: DateTimeUtc,
    /// With so many to be had, or fewer, there are too few; nothing where nobody said so.
    pub low_threshold: Option<i64>,
    /// Whether there are too few by what is counted, promised and said above; the database holds it to that.
    pub is_low: bool,
}

impl ActiveModelBehavior for ActiveModel {}
