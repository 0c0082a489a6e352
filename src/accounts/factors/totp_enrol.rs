//! Setting up an authenticator app, first half: the secret that it gets.

use super::{guards::may_add, key::key, totp};
use crate::{
    caller::Caller,
    error::{Error, Result},
};
use entity::accounts::totp::{Column, Entity, Model};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel,
    sea_query::{ExprTrait, OnConflict},
};
use secrecy::SecretString;

/// What an app is given.
pub(crate) struct Enrolment {
    /// For who types it: base 32 (RFC 4648).
    pub(crate) secret: SecretString,
    /// For who scans it: an address of the form `otpauth://totp/…`.
    pub(crate) uri: SecretString,
}

/// Gives an app its secret. It protects nothing until a code of it was shown, which is to be within a quarter of an hour; one
/// that was given before and not confirmed is void.
///
/// # Errors
/// Unauthenticated; Invalid when it is not the password; `StepUpRequired` where the account has another factor; Conflict where
/// it has an app.
pub(crate) async fn totp_enrol(caller: &Caller, password: &str) -> Result<Enrolment> {
    let (person, own) = may_add(caller, password).await?;
    let key = key(caller).await?;
    let secret = totp::generate()?;
    let codes = totp::codes(&secret, Some(&caller.settings.shop_name), &own.login.email)?;
    let row = Model {
        account_id: person.account,
        secret: key.seal(&secret, person.account.0.as_bytes())?,
        last_step: 0,
        created_at: caller.clock.now(),
        confirmed_at: None,
    };
    let row = row.into_active_model();
    let replace = OnConflict::column(Column::AccountId)
        .update_columns([Column::Secret, Column::LastStep, Column::CreatedAt])
        .action_and_where(Column::ConfirmedAt.into_expr().is_null())
        .to_owned();
    let enrolled = caller
        .transaction(async |tx| {
            let insert = Entity::insert(row).on_conflict(replace);
            Ok(insert.exec_without_returning(tx).await?)
        })
        .await?;
    if enrolled == 0 {
        return Err(Error::Conflict(
            "The account has an authenticator app. Remove that first, with totpRemove.".to_owned(),
        ));
    }
    Ok(Enrolment {
        secret: codes.secret().to_base32().into(),
        // What it says of itself may hold the secret.
        uri: codes
            .to_url()
            .map_err(|_| Error::internal(anyhow::anyhow!("an app's address cannot be written")))?
            .into(),
    })
}
