//! Who asks: the header `Authorization`.

use super::refused::Refused;
use crate::{
    accounts::{keys, sessions},
    app::App,
    caller::Actor,
    error::Error,
};
use axum::http::{HeaderMap, StatusCode, header};
use secrecy::{ExposeSecret, SecretString};

/// The access token or key in the header, if there is one.
///
/// # Errors
/// Whatever else the header holds: taking its sender for nobody would hide the mistake.
pub(super) fn bearer(headers: &HeaderMap) -> Result<Option<SecretString>, Refused> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let token = value.to_str().ok().and_then(bearer_in);
    match (token, values.next()) {
        (Some(token), None) => Ok(Some(token)),
        _ => Err(refused(
            "The header Authorization is sent once, as `Bearer` and an access token or a key.",
        )),
    }
}

/// The access token or key in the value of such a header, wherever that stands.
pub(super) fn bearer_in(text: &str) -> Option<SecretString> {
    let (scheme, token) = text.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| SecretString::from(token.trim()))
}

/// Who is behind the token; anyone where there is none.
///
/// # Errors
/// What is no token of ours, or not any more.
pub(super) async fn actor(app: &App, token: Option<SecretString>) -> Result<Actor, Refused> {
    let Some(token) = token else {
        return Ok(Actor::Anonymous);
    };
    let token = token.expose_secret();
    let is_key = keys::is_meant_as_key(token);
    let found = if is_key {
        keys::authenticate(app, token).await
    } else {
        sessions::authenticate(app, token).await
    };
    match found {
        Ok(person) => Ok(Actor::Person(person)),
        Err(Error::Unauthenticated) if is_key => Err(refused(
            "The key is not valid, or not any more: it may have expired or been revoked. Make another.",
        )),
        Err(Error::Unauthenticated) => Err(refused(
            "The access token is not valid, or not any more. Refresh the session, without this header, or sign in again.",
        )),
        Err(error) => {
            if let Error::Internal { source, at } = &error {
                tracing::error!(%at, error = format!("{source:#}"), "internal error");
            }
            Err(error.into())
        }
    }
}

fn refused(message: &'static str) -> Refused {
    let code = Error::Unauthenticated.code();
    Refused::new(StatusCode::UNAUTHORIZED, code, message)
}
