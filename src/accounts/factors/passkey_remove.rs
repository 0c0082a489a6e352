//! Taking a passkey away.

use super::{
    recovery_codes::delete_without_factor,
    tell::{entry, tell},
};
use crate::{
    accounts::letter::Reason,
    caller::Caller,
    error::{Error, Result},
    platform::database::Tx,
};
use entity::accounts::passkey::{Column, Entity};
use entity::ids::PasskeyId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::ExprTrait};

/// Takes a passkey of the caller's away; with the last factor the recovery codes go too.
///
/// # Errors
/// Unauthenticated; `StepUpRequired`; `NotFound`.
pub(crate) async fn passkey_remove(caller: &Caller, tx: &Tx, id: PasskeyId) -> Result<()> {
    let account = caller.require_step_up()?.account;
    let own = Column::Id.eq(id).and(Column::AccountId.eq(account));
    let found = Entity::find().filter(own.clone()).one(tx).await?;
    let row = found.ok_or(Error::NotFound("passkey"))?;
    let removed = Entity::delete_many().filter(own).exec(tx).await?;
    if removed.rows_affected == 0 {
        return Err(Error::NotFound("passkey"));
    }
    delete_without_factor(tx, account).await?;
    let entry = entry("factor.remove", account)
        .was("method", "PASSKEY")
        .was("name", &row.name);
    tell(caller, tx, account, Reason::FactorRemoved, entry).await
}
