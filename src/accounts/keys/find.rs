//! Finding keys. People see their own.

use super::ApiKey;
use crate::{
    caller::Caller,
    error::{Error, Result},
    platform::keyset::{self, Cursor, Order, Page, Slice, SortKey},
};
use entity::accounts::api_key::{Column, Entity};
use entity::ids::ApiKeyId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait, Select, sea_query::Expr};
use std::sync::Arc;

/// The order of keys: the newest first.
pub(crate) fn order() -> Order<ApiKey> {
    Order {
        name: "keys by id",
        key: None,
        id: Expr::col((Entity, Column::Id)),
        descending: true,
        cursor: |row| Cursor {
            key: SortKey::None,
            id: row.id.0,
        },
    }
}

/// The caller's own, which no key sees.
fn own(caller: &Caller) -> Result<Select<Entity>> {
    let (person, _) = caller.require_session()?;
    Ok(Entity::find().filter(Column::AccountId.eq(person.account)))
}

/// A page of the caller's keys, those that are no longer good included.
///
/// # Errors
/// Unauthenticated; Forbidden for keys.
pub(crate) async fn list(
    caller: &Caller,
    order: &Order<ApiKey>,
    page: &Page,
) -> Result<Slice<ApiKey>> {
    // Whoever revokes one wants to see that at once, which a replica would not show.
    let own = own(caller)?.into_query();
    keyset::fetch(caller.database.write(), own, order, page).await
}

/// How many keys the caller has, those that are no longer good included.
///
/// # Errors
/// Unauthenticated; Forbidden for keys.
pub(crate) async fn count(caller: &Caller) -> Result<u64> {
    keyset::count(caller.database.write(), own(caller)?.into_query()).await
}

/// The caller's key with this id.
///
/// # Errors
/// Unauthenticated; Forbidden for keys; `NotFound`.
pub(crate) async fn by_id(caller: &Caller, id: ApiKeyId) -> Result<Arc<ApiKey>> {
    let found = own(caller)?
        .filter(Column::Id.eq(id))
        .one(caller.database.write())
        .await?;
    found.map(Arc::new).ok_or(Error::NotFound("key"))
}
