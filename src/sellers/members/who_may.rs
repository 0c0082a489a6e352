//! Who works in shops and may do something there, for the server itself.

use super::{ShopPermission, permissions::roles_with};
use crate::error::Result;
use entity::ids::{AccountId, SellerId};
use entity::sellers::member::{Column, Entity};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

/// Most people who are named: a shop with more has a mailbox of its own.
const MOST: u64 = 100;

/// The shops, and who has `permission` in them.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn who_may(
    db: &impl ConnectionTrait,
    sellers: &[SellerId],
    permission: ShopPermission,
) -> Result<Vec<(SellerId, AccountId)>> {
    let found = Entity::find()
        .select_only()
        .column(Column::SellerId)
        .column(Column::AccountId)
        .filter(Column::SellerId.is_in(sellers.iter().copied()))
        .filter(Column::Role.is_in(roles_with(permission)))
        .order_by_asc(Column::Id)
        .limit(MOST)
        .into_tuple::<(SellerId, AccountId)>();
    Ok(found.all(db).await?)
}
