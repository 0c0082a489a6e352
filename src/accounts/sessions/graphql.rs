//! Sessions, as the API shows them to their people.

use super::{Session as Row, Tokens, Which};
use crate::{
    accounts::graphql::Viewer,
    caller::Caller,
    error::{Error, Result},
    graphql::{
        caller,
        connection::{Connection, Count},
        idempotent::once,
        ids::{decode, encode},
        paging::PageArguments,
        refresh_cookie::{self, RefreshCookie},
        user_errors::{UserError, or_user_errors},
    },
};
use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::ids::SessionId;
use secrecy::{ExposeSecret, SecretString};
use std::sync::Arc;

/// Where the refresh token is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub(crate) enum SessionKind {
    /// In a cookie that no script can read: for pages in a browser.
    Browser,
    /// By the client itself, which finds it in the answer: for apps on a device, and scripts.
    App,
}

/// A session: from signing in to signing out, on one device.
pub(crate) struct Session(Arc<Row>);

impl From<Arc<Row>> for Session {
    fn from(row: Arc<Row>) -> Self {
        Self(row)
    }
}

/// A session: from signing in to signing out, on one device.
#[Object]
impl Session {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode(self.0.id)
    }

    /// What the program that signed in said of itself: its header User-Agent, cut to 200 characters.
    async fn device(&self) -> &str {
        &self.0.user_agent
    }

    /// The address it signed in from, where that is known.
    async fn ip(&self) -> Option<&str> {
        Some(self.0.ip.as_str()).filter(|ip| !ip.is_empty())
    }

    /// When it began.
    async fn created_at(&self) -> DateTime<Utc> {
        self.0.created_at
    }

    /// When it was last refreshed; before that, when it began.
    async fn last_used_at(&self) -> DateTime<Utc> {
        self.0.last_used_at
    }

    /// It is over then, however much it is used; earlier where nobody uses it.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }

    /// When it was ended before its time.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }

    /// Whether it is the one in which this is asked.
    async fn current(&self, ctx: &Context<'_>) -> bool {
        let person = caller(ctx).require_person();
        person.is_ok_and(|person| person.session == self.0.id)
    }
}

#[ComplexObject]
impl Viewer {
    /// The sessions that go on, the last to begin first.
    async fn sessions(
        &self,
        ctx: &Context<'_>,
        first: Option<i32>,
        after: Option<String>,
        last: Option<i32>,
        before: Option<String>,
    ) -> Result<Connection<Session>> {
        let order = super::order();
        let page = PageArguments::new(first, after, last, before).page(order.name)?;
        let caller = caller(ctx);
        let slice = super::list(caller, &order, &page).await?;
        let caller = caller.clone();
        let count: Count = Box::new(move || {
            let caller = caller.clone();
            Box::pin(async move { super::count(&caller).await })
        });
        Ok(Connection::new(&slice, order.name, count))
    }
}

/// Who signs in.
#[derive(InputObject)]
pub(crate) struct SessionCreateInput {
    /// The account's e-mail address.
    email: String,
    /// The account's password.
    password: String,
    /// Where the refresh token is kept.
    #[graphql(default_with = "SessionKind::Browser")]
    kind: SessionKind,
}

/// Which session is gone on with.
#[derive(InputObject)]
pub(crate) struct SessionRefreshInput {
    /// The refresh token, for a session of the kind `APP`. Left out, it is that in the cookie.
    refresh_token: Option<String>,
}

/// Which session is ended.
#[derive(InputObject)]
pub(crate) struct SessionEndOtherInput {
    /// The session.
    id: ID,
}

/// Which sessions are ended.
#[derive(InputObject)]
pub(crate) struct SessionEndAllInput {
    /// Whether the one in which this is asked goes on.
    #[graphql(default)]
    keep_current: bool,
}

/// A session's tokens.
#[derive(SimpleObject)]
pub(crate) struct SessionTokensPayload {
    /// The session; nothing where nobody signed in.
    session: Option<Session>,
    /// Says who asks: send it in the header `Authorization`, behind `Bearer`.
    access_token: Option<String>,
    /// Until when the access token is good. Refresh the session before.
    access_token_expires_at: Option<DateTime<Utc>>,
    /// Good for refreshing the session once, in a session of the kind `APP`; otherwise it is in the cookie.
    refresh_token: Option<String>,
    /// What keeps the person from signing in.
    user_errors: Vec<UserError>,
}

/// What became of a session.
#[derive(SimpleObject)]
pub(crate) struct SessionEndPayload {
    /// The session as it is now; nothing where it was not ended.
    session: Option<Session>,
    /// What keeps it from being ended.
    user_errors: Vec<UserError>,
}

/// What became of all sessions.
#[derive(SimpleObject)]
pub(crate) struct SessionEndAllPayload {
    /// How many were ended.
    ended_count: usize,
    /// What keeps them from being ended.
    user_errors: Vec<UserError>,
}

#[derive(Default)]
pub(crate) struct SessionMutations;

