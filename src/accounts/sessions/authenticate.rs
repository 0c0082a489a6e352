//! Who is behind an access token.

use super::{access_token, keys::keyring};
use crate::{
    app::App,
    caller::{Means, Person, Role},
    error::{Error, Result},
};
use chrono::{DateTime, Utc};
use entity::accounts::{account, session};
use entity::ids::{AccountId, SessionId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect};

/// What an access token of ours says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Claim {
    account: AccountId,
    session: SessionId,
    /// When the token is no longer good.
    pub(crate) expires_at: DateTime<Utc>,
}

/// The person whose session `token` is of. The token says only which session that is: whether it goes on and what the
/// person may do is as of now, or of a few seconds ago.
///
/// # Errors
/// Unauthenticated when the token is not one of ours, or its session is over, or its account may not be used.
pub(crate) async fn authenticate(app: &App, token: &str) -> Result<Person> {
    person_of(app, &claim(app, token).await?).await
}

/// What `token` says, for those who ask more than once who is behind it: its signature is looked at here.
///
/// # Errors
/// Unauthenticated when it is not one of ours, or has expired.
pub(crate) async fn claim(app: &App, token: &str) -> Result<Claim> {
    let keyring = keyring(app).await?;
    let claims = access_token::read(&app.settings, &keyring, token, app.clock.now());
    let claims = claims.ok_or(Error::Unauthenticated)?;
    Ok(Claim {
        account: AccountId(claims.sub),
        session: SessionId(claims.sid),
        expires_at: claims.expires_at(),
    })
}

/// The person whose session the claim is of, as of now, or of a few seconds ago.
///
/// # Errors
/// Unauthenticated when the session is over, or its account may not be used.
pub(crate) async fn person_of(app: &App, claim: &Claim) -> Result<Person> {
    let (session, now) = (claim.session, app.clock.now());
    let person = if let Some(standing) = app.sessions.standing(session, now) {
        standing.person
    } else {
        let found = person_behind(app, session, now).await?;
        app.sessions.remember(session, found, now);
        found
    };
    person
        .filter(|person| person.account == claim.account)
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
