//! Going on with a session: a refresh token for the next two tokens.

use super::{EndReason, Tokens, Which, begin, end, keys::keyring, refresh_token};
use crate::{
    caller::Caller,
    error::{Error, Result},
    platform::{database::Tx, signing::Keyring},
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::accounts::{account, refresh_token as table, session};
use entity::ids::SessionId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, sea_query::Expr};
use secrecy::SecretString;

/// For how long a token that was used gets the same successor again: answers get lost, and windows of one browser ask at
/// the same moment.
const OVERLAP: TimeDelta = TimeDelta::seconds(10);

/// What came of it. All of them are committed.
enum Outcome {
    /// Boxed: far larger than the others.
    Refreshed(Box<Tokens>),
    /// The token came again after its time; the session was ended for it.
    Reused(SessionId),
    /// No token of a session that goes on.
    Refused,
}

/// The next two tokens for whoever has `token`.
///
/// # Errors
/// Unauthenticated when the token is none, or was used before, or its session is over.
pub(crate) async fn session_refresh(caller: &Caller, token: &SecretString) -> Result<Tokens> {
    let keyring = keyring(caller).await?;
    let work = async |tx: &Tx| refresh(caller, &keyring, tx, token).await;
    match caller.transaction(work).await? {
        Outcome::Refreshed(tokens) => Ok(*tokens),
        Outcome::Reused(session) => {
            metrics::counter!("sessions_ended_by_reuse_total").increment(1);
            tracing::warn!(session = %session.0, "a refresh token came again, so its session was ended");
            Err(Error::Unauthenticated)
        }
        Outcome::Refused => Err(Error::Unauthenticated),
    }
}

async fn refresh(
    caller: &Caller,
    keyring: &Keyring,
    tx: &Tx,
    token: &SecretString,
) -> Result<Outcome> {
    let hash = refresh_token::hash(token);
    let found = table::Entity::find_by_id(&hash).one(tx).await?;
    let Some(id) = found.map(|found| found.session_id) else {
        return Ok(Outcome::Refused);
    };
    // The session before its tokens, as everywhere: who refreshes with the same one waits here for their turn.
    if !touch(caller, tx, id).await? {
        return Ok(Outcome::Refused);
    }
    let now = caller.clock.now();
    let successor = refresh_token::successor(keyring, token);
    if use_up(tx, &hash, now).await? {
        begin::keep(tx, id, &successor, now).await?;
    } else {
        let used = table::Entity::find_by_id(&hash).one(tx).await?;
        let Some(used_at) = used.and_then(|used| used.used_at) else {
            return Ok(Outcome::Refused);
        };
        if now - used_at > OVERLAP {
            let which = Which::One(id);
            end(caller, tx, which, EndReason::Reuse).await?;
            return Ok(Outcome::Reused(id));
        }
        // Where the signing key was changed in between, another successor follows from the token, and it is worth nothing.
        let is_kept = table::Entity::find_by_id(refresh_token::hash(&successor));
        if is_kept.one(tx).await?.is_none() {
            return Ok(Outcome::Refused);
        }
    }
    let session = session::Entity::find_by_id(id).one(tx).await?;
    let session = session.ok_or(Error::Unauthenticated)?;
    let tokens = Tokens::new(caller, keyring, session, successor, now)?;
    Ok(Outcome::Refreshed(Box::new(tokens)))
}

/// Notes that the session is used, if it goes on and its account may be used.
async fn touch(caller: &Caller, tx: &Tx, id: SessionId) -> Result<bool> {
    let now = caller.clock.now();
    let usable = account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .filter(account::Column::Status.eq(account::Status::Active))
        .filter(account::Column::DeletedAt.is_null());
    let touched = session::Entity::update_many()
        .col_expr(session::Column::LastUsedAt, Expr::value(now))
        .col_expr(
            session::Column::IdleUntil,
            Expr::value(begin::idle_until(caller, now)),
        )
        .filter(session::Column::Id.eq(id))
        .filter(session::Column::EndedAt.is_null())
        .filter(session::Column::IdleUntil.gt(now))
        .filter(session::Column::ExpiresAt.gt(now))
        .filter(session::Column::AccountId.in_subquery(usable.into_query()))
        .exec(tx)
        .await?;
    Ok(touched.rows_affected == 1)
}

/// Uses the token up, if nobody was faster.
async fn use_up(tx: &Tx, hash: &str, now: DateTime<Utc>) -> Result<bool> {
    let used = table::Entity::update_many()
        .col_expr(table::Column::UsedAt, Expr::value(now))
        .filter(table::Column::Hash.eq(hash))
        .filter(table::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    Ok(used.rows_affected == 1)
}
