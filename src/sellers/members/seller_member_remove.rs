//! Letting a member go, or leaving a shop oneself.

use super::{
    ShopPermission,
    invitation::take_back,
    may_role,
    permissions::may_concern,
    seller_member_update::{hold_member, last_owner, may_cease_to_own},
};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::Result,
    outbox,
    platform::database::Tx,
    sellers::events::MemberChanged,
};
use entity::ids::{SellerId, SellerMemberId};
use entity::sellers::member::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// Takes the member out of its shop, which is returned. Everyone may leave by themselves, but the last owner.
///
/// # Errors
/// Conflict when the shop would be without an owner; `NotFound` and Forbidden for whoever may not.
pub(crate) async fn seller_member_remove(
    caller: &Caller,
    tx: &Tx,
    id: SellerMemberId,
) -> Result<SellerId> {
    let person = caller.require_person()?;
    let (member, own) = hold_member(caller, tx, id).await?;
    if member.account_id != person.account {
        may_role(own, ShopPermission::MembersManage)?;
        may_concern(own, member.role)?;
    }
    let removed = Entity::delete_many()
        .filter(Column::Id.eq(id))
        .filter(may_cease_to_own())
        .exec(tx)
        .await?;
    if removed.rows_affected == 0 {
        return Err(last_owner());
    }
    take_back(tx, member.seller_id, member.account_id).await?;
    outbox::emit_one(tx, &MemberChanged::gone(&member)).await?;
    let entry = Entry::new("member.remove", "member", id)
        .of_shop(member.seller_id)
        .was("account", member.account_id)
        .was("role", member.role);
    audit::record(tx, caller, &[entry]).await?;
    Ok(member.seller_id)
}
