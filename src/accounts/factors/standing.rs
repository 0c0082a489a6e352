//! Which factors an account has.

use crate::error::Result;
use entity::ids::AccountId;
use sea_orm::{ConnectionTrait, FromQueryResult, Statement};

/// A way to show a second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Method {
    /// A code of an authenticator app.
    Totp,
    /// One of the codes that were written down.
    RecoveryCode,
    /// A passkey.
    Passkey,
}

impl Method {
    /// Its name in the API.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Totp => "TOTP",
            Self::RecoveryCode => "RECOVERY_CODE",
            Self::Passkey => "PASSKEY",
        }
    }
}

/// Which factors an account has.
#[derive(Clone, Copy, Debug, FromQueryResult)]
pub(crate) struct Standing {
    totp: i64,
    passkeys: i64,
    recovery_codes: i64,
}

impl Standing {
    /// Whether it has an authenticator app.
    pub(crate) fn has_totp(&self) -> bool {
        self.totp > 0
    }

    /// How many recovery codes are left.
    pub(crate) fn recovery_codes_left(&self) -> i64 {
        self.recovery_codes
    }

    /// Whether it has any factor. Recovery codes alone are none: they are for who has lost one.
    pub(crate) fn has_any(&self) -> bool {
        self.has_totp() || self.passkeys > 0
    }

    /// The ways in which it can show one.
    pub(crate) fn methods(&self) -> Vec<Method> {
        let ways = [
            (Method::Totp, self.totp),
            (Method::Passkey, self.passkeys),
            (Method::RecoveryCode, self.recovery_codes),
        ];
        let had = ways.into_iter().filter(|(_, count)| *count > 0);
        had.map(|(method, _)| method).collect()
    }
}

/// Which factors `account` has, in one statement.
///
/// # Errors
/// Whatever the database says.
pub(crate) async fn standing(db: &impl ConnectionTrait, account: AccountId) -> Result<Standing> {
    let sql = "SELECT \
        (SELECT count(*) FROM totp WHERE account_id = $1 AND confirmed_at IS NOT NULL) AS totp, \
        (SELECT count(*) FROM passkey WHERE account_id = $1) AS passkeys, \
        (SELECT count(*) FROM recovery_code WHERE account_id = $1 AND used_at IS NULL) AS recovery_codes";
    let statement =
        Statement::from_sql_and_values(db.get_database_backend(), sql, [account.0.into()]);
    let found = Standing::find_by_statement(statement).one(db).await?;
    Ok(found.unwrap_or(Standing {
        totp: 0,
        passkeys: 0,
        recovery_codes: 0,
    }))
}
