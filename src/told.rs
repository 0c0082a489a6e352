//! What is kept about a person, as rooms tell it, a page at a time.

use crate::{caller::Caller, error::Result};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::Value;
use uuid::Uuid;

/// Rows of one page, each with its id, in the order of ids.
pub(crate) type Rows = Vec<(Uuid, Value)>;

/// Most rows of a page. A page that has fewer is the last.
pub(crate) const PAGE: u64 = 200;

/// A page of the rows whose column `whose` names the caller, in the order of their column `id`, from behind `after` on.
///
/// # Errors
/// Unauthenticated.
pub(crate) async fn page<E: EntityTrait>(
    caller: &Caller,
    whose: E::Column,
    id: E::Column,
    after: Option<Uuid>,
) -> Result<Vec<E::Model>> {
    let rows = E::find()
        .filter(whose.eq(caller.require_person()?.account))
        .filter(id.gt(after.unwrap_or(Uuid::nil())))
        .order_by_asc(id)
        .limit(PAGE)
        .all(caller.database.read())
        .await?;
    Ok(rows)
}
