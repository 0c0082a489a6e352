//! Finding identities. People see their own.

use super::Identity;
use crate::{
    caller::Caller,
    error::Result,
    platform::keyset::{self, Cursor, Order, Page, Slice, SortKey},
};
use entity::accounts::oidc_identity::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryTrait, Select, sea_query::Expr};

/// The order of identities: the newest first.
pub(crate) fn order() -> Order<Identity> {
    Order {
        name: "identities by id",
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

/// A page of the caller's identities.
///
/// # Errors
/// Unauthenticated; Forbidden for keys.
pub(crate) async fn list(
    caller: &Caller,
    order: &Order<Identity>,
    page: &Page,
) -> Result<Slice<Identity>> {
    // Whoever takes one away wants to see that at once, which a replica would not show.
    let own = own(caller)?.into_query();
    keyset::fetch(caller.database.write(), own, order, page).await
}

/// How many identities the caller has.
///
/// # Errors
/// Unauthenticated; Forbidden for keys.
pub(crate) async fn count(caller: &Caller) -> Result<u64> {
    keyset::count(caller.database.write(), own(caller)?.into_query()).await
}
