//! Giving a member another role.

use super::{
    SellerMember, ShopPermission, ShopRole, invitation::take_back, may::hold_shop, may_role,
    permissions::may_concern, role_in,
};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    outbox,
    platform::database::Tx,
    sellers::events::MemberChanged,
};
use entity::ids::SellerMemberId;
use entity::sellers::member::{Column, Entity};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait},
};

/// The last owner of a shop stays its owner.
pub(super) fn last_owner() -> Error {
    Error::Conflict("This is the shop's last owner. Make someone else an owner first.".to_owned())
}

/// Whether the member of the current row may cease to be an owner: it is none, or another is one.
pub(super) fn may_cease_to_own() -> Condition {
    Condition::any()
        .add(Expr::cust("seller_member.role <> 'OWNER'"))
        .add(Expr::cust(
            "EXISTS (SELECT 1 FROM seller_member AS other WHERE other.seller_id = seller_member.seller_id \
             AND other.id <> seller_member.id AND other.role = 'OWNER')",
        ))
}

/// The member with its shop held, and what the caller is there; both as they are from here to the end of the transaction.
///
/// # Errors
/// `NotFound` where it is not there, or not for the caller.
pub(super) async fn hold_member(
    caller: &Caller,
    tx: &Tx,
    id: SellerMemberId,
) -> Result<(SellerMember, ShopRole)> {
    let missing = || Error::NotFound("member");
    let found = Entity::find_by_id(id).one(tx).await?;
    let seller = found.ok_or_else(missing)?.seller_id;
    hold_shop(tx, seller).await?;
    let own = role_in(tx, caller, seller).await?.ok_or_else(missing)?;
    let member = Entity::find_by_id(id).one(tx).await?;
    Ok((member.ok_or_else(missing)?, own))
}

/// Gives a member the role.
///
/// # Errors
/// Conflict when the member is of another version than the one that was read, or the shop would be without an owner; `NotFound`
/// and Forbidden for whoever may not.
pub(crate) async fn seller_member_update(
    caller: &Caller,
    tx: &Tx,
    id: SellerMemberId,
    role: ShopRole,
    expected_version: i64,
) -> Result<SellerMemberId> {
    let (member, own) = hold_member(caller, tx, id).await?;
    may_role(own, ShopPermission::MembersManage)?;
    may_concern(own, member.role)?;
    may_concern(own, role)?;
    let mut update = Entity::update_many()
        .col_expr(Column::Role, Expr::value(role))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .col_expr(Column::UpdatedAt, Expr::value(caller.clock.now()))
        .filter(Column::Id.eq(id))
        .filter(Column::Version.eq(expected_version));
    if role != ShopRole::Owner {
        update = update.filter(may_cease_to_own());
    }
    if update.exec(tx).await?.rows_affected == 0 {
        return Err(if member.version == expected_version {
            last_owner()
        } else {
            Error::Conflict(
                "The member was changed since you read it. Read it again, and change that."
                    .to_owned(),
            )
        });
    }
    take_back(tx, member.seller_id, member.account_id).await?;
    let after = SellerMember { role, ..member };
    outbox::emit_one(tx, &MemberChanged::of(&after)).await?;
    let entry = Entry::new("member.update", "member", id)
        .of_shop(after.seller_id)
        .change("role", member.role, role);
    audit::record(tx, caller, &[entry]).await?;
    Ok(id)
}
