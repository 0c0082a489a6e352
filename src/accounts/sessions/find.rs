//! Finding sessions. People see their own.

use super::Session;
use crate::{
    caller::Caller,
    error::{Error, Result},
    platform::keyset::{self, Cursor, Order, Page, Slice, SortKey},
};
use entity::accounts::session::{Column, Entity};
use entity::ids::SessionId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait, Select, sea_query::Expr};
use std::sync::Arc;

/// The order of sessions: the last to begin first.
pub(crate) fn order() -> Order<Session> {
    Order {
        name: "sessions by id",
        key: None,
        id: Expr::col((Entity, Column::Id)),
        descending: true,
        cursor: |row| Cursor {
            key: SortKey::None,
            id: row.id.0,
        },
    }
}

/// The caller's own, which keys do not see.
fn own(caller: &Caller) -> Result<Select<Entity>> {
    let (person, _) = caller.require_session()?;
    Ok(Entity::find().filter(Column::AccountId.eq(person.account)))
}

/// Those of them that go on.
fn living(caller: &Caller) -> Result<Select<Entity>> {
    let now = caller.clock.now();
    Ok(own(caller)?
        .filter(Column::EndedAt.is_null())
        .filter(Column::IdleUntil.gt(now))
        .filter(Column::ExpiresAt.gt(now)))
}

/// A page of the caller's sessions that go on.
///
/// # Errors
/// Unauthenticated; Forbidden for keys.
pub(crate) async fn list(
    caller: &Caller,
    order: &Order<Session>,
    page: &Page,
) -> Result<Slice<Session>> {
    // Whoever ends one wants to see it gone at once, which a replica would not show.
    let own = living(caller)?.into_query();
    keyset::fetch(caller.database.write(), own, order, page).await
}

/// How many of the caller's sessions go on.
///
/// # Errors
/// Unauthenticated; Forbidden for keys.
pub(crate) async fn count(caller: &Caller) -> Result<u64> {
    keyset::count(caller.database.write(), living(caller)?.into_query()).await
}

/// The caller's session with this id, also when it is over.
///
/// # Errors
/// Unauthenticated; Forbidden for keys; `NotFound`.
pub(crate) async fn by_id(caller: &Caller, id: SessionId) -> Result<Arc<Session>> {
    let found = own(caller)?
        .filter(Column::Id.eq(id))
        .one(caller.database.write())
        .await?;
    found.map(Arc::new).ok_or(Error::NotFound("session"))
}
