//! Sign-ins that wait for a second factor: who knows the password gets a challenge, and with a factor the session.
//!
//! A challenge is 256 random bits, of which a hash is kept, good for five minutes, one session, and five tries.

use crate::{
    accounts::{Login, factors::Method, token},
    app::App,
    error::{Error, Result},
    platform::database::Tx,
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::accounts::sign_in_challenge::{Column, Entity, Model};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::{Expr, ExprTrait},
};
use secrecy::{ExposeSecret, SecretString};

/// How long a challenge is good.
const LIFE: TimeDelta = TimeDelta::minutes(5);
/// How often a factor may be shown for one.
const MOST_TRIES: i16 = 5;

/// What whoever knew the password gets where that is not enough.
pub(crate) struct Challenge {
    /// To be sent back with a factor.
    pub(crate) token: SecretString,
    /// The factors that the account has.
    pub(crate) methods: Vec<Method>,
    /// It is good for nothing then.
    pub(crate) expires_at: DateTime<Utc>,
}

/// A challenge for whoever was `seen` to be the account's person.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn issue(
    tx: &Tx,
    seen: &Login,
    methods: Vec<Method>,
    now: DateTime<Utc>,
) -> Result<Challenge> {
    let (token, expires_at) = (token::generate()?, now + LIFE);
    let row = Model {
        hash: token::hash(&token),
        account_id: seen.account.id,
        password_changed_at: seen.login.password_changed_at,
        tries: 0,
        created_at: now,
        expires_at,
        used_at: None,
    };
    let row = row.into_active_model();
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(Challenge {
        token: token.into(),
        methods,
        expires_at,
    })
}

/// The challenge that `token` is, if it is good.
///
/// # Errors
/// Invalid when it is not.
pub(super) async fn find(app: &App, token: &SecretString) -> Result<Model> {
    let found = Entity::find_by_id(token::hash(token.expose_secret()))
        .filter(Column::UsedAt.is_null())
        .filter(Column::Tries.lt(MOST_TRIES))
        .filter(Column::ExpiresAt.gt(app.clock.now()))
        .one(app.database.write())
        .await?;
    found.ok_or_else(over)
}

/// Counts a try, if there is one left. Whoever tries at the same moment waits here.
///
/// # Errors
/// Invalid when there is none, or it was used.
pub(super) async fn count_try(tx: &Tx, challenge: &Model) -> Result<()> {
    let counted = Entity::update_many()
        .col_expr(Column::Tries, Expr::col(Column::Tries).add(1))
        .filter(Column::Hash.eq(&challenge.hash))
        .filter(Column::UsedAt.is_null())
        .filter(Column::Tries.lt(MOST_TRIES))
        .exec(tx)
        .await?;
    if counted.rows_affected == 1 {
        Ok(())
    } else {
        Err(over())
    }
}

/// Uses it up. To be called by who has counted a try in the same transaction.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn use_up(tx: &Tx, challenge: &Model, now: DateTime<Utc>) -> Result<()> {
    Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .filter(Column::Hash.eq(&challenge.hash))
        .exec(tx)
        .await?;
    Ok(())
}

/// One text for whatever is wrong with a challenge.
pub(super) fn over() -> Error {
    Error::invalid(
        "input.challenge",
        "This sign-in took too long, was tried too often, or is done. Begin again with the password.",
    )
}
