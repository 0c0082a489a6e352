//! Giving a shop that an import made an owner.

use super::members::{SellerMember, ShopRole};
use crate::{error::Result, platform::database::Tx};
use chrono::{DateTime, Utc};
use entity::ids::{AccountId, SellerId, SellerMemberId};
use entity::sellers::member::Entity;
use sea_orm::{EntityTrait, IntoActiveModel};

/// Makes `account` an owner of the shop, which it does not work in yet.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn seller_owner_add(
    tx: &Tx,
    seller: SellerId,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = SellerMember {
        id: SellerMemberId::generate(),
        seller_id: seller,
        account_id: account,
        role: ShopRole::Owner,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    Entity::insert(row.into_active_model())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
