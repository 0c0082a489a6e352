//! Asking someone into a shop.

use super::{
    SendInvitation, ShopPermission, ShopRole, invitation::LIFE, may, permissions::may_concern,
};
use crate::{
    accounts::{Email, spend_letter},
    audit::{self, Entry},
    caller::Caller,
    error::Result,
    jobs,
    platform::database::Tx,
};
use entity::ids::{SellerId, SellerInvitationId};
use entity::sellers::invitation::{Column, Entity, Model};
use sea_orm::{EntityTrait, IntoActiveModel, sea_query::OnConflict};

/// Who is asked in, and as what, looked over.
#[derive(Clone, Debug)]
pub(crate) struct Invite {
    seller: SellerId,
    email: Email,
    role: ShopRole,
}

impl Invite {
    /// Looks over what was sent, and spends one of the letters that may go to the address.
    ///
    /// # Errors
    /// Invalid when it is no address; `RateLimited`.
    pub(crate) async fn read(
        caller: &Caller,
        seller: SellerId,
        email: &str,
        role: ShopRole,
    ) -> Result<Self> {
        let email = Email::parse(email, "input.email")?;
        spend_letter(caller, &email).await?;
        Ok(Self {
            seller,
            email,
            role,
        })
    }
}

/// Has a letter sent to the address, if someone has an account with it, whose link takes the person in. Nobody learns whether
/// anyone has: the same is written either way. Asked again, the newer invitation counts.
///
/// # Errors
/// `NotFound` and Forbidden for whoever may not ask people in.
pub(crate) async fn seller_member_invite(caller: &Caller, tx: &Tx, new: &Invite) -> Result<()> {
    let person = caller.require_person()?;
    let own = may(tx, caller, new.seller, ShopPermission::MembersManage).await?;
    may_concern(own, new.role)?;
    let now = caller.clock.now();
    let row = Model {
        id: SellerInvitationId::generate(),
        seller_id: new.seller,
        email_key: new.email.key.clone(),
        role: new.role,
        invited_by: person.account,
        account_id: None,
        token_hash: None,
        created_at: now,
        expires_at: now + LIFE,
    };
    let id = row.id;
    let entry = Entry::new("seller.invite", "seller", new.seller)
        .of_shop(new.seller)
        .is("role", new.role);
    let all_but_the_key = [
        Column::Id,
        Column::Role,
        Column::InvitedBy,
        Column::AccountId,
        Column::TokenHash,
        Column::CreatedAt,
        Column::ExpiresAt,
    ];
    Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::columns([Column::SellerId, Column::EmailKey])
                .update_columns(all_but_the_key)
                .to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    jobs::enqueue(tx, &SendInvitation { invitation: id }).await?;
    audit::record(tx, caller, &[entry]).await
}
