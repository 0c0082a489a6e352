//! Choosing another password, knowing the present one.

use super::{
    SendMail,
    letter::Reason,
    own_password::own_password,
    sessions::{self, EndReason, Which},
    token,
};
use crate::{
    audit::{self, Entry},
    caller::{Caller, Person},
    error::{Error, Result},
    jobs,
    platform::database::Tx,
};
use entity::accounts::login::{Column, Entity};
use entity::accounts::token::Purpose;
use entity::ids::SessionId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};

/// A password to be changed, looked over.
pub(super) struct PasswordChange {
    person: Person,
    session: SessionId,
    /// The present one's hash.
    kept: Option<String>,
    hash: String,
}

impl PasswordChange {
    /// Looks over what was sent, and hashes it before there is a transaction that would wait for it.
    ///
    /// # Errors
    /// Invalid, naming what is wrong; Unauthenticated; Unavailable when too many passwords are being hashed.
    pub(super) async fn read(caller: &Caller, current: &str, new: &str) -> Result<Self> {
        let (person, session) = caller.require_session()?;
        let own = own_password(caller, person, current, "input.currentPassword").await?;
        let known_by = [own.login.email.as_str(), own.account.display_name.as_str()];
        let passwords = &caller.passwords;
        let hash = passwords
            .hash_new(new, &known_by, "input.newPassword")
            .await?;
        Ok(Self {
            person,
            session,
            kept: own.login.password_hash,
            hash,
        })
    }
}

/// Changes the password, and signs the person out everywhere else.
///
/// # Errors
/// Conflict when it was changed by someone else meanwhile.
pub(super) async fn account_change_password(
    caller: &Caller,
    tx: &Tx,
    change: PasswordChange,
) -> Result<()> {
    let (now, account) = (caller.clock.now(), change.person.account);
    let changed = Entity::update_many()
        .col_expr(Column::PasswordHash, Expr::value(change.hash))
        .col_expr(Column::PasswordChangedAt, Expr::value(now))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .filter(Column::AccountId.eq(account))
        .filter(Column::PasswordHash.eq(change.kept))
        .exec(tx)
        .await?;
    if changed.rows_affected == 0 {
        return Err(Error::Conflict(
            "The password was changed meanwhile. Sign in again.".to_owned(),
        ));
    }
    // Whoever had the old one may have asked for more.
    let void = [Purpose::ResetPassword, Purpose::ChangeEmail];
    token::void(tx, account, &void, now).await?;
    let others = Which::AllBut(account, change.session);
    sessions::end(caller, tx, others, EndReason::PasswordChanged).await?;
    let told = SendMail {
        account: Some(account),
        reason: Reason::PasswordChanged,
    };
    jobs::enqueue(tx, &told).await?;
    let entry = Entry::new("account.change_password", "account", account).is("password", "changed");
    audit::record(tx, caller, &[entry]).await
}
