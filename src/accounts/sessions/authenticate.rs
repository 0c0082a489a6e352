//! Who is behind an access token.

use super::{access_token, keys::keyring};
use crate::{
    app::App,
    caller::{Means, Person, Role},
    error::{Error, Result},
};
use chrono::{DateTime, Utc};
use entity::accounts::{account, session};
use entity::ids::SessionId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

/// The person whose session `token` is of. The token says only which session that is: whether it goes on and what the
/// person may do is as of now, or of a few seconds ago.
///
/// # Errors
/// Unauthenticated when the token is not one of ours, or its session is over, or its account may not be used.
pub(crate) async fn authenticate(app: &App, token: &str) -> Result<Person> {
    let keyring = keyring(app).await?;
    let now = app.clock.now();
    let claims = access_token::read(&app.settings, &keyring, token, now);
    let claims = claims.ok_or(Error::Unauthenticated)?;
    let session = SessionId(claims.sid);
    let person = if let Some(standing) = app.sessions.standing(session, now) {
        standing.person
    } else {
        let found = person_behind(app, session, now).await?;
        app.sessions.remember(session, found, now);
        found
    };
    person
        .filter(|person| person.account.0 == claims.sub)
        .ok_or(Error::Unauthenticated)
}

/// Asked of the primary: a replica may not have heard yet that a session began or ended.
async fn person_behind(app: &App, id: SessionId, now: DateTime<Utc>) -> Result<Option<Person>> {
    let found = session::Entity::find_by_id(id)
        .filter(session::Column::EndedAt.is_null())
        .filter(session::Column::IdleUntil.gt(now))
        .filter(session::Column::ExpiresAt.gt(now))
        .one(app.database.write())
        .await?;
    let Some(session) = found else {
        return Ok(None);
    };
    let role = account::Entity::find_by_id(session.account_id)
        .filter(account::Column::Status.eq(account::Status::Active))
        .filter(account::Column::DeletedAt.is_null())
        .select_only()
        .column(account::Column::Role)
        .into_tuple::<Role>()
        .one(app.database.write())
        .await?;
    Ok(role.map(|role| Person {
        account: session.account_id,
        role,
        means: Means::Session {
            id,
            stepped_up_at: session.stepped_up_at,
        },
    }))
}
