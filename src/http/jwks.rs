//! The public keys of access tokens, where programs that verify tokens look for them.

use super::{edge::Edge, refused::Refused};
use crate::accounts::sessions;
use axum::{
    Json,
    extract::State,
    http::header,
    response::{IntoResponse, Response},
};

/// Below `.well-known`, which the API's versions do not move: it is written into the settings of other programs.
pub(super) const PATH: &str = "/.well-known/jwks.json";

/// The keys. They may be kept for some minutes: a key is announced by the setting for previous keys before it signs, or
/// asked for anew by whoever meets a name that it does not know.
pub(super) async fn jwks(State(edge): State<Edge>) -> Result<Response, Refused> {
    let keys = sessions::jwks(edge.app()).await?;
    let kept = [(header::CACHE_CONTROL, "public, max-age=300")];
    Ok((kept, Json(keys)).into_response())
}
