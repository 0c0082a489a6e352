//! An order as letters tell of it, for the server itself.

use super::{Fulfilment, Order, OrderLine};
use crate::error::Result;
use entity::ids::OrderId;
use entity::orders::{fulfilment, line, order};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

/// An order with all that is in it.
pub(crate) struct Lettered {
    pub(crate) order: Order,
    pub(crate) parts: Vec<Fulfilment>,
    pub(crate) lines: Vec<OrderLine>,
}

/// The order, by three statements; nothing where there is none.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn for_letter(db: &impl ConnectionTrait, id: OrderId) -> Result<Option<Lettered>> {
    let Some(order) = order::Entity::find_by_id(id).one(db).await? else {
        return Ok(None);
    };
    let parts = fulfilment::Entity::find()
        .filter(fulfilment::Column::OrderId.eq(id))
        .order_by_asc(fulfilment::Column::Id)
        .all(db)
        .await?;
    let lines = line::Entity::find()
        .filter(line::Column::OrderId.eq(id))
        .order_by_asc(line::Column::Id)
        .all(db)
        .await?;
    Ok(Some(Lettered {
        order,
        parts,
        lines,
    }))
}
