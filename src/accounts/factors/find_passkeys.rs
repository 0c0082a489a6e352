//! Finding passkeys. People see their own.

use crate::{
    caller::Caller,
    error::{Error, Result},
    platform::keyset::{self, Cursor, Order, Page, Slice, SortKey},
};
use entity::accounts::passkey::{Column, Entity, Model};
use entity::ids::PasskeyId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait, Select, sea_query::Expr};
use std::sync::Arc;

/// The order of passkeys: the last to be added first.
pub(super) fn order() -> Order<Model> {
    Order {
        name: "passkeys by id",
        key: None,
        id: Expr::col((Entity, Column::Id)),
        descending: true,
        cursor: |row| Cursor {
            key: SortKey::None,
            id: row.id.0,
        },
    }
}

/// The caller's own.
fn own(caller: &Caller) -> Result<Select<Entity>> {
    let (person, _) = caller.require_session()?;
    Ok(Entity::find().filter(Column::AccountId.eq(person.account)))
}

/// A page of the caller's passkeys.
///
/// # Errors
/// Unauthenticated.
pub(super) async fn list(
    caller: &Caller,
    order: &Order<Model>,
    page: &Page,
) -> Result<Slice<Model>> {
    // Whoever adds or removes one wants to see it at once, which a replica would not show.
    let own = own(caller)?.into_query();
    keyset::fetch(caller.database.write(), own, order, page).await
}

/// How many passkeys the caller has.
///
/// # Errors
/// Unauthenticated.
pub(super) async fn count(caller: &Caller) -> Result<u64> {
    keyset::count(caller.database.write(), own(caller)?.into_query()).await
}

/// The caller's passkey with this id.
///
/// # Errors
/// Unauthenticated; `NotFound`.
pub(crate) async fn passkey_by_id(caller: &Caller, id: PasskeyId) -> Result<Arc<Model>> {
    let found = own(caller)?
        .filter(Column::Id.eq(id))
        .one(caller.database.write())
        .await?;
    found.map(Arc::new).ok_or(Error::NotFound("passkey"))
}
