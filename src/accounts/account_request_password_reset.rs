//! Asking for a letter with which a forgotten password can be replaced.

use super::{Email, SendMail, letter::Reason};
use crate::{error::Result, jobs, platform::database::Tx};
use entity::accounts::login::{Column, Entity};
use entity::ids::AccountId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

/// Has a letter sent, if anyone has this address. Where nobody has, a job is written all the same, which does nothing.
///
/// # Errors
/// Invalid when it is no address; whatever the database says.
pub(super) async fn account_request_password_reset(tx: &Tx, email: &str) -> Result<()> {
    let email = Email::parse(email, "input.email")?;
    let account = Entity::find()
        .select_only()
        .column(Column::AccountId)
        .filter(Column::EmailKey.eq(email.key))
        .into_tuple::<AccountId>()
        .one(tx)
        .await?;
    let reason = Reason::PasswordForgotten;
    jobs::enqueue(tx, &SendMail { account, reason }).await?;
    Ok(())
}
