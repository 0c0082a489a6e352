//! The job that writes to someone who is asked into a shop.
//!
//! It knows the invitation and nothing else: the address is looked up and the token made when it runs, so that neither lies in
//! the table of jobs. Run again, it makes another token, and the one before is void.

use crate::{
    accounts,
    error::Result,
    jobs::{Attempt, Job},
};
use entity::ids::SellerInvitationId;
use entity::sellers::{
    invitation::{Column, Entity},
    member,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};

/// Writes to someone who is asked into a shop, if anyone has the address.
#[derive(Deserialize, Serialize)]
pub(crate) struct SendInvitation {
    pub(super) invitation: SellerInvitationId,
}

impl Job for SendInvitation {
    const KIND: &'static str = "sellers.send_invitation";
    /// A day or so; by then the person has been asked again.
    const MAX_ATTEMPTS: u16 = 12;

    fn unique_key(&self) -> Option<String> {
        Some(self.invitation.0.to_string())
    }

    async fn run(self, attempt: &Attempt) -> Result<()> {
        let token = accounts::LinkToken::generate()?;
        let hash = token.hash.clone();
        let to = attempt
            .transaction(async |tx| {
                attempt.hold(tx).await?;
                let found = Entity::find_by_id(self.invitation).one(tx).await?;
                let Some(invitation) = found else {
                    return Ok(None);
                };
                let Some(to) = accounts::addressee(tx, &invitation.email_key).await? else {
                    return Ok(None);
                };
                let works_there = member::Entity::find()
                    .filter(member::Column::SellerId.eq(invitation.seller_id))
                    .filter(member::Column::AccountId.eq(to.account));
                if works_there.one(tx).await?.is_some() {
                    return Ok(None);
                }
                Entity::update_many()
                    .col_expr(Column::TokenHash, Expr::value(hash))
                    .col_expr(Column::AccountId, Expr::value(to.account))
                    .filter(Column::Id.eq(self.invitation))
                    .exec(tx)
                    .await?;
                Ok(Some(to.email))
            })
            .await?;
        let Some(to) = to else {
            return Ok(());
        };
        let shop = &attempt.settings.storefront_url;
        let mail = accounts::letter_of_invitation(to, token.token.expose_secret(), shop)?;
        attempt.mailer.send(&mail).await
    }
}
