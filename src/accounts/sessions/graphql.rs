//! Sessions, as the API shows them to their people.

mod second_factors;

pub(crate) use second_factors::{SecondFactorMethod, SecondFactorMutations};

use super::{Session as Row, SignedIn, Tokens, Which};
use crate::{
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
use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::ids::SessionId;
use second_factors::SecondFactorChallenge;
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
pub(crate) struct Session {
    row: Arc<Row>,
    /// Whether this answer hands out its tokens: who asked had none of its own, or those of before.
    is_handed_out: bool,
}

impl From<Arc<Row>> for Session {
    fn from(row: Arc<Row>) -> Self {
        Self {
            row,
            is_handed_out: false,
        }
    }
}

/// A session: from signing in to signing out, on one device.
#[Object]
impl Session {
    /// Its global id.
    pub(crate) async fn id(&self) -> ID {
        encode(self.row.id)
    }

    /// What the program that signed in said of itself: its header User-Agent, cut to 200 characters.
    async fn device(&self) -> &str {
        &self.row.user_agent
    }

    /// The address it signed in from, where that is known.
    async fn ip(&self) -> Option<&str> {
        Some(self.row.ip.as_str()).filter(|ip| !ip.is_empty())
    }

    /// When it began.
    async fn created_at(&self) -> DateTime<Utc> {
        self.row.created_at
    }

    /// When it was last refreshed; before that, when it began.
    async fn last_used_at(&self) -> DateTime<Utc> {
        self.row.last_used_at
    }

    /// It is over then, however much it is used; earlier where nobody uses it.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.row.expires_at
    }

    /// When its person last showed a second factor in it.
    async fn stepped_up_at(&self) -> Option<DateTime<Utc>> {
        self.row.stepped_up_at
    }

    /// When it was ended before its time.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.row.ended_at
    }

    /// Whether it is the one in which this is asked; or which the answer is the tokens of.
    async fn current(&self, ctx: &Context<'_>) -> bool {
        let session = caller(ctx).require_session();
        self.is_handed_out || session.is_ok_and(|(_, current)| current == self.row.id)
    }
}

/// The caller's sessions that go on, as `viewer` shows them.
pub(crate) async fn of_viewer(
    ctx: &Context<'_>,
    arguments: PageArguments,
) -> Result<Connection<Session>> {
    let order = super::order();
    let page = arguments.page(order.name)?;
    let caller = caller(ctx);
    let slice = super::list(caller, &order, &page).await?;
    let caller = caller.clone();
    let count: Count = Box::new(move || {
        let caller = caller.clone();
        Box::pin(async move { super::count(&caller).await })
    });
    Ok(Connection::new(&slice, order.name, count))
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
    /// What is to be shown before the person is signed in, with sessionConfirm, where the account has a second factor. Then
    /// there is no session yet, and there are no tokens.
    second_factor: Option<SecondFactorChallenge>,
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
    /// Signs in; or asks for the account's second factor, which is then sent with sessionConfirm. Idempotency keys do nothing here: tokens are not kept, so they could not be told again.
    async fn session_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs in.")] input: SessionCreateInput,
    ) -> Result<SessionTokensPayload> {
        let password = SecretString::from(input.password);
        let created =
            super::session_create(caller(ctx), &input.email, password.expose_secret()).await;
        let (signed_in, user_errors) = or_user_errors(created, "password")?;
        Ok(signed_in_payload(
            ctx,
            signed_in.as_ref(),
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
        #[graphql(desc = "The token, unless a cookie has it.")] input: Option<SessionRefreshInput>,
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
        let (person, current) = caller(ctx).require_session()?;
        let payload = end_one(ctx, Which::OneOf(person.account, current)).await?;
        refresh_cookie::clear(ctx);
        Ok(payload)
    }

    /// Ends a session on another device, or any of one's own.
    async fn session_end_other(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which session is ended.")] input: SessionEndOtherInput,
    ) -> Result<SessionEndPayload> {
        let (person, _) = caller(ctx).require_session()?;
        let id: SessionId = decode(&input.id, "input.id")?;
        end_one(ctx, Which::OneOf(person.account, id)).await
    }

    /// Signs out everywhere: ends all of one's sessions, this one too unless it is to be kept.
    async fn session_end_all(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which end; all if left out.")] input: Option<SessionEndAllInput>,
    ) -> Result<SessionEndAllPayload> {
        let (person, current) = caller(ctx).require_session()?;
        let ended = if input.is_some_and(|input| input.keep_current) {
            end(ctx, Which::AllBut(person.account, current)).await?
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

/// What someone gets who has shown one factor, by whatever way.
pub(crate) fn signed_in_payload(
    ctx: &Context<'_>,
    signed_in: Option<&SignedIn>,
    kind: SessionKind,
    user_errors: Vec<UserError>,
) -> SessionTokensPayload {
    match signed_in {
        Some(SignedIn::SecondFactor(challenge)) => SessionTokensPayload {
            second_factor: Some(challenge.into()),
            ..tokens_payload(ctx, None, kind, user_errors)
        },
        Some(SignedIn::Tokens(tokens)) => tokens_payload(ctx, Some(tokens), kind, user_errors),
        None => tokens_payload(ctx, None, kind, user_errors),
    }
}

/// The tokens, the refresh token where its kind has it.
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
        session: tokens.map(|tokens| Session {
            row: Arc::clone(&tokens.session),
            is_handed_out: true,
        }),
        access_token: tokens.map(|tokens| told(&tokens.access)),
        access_token_expires_at: tokens.map(|tokens| tokens.access_until),
        refresh_token: tokens
            .filter(|_| kind == SessionKind::App)
            .map(|tokens| told(&tokens.refresh)),
        second_factor: None,
        user_errors,
    }
}

async fn end(ctx: &Context<'_>, which: Which) -> Result<Vec<SessionId>> {
    let caller: &Caller = caller(ctx);
    once(ctx, async |tx| {
        super::end(caller, tx, which, super::EndReason::SignedOut).await
    })
    .await
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
