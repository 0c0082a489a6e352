//! Replacing a forgotten password.

use super::{
    SendMail, keys,
    letter::Reason,
    sessions::{self, EndReason, Which},
    token,
};
use crate::{
    audit::{self, Entry},
    caller::Caller,
    error::Result,
    jobs,
    platform::database::{Tx, walls::write_as_system},
};
use entity::accounts::login::{Column, Entity};
use entity::accounts::token::Purpose;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, Func},
};

/// The hash of the new password, made before there is a transaction that would wait for it.
///
/// # Errors
/// Invalid when there never was such a token, or the password may not be chosen; Unavailable when too many are being hashed.
pub(super) async fn read_password_reset(
    caller: &Caller,
    token: &str,
    password: &str,
) -> Result<String> {
    let email = token::sent_to(caller, token).await?;
    let passwords = &caller.passwords;
    passwords
        .hash_new(password, &[&email], "input.newPassword")
        .await
}

/// Takes a token for a new password, signs the person out everywhere and revokes its keys. The address is verified thereby: the token was
/// sent to it.
///
/// # Errors
/// Invalid when the token is no longer good.
pub(super) async fn account_reset_password(
    caller: &Caller,
    tx: &Tx,
    token: &str,
    hash: String,
) -> Result<()> {
    let now = caller.clock.now();
    // The token says whose account it is, whoever is signed in where the letter is opened.
    write_as_system(tx, caller.writer()).await?;
    let token = token::redeem(tx, token, &[Purpose::ResetPassword], now).await?;
    let account = token.account_id;
    let verified = Func::coalesce([Expr::col(Column::EmailVerifiedAt), Expr::value(now)]);
    let changed = Entity::update_many()
        .col_expr(Column::PasswordHash, Expr::value(hash))
        .col_expr(Column::PasswordChangedAt, Expr::value(now))
        .col_expr(Column::EmailVerifiedAt, verified.into())
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::AccountId.eq(account))
        .filter(Column::Email.eq(token.email))
        .exec(tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(token::no_longer_good());
    }
    // Someone else may have asked for another address while they had the account.
    token::void(
        tx,
        account,
        &[Purpose::VerifyEmail, Purpose::ChangeEmail],
        now,
    )
    .await?;
    sessions::end(
        caller,
        tx,
        Which::AllOf(account),
        EndReason::PasswordChanged,
    )
    .await?;
    // Whoever had the account may have made some. After the sessions: who makes one holds its session.
    let mut entries = keys::revoke_all(caller, tx, account).await?;
    let told = SendMail {
        account: Some(account),
        reason: Reason::PasswordChanged,
    };
    jobs::enqueue(tx, &told).await?;
    let entry = Entry::new("account.reset_password", "account", account).is("password", "changed");
    entries.push(entry);
    audit::record(tx, caller, &entries).await
}
