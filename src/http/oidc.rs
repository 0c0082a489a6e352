//! Signing in with an account elsewhere: where browsers begin, and where providers send them back.

use super::{client, edge::Edge, refused::Refused};
use crate::{
    accounts::oidc::{Answer, LIFE, oidc_finish, oidc_start},
    caller::{Actor, Caller},
    graphql::refresh_cookie::{self, only_cookie},
    platform::telemetry::RequestId,
};
use axum::{
    Extension, Router,
    extract::{Path, Query, Request, State},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use secrecy::ExposeSecret;
use serde::{Deserialize, de::DeserializeOwned};
use url::Url;

/// In which a browser keeps what binds it to its ways. It is sent when another site leads here, which the provider does.
const COOKIE: &str = "tradewind_oidc";
const PATH: &str = "/api/v1/oidc";

pub(super) fn router() -> Router<Edge> {
    Router::new()
        .route(&format!("{PATH}/{{provider}}/start"), get(start))
        .route(&format!("{PATH}/{{provider}}/callback"), get(callback))
}

#[derive(Deserialize)]
struct Start {
    return_to: Option<String>,
}

/// Sends a browser to the provider.
async fn start(
    State(edge): State<Edge>,
    Extension(request_id): Extension<RequestId>,
    Path(provider): Path<String>,
    request: Request,
) -> Result<Response, Refused> {
    let Start { return_to } = query(&request)?;
    let caller = caller(&edge, &request, request_id);
    let browser = only_cookie(request.headers(), COOKIE);
    let started = Box::pin(oidc_start(
        &caller,
        &provider,
        return_to.as_deref(),
        browser,
    ))
    .await?;
    let secure = if caller.settings.is_production() {
        "; Secure"
    } else {
        ""
    };
    let cookie = started.browser.and_then(|browser| {
        let cookie = format!(
            "{COOKIE}={}; Path={PATH}; Max-Age={}; HttpOnly; SameSite=Lax{secure}",
            browser.expose_secret(),
            LIFE.num_seconds()
        );
        let mut cookie = HeaderValue::try_from(cookie).ok()?;
        cookie.set_sensitive(true);
        Some(cookie)
    });
    Ok(redirect(&started.page, cookie))
}

/// Takes a browser in that comes back, and sends it to the shop's pages.
async fn callback(
    State(edge): State<Edge>,
    Extension(request_id): Extension<RequestId>,
    Path(provider): Path<String>,
    request: Request,
) -> Result<Response, Refused> {
    let answer: Answer = query(&request)?;
    let caller = caller(&edge, &request, request_id);
    let browser = only_cookie(request.headers(), COOKIE);
    let finished = Box::pin(oidc_finish(&caller, &provider, &answer, browser.as_ref())).await?;
    let cookie = finished.tokens.and_then(|tokens| {
        let seconds = (tokens.refresh_until - tokens.issued_at).num_seconds();
        let token = tokens.refresh.expose_secret();
        refresh_cookie::header_value(&caller.settings, token, seconds)
    });
    Ok(redirect(&finished.page, cookie))
}

fn query<T: DeserializeOwned>(request: &Request) -> Result<T, Refused> {
    let read = Query::try_from_uri(request.uri()).map(|Query(read)| read);
    read.map_err(|_| {
        Refused::invalid(
            StatusCode::BAD_REQUEST,
            "The query cannot be read: each name stands in it once.",
        )
    })
}

fn caller(edge: &Edge, request: &Request, request_id: RequestId) -> Caller {
    let client = client::of(request, &edge.app().settings);
    Caller::new(edge.app().clone(), Actor::Anonymous, request_id).at(client)
}

/// Nobody keeps the answer: it is for one browser, once.
fn redirect(page: &Url, cookie: Option<HeaderValue>) -> Response {
    let mut response = StatusCode::FOUND.into_response();
    let headers = response.headers_mut();
    if let Ok(page) = HeaderValue::from_str(page.as_str()) {
        headers.insert(header::LOCATION, page);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(cookie) = cookie {
        headers.append(header::SET_COOKIE, cookie);
    }
    response
}
