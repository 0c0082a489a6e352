//! The first factor of signing in: an address and its password.

use super::{Email, password::Checked};
use crate::{app::App, caller::Caller, error::Result};
use entity::accounts::{account, login};
use entity::ids::AccountId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

/// How a person signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Login {
    /// The account.
    pub account: account::Model,
    /// What only the person and the server know of it.
    pub login: login::Model,
}

/// Who signs in with this address and password, or nothing: for an address that nobody has, one without a
/// password, a wrong password, an address that is not verified yet, an account that is suspended. One answer, and one
/// hash and one statement, for them all.
///
/// Whoever has not verified the address gets there by resetting the password, which shows that mail arrives. Otherwise someone
/// could sign up with another's address, and wait for the other to open the mail.
///
/// # Errors
/// Unavailable when too many passwords are being checked; whatever the database says.
pub async fn check_password(caller: &Caller, email: &str, password: &str) -> Result<Option<Login>> {
    // An address that is none is looked for all the same: nobody has it.
    let key = Email::parse(email, "email").map_or_else(|_| String::new(), |email| email.key);
    let found = find(caller, login::Column::EmailKey.eq(key)).await?;
    let kept = found
        .as_ref()
        .and_then(|found| found.login.password_hash.clone());
    let checked = caller.passwords.check(password, kept.clone()).await?;
    let may = |found: &Login| {
        found.account.status == account::Status::Active && found.login.email_verified_at.is_some()
    };
    let Some(found) = found.filter(may).filter(|_| checked != Checked::Wrong) else {
        return Ok(None);
    };
    if checked == Checked::Outdated {
        // Whoever was right is let in all the same; the next time does as well.
        if let Err(error) = keep_anew(caller, found.account.id, password, kept).await {
            tracing::warn!(
                error = error.for_operator(),
                "a password is still kept in an older way"
            );
        }
    }
    Ok(Some(found))
}

/// How this account signs in; nothing where it has been closed.
pub(super) async fn login_of(app: &App, account: AccountId) -> Result<Option<Login>> {
    find(app, login::Column::AccountId.eq(account)).await
}

/// From where it is written: whoever has just changed a password signs in with that one.
async fn find(app: &App, filter: impl sea_orm::sea_query::IntoCondition) -> Result<Option<Login>> {
    let row = login::Entity::find()
        .find_also_related(account::Entity)
        .filter(filter)
        .one(app.database.write())
        .await?;
    Ok(row.and_then(|(login, account)| {
        Some(Login {
            account: account?,
            login,
        })
    }))
}

/// Keeps a password that was right as it is kept today, unless it was changed meanwhile.
async fn keep_anew(
    app: &App,
    account: AccountId,
    password: &str,
    kept: Option<String>,
) -> Result<()> {
    let hash = app.passwords.hash_again(password).await?;
    login::Entity::update_many()
        .col_expr(login::Column::PasswordHash, hash.into())
        .filter(login::Column::AccountId.eq(account))
        .filter(login::Column::PasswordHash.eq(kept))
        .exec(app.database.write())
        .await?;
    Ok(())
}
