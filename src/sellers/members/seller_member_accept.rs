//! Coming into a shop that one was asked into.

use super::{SellerMember, role_in};
use crate::{
    accounts,
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    outbox,
    platform::database::Tx,
    sellers::events::MemberChanged,
};
use entity::ids::SellerMemberId;
use entity::sellers::{
    invitation::{Column, Entity},
    member,
};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict};

/// Makes the caller a member of the shop that the letter with this token asked it into. A letter is good for nobody but the
/// account that it was sent to, and for one use.
///
/// # Errors
/// Invalid when the token is no longer good, or another's; Conflict for whoever works there already.
pub(crate) async fn seller_member_accept(
    caller: &Caller,
    tx: &Tx,
    token: &str,
) -> Result<SellerMemberId> {
    let (person, now) = (caller.require_person()?, caller.clock.now());
    accounts::stays_open(tx, person.account).await?;
    let taken = Entity::delete_many()
        .filter(Column::TokenHash.eq(accounts::LinkToken::hash_of(token)))
        .filter(Column::AccountId.eq(person.account))
        .filter(Column::ExpiresAt.gt(now))
        .exec_with_returning(tx)
        .await?;
    let Some(invitation) = taken.into_iter().next() else {
        return Err(Error::invalid(
            "input.token",
            "This invitation is not for your account, was used or taken back, or is older than a week. Ask to be invited again.",
        ));
    };
    let row = SellerMember {
        id: SellerMemberId::generate(),
        seller_id: invitation.seller_id,
        account_id: person.account,
        role: invitation.role,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    let (id, seller) = (row.id, row.seller_id);
    let entry = Entry::new("member.add", "member", id)
        .of_shop(seller)
        .is("account", person.account)
        .is("role", row.role)
        .is("invitedBy", invitation.invited_by);
    let changed = MemberChanged::of(&row);
    let added = member::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::columns([member::Column::SellerId, member::Column::AccountId])
                .do_nothing()
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    if added == 0 {
        let message = "You work in this shop already.".to_owned();
        return Err(Error::Conflict(message));
    }
    if role_in(tx, caller, seller).await?.is_none() {
        // It was closed meanwhile.
        return Err(Error::NotFound("seller"));
    }
    outbox::emit_one(tx, &changed).await?;
    audit::record(tx, caller, &[entry]).await?;
    Ok(id)
}
