//! Units that are promised to someone for a while.

use crate::ids::{ReservationId, SellerId, VariantId};
use sea_orm::entity::prelude::*;

/// What became of a reservation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum State {
    /// The units are promised.
    #[sea_orm(string_value = "LIVE")]
    Live,
    /// They were given back.
    #[sea_orm(string_value = "RELEASED")]
    Released,
    /// They were sold.
    #[sea_orm(string_value = "CLAIMED")]
    Claimed,
    /// They were given back since nobody came for them in time.
    #[sea_orm(string_value = "EXPIRED")]
    Expired,
}

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "stock_reservation")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ReservationId,
    pub seller_id: SellerId,
    pub variant_id: VariantId,
    /// Whom they are promised to: an order, or a cart.
    pub holder_id: Uuid,
    pub quantity: i64,
    /// Whether the variant's units were counted when they were promised: whether they are among those of the total.
    pub counted: bool,
    pub state: State,
    /// How many of those that were sold came back.
    pub returned: i64,
    pub expires_at: DateTimeUtc,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

impl ActiveModelBehavior for ActiveModel {}
