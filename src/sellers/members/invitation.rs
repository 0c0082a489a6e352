//! What becomes of invitations that nobody answered.

use crate::{error::Result, platform::database::Tx};
use chrono::TimeDelta;
use entity::ids::{AccountId, SellerId};
use entity::sellers::invitation::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// How long an invitation can be accepted.
pub(super) const LIFE: TimeDelta = TimeDelta::days(7);

/// Takes back what a member asked others to, who may not ask them any more.
pub(super) async fn take_back(tx: &Tx, seller: SellerId, by: AccountId) -> Result<()> {
    Entity::delete_many()
        .filter(Column::SellerId.eq(seller))
        .filter(Column::InvitedBy.eq(by))
        .exec(tx)
        .await?;
    Ok(())
}
