//! Asking for a letter with which a forgotten password can be replaced.

use super::{Email, SendMail, letter::Reason, spend_letter::spend_letter};
use crate::{caller::Caller, error::Result, jobs, platform::database::Tx};
use entity::accounts::login::{Column, Entity};
use entity::ids::AccountId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

/// Looks over the address, and whether more letters may go there.
///
/// # Errors
/// Invalid when it is none; `RateLimited`, whether anyone has it or not. Then several letters were sent to it just before.
pub(super) async fn read_reset_request(caller: &Caller, email: &str) -> Result<Email> {
    let email = Email::parse(email, "input.email")?;
    spend_letter(caller, &email).await?;
    Ok(email)
}

/// Has a letter sent, if anyone has this address. Where nobody has, a job is written all the same, which does nothing.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn account_request_password_reset(tx: &Tx, email: Email) -> Result<()> {
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
