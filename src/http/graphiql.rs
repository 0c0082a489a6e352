//! GraphiQL, the in-browser IDE for the API: the page at `/graphiql` and its files.
//!
//! `build.rs` bundles everything the page needs, so it works without any other host, and the
//! content security policy holds it to that. A server that was built without npm answers
//! `/graphiql` with the command that adds the page.

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderName, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// A file of the bundle. Its name carries a hash of its content.
struct Asset {
    name: &'static str,
    mime: &'static str,
    bytes: &'static [u8],
}

// REMEDY, INDEX and ASSETS.
include!(concat!(env!("OUT_DIR"), "/graphiql.rs"));

/// While it runs, the editor writes `<style>` elements, style attributes and, as `data:` images,
/// the underlines of errors. Those alone may be inline.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; \
    style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; connect-src 'self'; \
    worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// Whether GraphiQL was compiled into this server.
#[must_use]
pub fn is_bundled() -> bool {
    INDEX.is_some()
}

/// `/graphiql` and `/graphiql/assets/…`.
pub(super) fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new()
        .route("/graphiql", get(page))
        .route("/graphiql/assets/{file}", get(asset))
}

async fn page() -> Response {
    if let Some(html) = INDEX {
        return respond(StatusCode::OK, "text/html; charset=utf-8", "no-cache", html);
    }
    let hint = format!(
        "GraphiQL was not compiled into this server.\n\n\
         With Node.js 20 or newer installed, run this in Tradewind's source folder\n\
         and start the server again:\n\n    {REMEDY}\n"
    );
    let unavailable = StatusCode::SERVICE_UNAVAILABLE;
    respond(unavailable, "text/plain; charset=utf-8", "no-store", hint)
}

async fn asset(Path(file): Path<String>) -> Response {
    // A new build gives a changed file a new name, so what a name stands for never changes.
    const FOR_EVER: &str = "public, max-age=31536000, immutable";
    match ASSETS.iter().find(|asset| asset.name == file) {
        Some(asset) => respond(StatusCode::OK, asset.mime, FOR_EVER, asset.bytes),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

/// A worker obeys the policy of its own script's response, so every answer carries it.
fn respond(status: StatusCode, mime: &str, caching: &str, body: impl IntoResponse) -> Response {
    let headers: [(HeaderName, &str); 5] = [
        (header::CONTENT_TYPE, mime),
        (header::CACHE_CONTROL, caching),
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::REFERRER_POLICY, "same-origin"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (status, headers, body).into_response()
}
