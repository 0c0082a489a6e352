//! Showing that mail arrives: at the address that one signed up with, or at the one that shall take its place.

use super::{Email, token};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    platform::database::{Tx, walls::write_as_system},
};
use entity::accounts::login::{Column, Entity};
use entity::accounts::token::{Model as Token, Purpose};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, SqlErr, sea_query::Expr};

/// Takes a token that was sent to an address for the proof that it arrived.
///
/// # Errors
/// Invalid when the token is no longer good; Conflict when someone else has the address by now.
pub(super) async fn account_verify_email(caller: &Caller, tx: &Tx, token: &str) -> Result<()> {
    let now = caller.clock.now();
    // The token says whose account it is, whoever is signed in where the letter is opened.
    write_as_system(tx, caller.writer()).await?;
    let purposes = [Purpose::VerifyEmail, Purpose::ChangeEmail];
    let token = token::redeem(tx, token, &purposes, now).await?;
    let login = Entity::update_many()
        .col_expr(Column::EmailVerifiedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::AccountId.eq(token.account_id));
    let changed = if token.purpose == Purpose::ChangeEmail {
        let (written, key) = address(&token)?;
        let change = login
            .col_expr(Column::Email, Expr::value(written))
            .col_expr(Column::EmailKey, Expr::value(key));
        // What was sent to the old address is good for nothing at the new one.
        let void = [Purpose::VerifyEmail, Purpose::ResetPassword];
        token::void(tx, token.account_id, &void, now).await?;
        change.exec(tx).await.map_err(taken)?
    } else {
        login.filter(Column::Email.eq(token.email)).exec(tx).await?
    };
    if changed.rows_affected == 0 {
        return Err(token::no_longer_good());
    }
    let account = token.account_id;
    let entry = if token.purpose == Purpose::ChangeEmail {
        Entry::new("account.change_email", "account", account).is("email", "changed")
    } else {
        Entry::new("account.verify_email", "account", account).is("emailVerified", true)
    };
    audit::record(tx, caller, &[entry]).await
}

fn address(token: &Token) -> Result<(String, String)> {
    let email = Email::parse(&token.email, "input.token")?;
    Ok((email.written, email.key))
}

/// Only whoever reads the mail of the address is told.
fn taken(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => Error::Conflict(
            "Another account has this address. Sign in with that one, or use another address."
                .to_owned(),
        ),
        _ => error.into(),
    }
}
