//! Beginning a session.

use super::{Session, Tokens, keys::keyring, refresh_token};
use crate::{caller::Caller, error::Result, platform::database::Tx};
use chrono::{DateTime, TimeDelta, Utc};
use entity::accounts::{refresh_token as table, session};
use entity::ids::{AccountId, SessionId};
use sea_orm::{EntityTrait, IntoActiveModel};
use secrecy::SecretString;

/// Begins a session of `account` on the caller's device. That it is the account's person must be known, and whether it showed
/// a second factor.
///
/// # Errors
/// Whatever the database says.
pub(super) async fn begin(
    caller: &Caller,
    tx: &Tx,
    account: AccountId,
    stepped_up_at: Option<DateTime<Utc>>,
) -> Result<Tokens> {
    let now = caller.clock.now();
    let session = Session {
        id: SessionId::generate(),
        account_id: account,
        user_agent: caller.client.user_agent.clone(),
        ip: caller
            .client
            .ip
            .map(|ip| ip.to_string())
            .unwrap_or_default(),
        created_at: now,
        last_used_at: now,
        idle_until: idle_until(caller, now),
        expires_at: now + TimeDelta::days(caller.settings.session_max_days.into()),
        stepped_up_at,
        ended_at: None,
        end_reason: None,
    };
    let row = session.clone().into_active_model();
    session::Entity::insert(row)
        .exec_without_returning(tx)
        .await?;
    let refresh = refresh_token::generate()?;
    keep(tx, session.id, &refresh, now).await?;
    let keyring = keyring(caller).await?;
    Tokens::new(caller, &keyring, session, refresh, now)
}

/// When a session is over that is used at `now` and then no more.
pub(super) fn idle_until(caller: &Caller, now: DateTime<Utc>) -> DateTime<Utc> {
    now + TimeDelta::days(caller.settings.session_idle_days.into())
}

/// Writes down that `token` refreshes `session`.
pub(super) async fn keep(
    tx: &Tx,
    session: SessionId,
    token: &SecretString,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = table::Model {
        hash: refresh_token::hash(token),
        session_id: session,
        created_at: now,
        used_at: None,
    };
    let row = row.into_active_model();
    table::Entity::insert(row)
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
