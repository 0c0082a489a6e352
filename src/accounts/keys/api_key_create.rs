//! Making a key.

use super::{
    ApiKey,
    secret::{Generated, generate},
};
use crate::{
    accounts::{SendMail, display_name::display_name, letter::Reason},
    audit::{self, Entry},
    caller::Caller,
    error::{Error, Result},
    jobs,
    platform::database::Tx,
    scopes::Scopes,
};
use chrono::{DateTime, TimeDelta, Utc};
use entity::accounts::{account, api_key, session};
use entity::ids::{AccountId, ApiKeyId, SessionId};
use sea_orm::{
    ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::LockType,
};
use secrecy::SecretString;

/// Most keys that a person has at once.
const MOST: u64 = 20;
/// For how long a key may be good, in days.
const LONGEST: i64 = 365;

/// A key that someone wants.
pub(crate) struct NewKey {
    name: String,
    scopes: Scopes,
    life: TimeDelta,
}

impl NewKey {
    /// Looks over what was sent.
    ///
    /// # Errors
    /// Invalid, naming what is wrong.
    pub(crate) fn read(name: &str, scopes: Scopes, days: i32) -> Result<Self> {
        let name = display_name(name, "input.name")?;
        if scopes.is_empty() {
            let message = "A key without scopes opens nothing. Name at least one.";
            return Err(Error::invalid("input.scopes", message));
        }
        let days = i64::from(days);
        if !(1..=LONGEST).contains(&days) {
            let message = format!("A key is good for 1 to {LONGEST} days.");
            return Err(Error::invalid("input.expiresInDays", message));
        }
        let life = TimeDelta::days(days);
        Ok(Self { name, scopes, life })
    }
}

/// A key that was made.
pub(crate) struct Created {
    pub(crate) row: ApiKey,
    /// The key itself, which is told now and never again.
    pub(crate) key: SecretString,
}

/// Makes a key for the caller's programs. A letter says so.
///
/// # Errors
/// Unauthenticated, `StepUpRequired`, Forbidden for keys; Conflict when there are too many.
pub(crate) async fn api_key_create(caller: &Caller, new: NewKey) -> Result<Created> {
    caller.require_step_up()?;
    let (person, session) = caller.require_session()?;
    let generated = generate()?;
    caller
        .transaction(async |tx| {
            let now = caller.clock.now();
            hold(tx, person.account, session).await?;
            if living(tx, person.account, now).await? >= MOST {
                return Err(Error::Conflict(format!(
                    "You have {MOST} keys, and more are not given. Revoke one that is no longer of use."
                )));
            }
            insert(caller, tx, person.account, new, generated, now).await
        })
        .await
}

/// Has all who make keys for the account wait for each other, and those who sign its person out everywhere wait for
/// this: what they revoke then is everything.
async fn hold(tx: &Tx, account: AccountId, session: SessionId) -> Result<()> {
    let is_active = account::Entity::find_by_id(account)
        .filter(account::Column::Status.eq(account::Status::Active))
        .lock(LockType::NoKeyUpdate)
        .one(tx)
        .await?
        .is_some();
    let is_signed_in = session::Entity::find_by_id(session)
        .filter(session::Column::EndedAt.is_null())
        .lock_shared()
        .one(tx)
        .await?
        .is_some();
    if is_active && is_signed_in {
        Ok(())
    } else {
        Err(Error::Unauthenticated)
    }
}

async fn living(tx: &Tx, account: AccountId, now: DateTime<Utc>) -> Result<u64> {
    let living = api_key::Entity::find()
        .filter(api_key::Column::AccountId.eq(account))
        .filter(api_key::Column::RevokedAt.is_null())
        .filter(api_key::Column::ExpiresAt.gt(now))
        .count(tx)
        .await?;
    Ok(living)
}

async fn insert(
    caller: &Caller,
    tx: &Tx,
    account: AccountId,
    new: NewKey,
    generated: Generated,
    now: DateTime<Utc>,
) -> Result<Created> {
    let row = ApiKey {
        id: ApiKeyId::generate(),
        account_id: account,
        name: new.name,
        prefix: generated.prefix,
        hash: generated.hash,
        scopes: new.scopes.written(),
        created_at: now,
        expires_at: now + new.life,
        last_used_at: None,
        revoked_at: None,
    };
    let active = row.clone().into_active_model();
    api_key::Entity::insert(active)
        .exec_without_returning(tx)
        .await?;
    let told = SendMail {
        account: Some(account),
        reason: Reason::KeyMade,
    };
    jobs::enqueue(tx, &told).await?;
    let entry = Entry::new("key.create", "key", row.id)
        .is("prefix", &row.prefix)
        .is("scopes", &row.scopes)
        .is("expires_at", row.expires_at);
    audit::record(tx, caller, &[entry]).await?;
    Ok(Created {
        row,
        key: generated.key,
    })
}
