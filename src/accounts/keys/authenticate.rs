//! Who is behind a key.

use super::{last_use, memory::Known, secret};
use crate::{
    app::App,
    caller::{Means, Person, Role},
    error::{Error, Result},
    scopes::Scopes,
};
use chrono::{DateTime, Utc};
use entity::accounts::{account, api_key};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};
use std::sync::Arc;
use subtle::ConstantTimeEq;

/// The person whose key `sent` is, acting by it. Whether it is good, and what the person may do, is as of now, or of a few seconds
/// ago.
///
/// # Errors
/// Unauthenticated when it is none of ours, has expired or was revoked, or its account may not be used.
pub(crate) async fn authenticate(app: &App, sent: &str) -> Result<Person> {
    let sent = secret::read(sent).ok_or(Error::Unauthenticated)?;
    let now = app.clock.now();
    let known = if let Some(standing) = app.keys.standing(sent.prefix, now) {
        standing.known
    } else {
        let found = key_behind(app, sent.prefix, now).await?.map(Arc::new);
        app.keys.remember(sent.prefix, found.clone(), now);
        found
    };
    let known = known.ok_or(Error::Unauthenticated)?;
    let is_right = bool::from(known.hash.as_bytes().ct_eq(sent.hash.as_bytes()));
    if !is_right || known.expires_at <= now {
        return Err(Error::Unauthenticated);
    }
    last_use::note(app, &known, now);
    Ok(known.person)
}

/// Asked of the primary: a replica may not have heard yet that a key was made or revoked.
async fn key_behind(app: &App, prefix: &str, now: DateTime<Utc>) -> Result<Option<Known>> {
    let found = api_key::Entity::find()
        .filter(api_key::Column::Prefix.eq(prefix))
        .filter(api_key::Column::RevokedAt.is_null())
        .filter(api_key::Column::ExpiresAt.gt(now))
        .one(app.database.write())
        .await?;
    let Some(key) = found else {
        return Ok(None);
    };
    let role = account::Entity::find_by_id(key.account_id)
        .filter(account::Column::Status.eq(account::Status::Active))
        .filter(account::Column::DeletedAt.is_null())
        .select_only()
        .column(account::Column::Role)
        .into_tuple::<Role>()
        .one(app.database.write())
        .await?;
    Ok(role.map(|role| Known {
        id: key.id,
        hash: key.hash,
        expires_at: key.expires_at,
        last_used_at: key.last_used_at,
        person: Person {
            account: key.account_id,
            role,
            means: Means::Key {
                id: key.id,
                scopes: Scopes::read(&key.scopes),
            },
        },
    }))
}