#[Object]
impl SessionMutations {
    /// Signs in. Idempotency keys do nothing here: tokens are not kept, so they could not be told again.
    async fn session_create(
        &self,
        ctx: &Context<'_>,
        input: SessionCreateInput,
    ) -> Result<SessionTokensPayload> {
        let password = SecretString::from(input.password);
        let created =
            super::session_create(caller(ctx), &input.email, password.expose_secret()).await;
        let (tokens, user_errors) = or_user_errors(created, "password")?;
        Ok(tokens_payload(
            ctx,
            tokens.as_ref(),
            input.kind,
            user_errors,
        ))
    }

    /// Goes on with a session: takes its refresh token, which is used up by that, and returns new tokens. Sent without the
    /// header `Authorization`, so that it does not matter whether the access token has expired. The same refresh token
    /// gets the same one again for ten seconds; later it is taken for stolen, and the session ends.
    async fn session_refresh(
        &self,
        ctx: &Context<'_>,
        input: Option<SessionRefreshInput>,
    ) -> Result<SessionTokensPayload> {
        let sent = input
            .and_then(|input| input.refresh_token)
            .map(SecretString::from);
        let (token, kind) = match (&sent, RefreshCookie::token(ctx)) {
            (Some(sent), _) => (sent, SessionKind::App),
            (None, Some(kept)) => (kept, SessionKind::Browser),
            (None, None) => return Err(Error::Unauthenticated),
        };
        let refreshed = super::session_refresh(caller(ctx), token).await;
        if kind == SessionKind::Browser && matches!(refreshed, Err(Error::Unauthenticated)) {
            refresh_cookie::clear(ctx);
        }
        Ok(tokens_payload(ctx, Some(&refreshed?), kind, Vec::new()))
    }

    /// Signs out: ends the session in which this is asked.
    async fn session_end(&self, ctx: &Context<'_>) -> Result<SessionEndPayload> {
        let person = caller(ctx).require_person()?;
        let payload = end_one(ctx, Which::OneOf(person.account, person.session)).await?;
        refresh_cookie::clear(ctx);
        Ok(payload)
    }

    /// Ends a session on another device, or any of one's own.
    async fn session_end_other(
        &self,
        ctx: &Context<'_>,
        input: SessionEndOtherInput,
    ) -> Result<SessionEndPayload> {
        let person = caller(ctx).require_person()?;
        let id: SessionId = decode(&input.id, "input.id")?;
        end_one(ctx, Which::OneOf(person.account, id)).await
    }

    /// Signs out everywhere: ends all of one's sessions, this one too unless it is to be kept.
    async fn session_end_all(
        &self,
        ctx: &Context<'_>,
        input: Option<SessionEndAllInput>,
    ) -> Result<SessionEndAllPayload> {
        let person = caller(ctx).require_person()?;
        let ended = if input.is_some_and(|input| input.keep_current) {
            end(ctx, Which::AllBut(person.account, person.session)).await?
        } else {
            let ended = end(ctx, Which::AllOf(person.account)).await?;
            refresh_cookie::clear(ctx);
            ended
        };
        Ok(SessionEndAllPayload {
            ended_count: ended.len(),
            user_errors: Vec::new(),
        })
    }
}

fn tokens_payload(
    ctx: &Context<'_>,
    tokens: Option<&Tokens>,
    kind: SessionKind,
    user_errors: Vec<UserError>,
) -> SessionTokensPayload {
    let told = |token: &SecretString| token.expose_secret().to_owned();
    if let Some(tokens) = tokens
        && kind == SessionKind::Browser
    {
        let seconds = (tokens.refresh_until - tokens.issued_at).num_seconds();
        refresh_cookie::keep(ctx, &tokens.refresh, seconds);
    }
    SessionTokensPayload {
        session: tokens.map(|tokens| Arc::clone(&tokens.session).into()),
        access_token: tokens.map(|tokens| told(&tokens.access)),
        access_token_expires_at: tokens.map(|tokens| tokens.access_until),
        refresh_token: tokens
            .filter(|_| kind == SessionKind::App)
            .map(|tokens| told(&tokens.refresh)),
        user_errors,
    }
}

/// Ends sessions, and has this process feel it at once.
async fn end(ctx: &Context<'_>, which: Which) -> Result<Vec<SessionId>> {
    let caller: &Caller = caller(ctx);
    let ended = once(ctx, async |tx| {
        super::end(tx, which, super::EndReason::SignedOut, caller.clock.now()).await
    })
    .await?;
    caller.sessions.forget(&ended);
    Ok(ended)
}

/// Ends one session, or says that there is none.
async fn end_one(ctx: &Context<'_>, which: Which) -> Result<SessionEndPayload> {
    let ended = end(ctx, which).await?;
    let ended = ended.first().copied().ok_or(Error::NotFound("session"));
    let (id, user_errors) = or_user_errors(ended, "id")?;
    let session = match id {
        Some(id) => Some(super::by_id(caller(ctx), id).await?.into()),
        None => None,
    };
    Ok(SessionEndPayload {
        session,
        user_errors,
    })
}
