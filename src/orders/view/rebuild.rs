//! Making the view anew while it is used.

use super::derive::{Over, clear, derive};
use crate::{app::App, error::Result};
use entity::ids::OrderId;
use entity::orders::order;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

/// Most orders of one transaction: SQLite has one writer at a time, and others wait for it.
const BATCH: u64 = 200;

/// How far it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rebuilt {
    /// How many orders were gone through.
    pub orders: u64,
    /// The last of them: whoever goes on begins after it.
    pub last: Option<OrderId>,
}

/// Makes the rows of all orders after `after` anew, in the order of their ids, and tells of each batch. Nothing is taken away that has its place, so lists
/// are whole meanwhile; and a row is never written over by an older version of its order, so that whatever changes meanwhile stays.
///
/// # Errors
/// Whatever the database says; what was told of is done.
pub async fn rebuild(
    app: &App,
    after: Option<OrderId>,
    mut told: impl FnMut(Rebuilt),
) -> Result<Rebuilt> {
    let mut done = Rebuilt {
        orders: 0,
        last: after,
    };
    loop {
        let batch = next(app, done.last).await?;
        let Some(last) = batch.last().copied() else {
            return Ok(done);
        };
        app.transaction(async |tx| {
            derive(tx, &batch, Over::Same).await?;
            clear(tx, &batch).await
        })
        .await?;
        done = Rebuilt {
            orders: done.orders + batch.len() as u64,
            last: Some(last),
        };
        told(done);
    }
}

/// The orders that come next. Those that are made meanwhile may have lesser ids than some that were gone through; their events are applied all the same.
async fn next(app: &App, after: Option<OrderId>) -> Result<Vec<OrderId>> {
    let after = after.map_or(Uuid::nil(), |id| id.0);
    let ids = order::Entity::find()
        .select_only()
        .column(order::Column::Id)
        .filter(order::Column::Id.gt(after))
        .order_by_asc(order::Column::Id)
        .limit(BATCH)
        .into_tuple()
        .all(app.database.write())
        .await?;
    Ok(ids)
}
