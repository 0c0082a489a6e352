//! One variant in a cart.

use crate::ids::{AccountId, CartId, CartLineId, SellerId, VariantId};
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "cart_line")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CartLineId,
    pub cart_id: CartId,
    /// The cart's.
    pub customer_id: Option<AccountId>,
    pub seller_id: SellerId,
    pub variant_id: VariantId,
    /// From 1 to 999.
    pub quantity: i64,
    /// What it cost when it was last put in or changed, in minor units of the cart's currency.
    pub price_seen: i64,
    pub created_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
