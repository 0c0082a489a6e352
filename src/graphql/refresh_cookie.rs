//! The cookie in which a browser keeps its refresh token, where no script can read it.
//!
//! Its path is that of the API, since mutations have no paths of their own: it goes to no page, picture or other endpoint.
//! Only refreshing reads it. It is sent from pages of the same site only, and mutations are taken only as JSON by POST, which
//! no form of another site can send.

use crate::platform::config::Settings;
use async_graphql::Context;
use axum::http::{HeaderMap, HeaderValue, header};
use secrecy::{ExposeSecret, SecretString};

const NAME: &str = "tradewind_refresh";
const PATH: &str = "/graphql";

/// The refresh token that came with a request, if there is one.
#[derive(Clone, Debug, Default)]
pub struct RefreshCookie(Option<SecretString>);

impl RefreshCookie {
    /// What the request's headers hold. Of several, none: somebody has slipped in another.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        Self(only_cookie(headers, NAME))
    }

    /// The refresh token of the request.
    pub(crate) fn token<'a>(ctx: &'a Context<'_>) -> Option<&'a SecretString> {
        ctx.data_opt::<Self>()?.0.as_ref()
    }
}

/// The value of the request's cookie of this name. Of several, none: somebody has slipped in another.
pub(crate) fn only_cookie(headers: &HeaderMap, name: &str) -> Option<SecretString> {
    let values = headers.get_all(header::COOKIE).iter();
    let mut found = values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(known, _)| *known == name)
        .map(|(_, value)| SecretString::from(value));
    match (found.next(), found.next()) {
        (Some(value), None) => Some(value),
        _ => None,
    }
}

/// Has the browser keep `token` for so long.
pub(crate) fn keep(ctx: &Context<'_>, token: &SecretString, seconds: i64) {
    set(ctx, token.expose_secret(), seconds);
}

/// Has the browser forget it.
pub(crate) fn clear(ctx: &Context<'_>) {
    set(ctx, "", 0);
}

fn set(ctx: &Context<'_>, value: &str, seconds: i64) {
    if let Some(cookie) = header_value(&super::caller(ctx).settings, value, seconds) {
        ctx.append_http_header(header::SET_COOKIE, cookie);
    }
}

/// The same for answers that are made without GraphQL: the value of a header `Set-Cookie`.
pub(crate) fn header_value(settings: &Settings, token: &str, seconds: i64) -> Option<HeaderValue> {
    let secure = if settings.is_production() {
        "; Secure"
    } else {
        // Over plain HTTP on a developer's machine, browsers would not keep it.
        ""
    };
    let cookie = format!(
        "{NAME}={token}; Path={PATH}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    );
    // What tokens are made of fits into a header.
    let mut cookie = HeaderValue::try_from(cookie).ok()?;
    cookie.set_sensitive(true);
    Some(cookie)
}
