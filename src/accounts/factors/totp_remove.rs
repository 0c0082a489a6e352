//! Taking the authenticator app away.

use super::{
    recovery_codes::delete_without_factor,
    tell::{entry, tell},
};
use crate::{
    accounts::{letter::Reason, own_password::own_password},
    caller::{Caller, Person},
    error::{Error, Result},
    platform::database::Tx,
};
use entity::accounts::totp::{Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// Looks whether the caller may: a factor alone, on a device that was left open, is not enough.
///
/// # Errors
/// Unauthenticated; `StepUpRequired`; Invalid when it is not the password.
pub(crate) async fn read_remove(caller: &Caller, password: &str) -> Result<Person> {
    let person = caller.require_step_up()?;
    own_password(caller, person, password, "input.password").await?;
    Ok(person)
}

/// Takes the app away; with the last factor the recovery codes go too.
///
/// # Errors
/// Conflict where there is none.
pub(crate) async fn totp_remove(caller: &Caller, tx: &Tx, person: Person) -> Result<()> {
    let account = person.account;
    let removed = Entity::delete_many()
        .filter(Column::AccountId.eq(account))
        .filter(Column::ConfirmedAt.is_not_null())
        .exec(tx)
        .await?;
    if removed.rows_affected == 0 {
        return Err(Error::Conflict(
            "The account has no authenticator app.".to_owned(),
        ));
    }
    delete_without_factor(tx, account).await?;
    let entry = entry("factor.remove", account).was("method", "TOTP");
    tell(caller, tx, account, Reason::FactorRemoved, entry).await
}
