//! Making an account for a person who is known to be there: no letter is sent, and the address counts as verified.

use super::{Email, display_name::display_name};
use crate::{
    app::App,
    error::{Error, OnConstraint, Result},
};
use entity::accounts::{
    account::{self, Status},
    login,
};
use entity::{ids::AccountId, role::Role};
use sea_orm::{EntityTrait, IntoActiveModel};

/// A person who is known to be there.
#[derive(Clone, Copy)]
pub(crate) struct KnownPerson<'a> {
    pub(crate) email: &'a str,
    pub(crate) password: &'a str,
    pub(crate) display_name: &'a str,
    pub(crate) role: Role,
}

/// Makes the account, in a transaction of its own.
///
/// # Errors
/// Invalid, naming what is wrong; Conflict when the address is taken.
pub(crate) async fn account_create_known(app: &App, person: KnownPerson<'_>) -> Result<AccountId> {
    let email = Email::parse(person.email, "email")?;
    let display_name = display_name(person.display_name, "displayName")?;
    let hash = app
        .passwords
        .hash_new(person.password, &[], "password")
        .await?;
    let (id, now) = (AccountId::generate(), app.clock.now());
    let account = account::Model {
        id,
        display_name,
        role: person.role,
        status: Status::Active,
        version: 1,
        created_at: now,
        updated_at: now,
        deleted_at: None,
    };
    let login = login::Model {
        account_id: id,
        email: email.written,
        email_key: email.key,
        email_verified_at: Some(now),
        password_hash: Some(hash),
        password_changed_at: Some(now),
        created_at: now,
        updated_at: now,
    };
    app.transaction(async |tx| {
        let account = account::Entity::insert(account.into_active_model());
        account.exec_without_returning(tx).await?;
        let login = login::Entity::insert(login.into_active_model());
        login
            .exec_without_returning(tx)
            .await
            // SQLite names the columns, PostgreSQL the index.
            .on_constraint("email_key", || {
                Error::Conflict("An account has this address already.".to_owned())
            })?;
        Ok(())
    })
    .await?;
    Ok(id)
}
