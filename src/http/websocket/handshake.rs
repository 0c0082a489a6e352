//! Before the conversation: whose page asks, whether there is room, and the switch from HTTP.

use super::{ending::Ending, socket};
use crate::{
    http::{auth, client, edge::Edge, refused::Refused},
    platform::{config::Settings, telemetry::RequestId},
};
use axum::{
    extract::{FromRequestParts, Request, WebSocketUpgrade},
    http::{HeaderMap, Method, StatusCode, Uri, header},
    response::Response,
};
use url::Url;

/// The one protocol that is spoken.
const SUBPROTOCOL: &str = "graphql-transport-ws";
/// What is read at once from a socket. Larger messages have the buffer grow while they come; there may be thousands of sockets.
const READ_BUFFER: usize = 4_096;

/// Whether the request asks for a WebSocket.
pub(in crate::http) fn is_meant(request: &Request) -> bool {
    let upgrade = request.headers().get(header::UPGRADE);
    request.method() == Method::GET
        && upgrade.is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Switches to a WebSocket and begins the conversation.
///
/// # Errors
/// For whoever may not, and where there is no room.
pub(in crate::http) async fn upgrade(
    edge: Edge,
    request_id: RequestId,
    request: Request,
) -> Result<Response, Refused> {
    let settings = edge.app().settings.clone();
    check_origin(request.headers(), &settings)?;
    if edge.is_closing() {
        return Err(Refused::from(crate::error::Error::Unavailable));
    }
    let client = client::of(&request, &settings);
    let bearer = auth::bearer(request.headers())?;
    let seat = edge.seats().take(client.ip)?;
    let (mut parts, _) = request.into_parts();
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, &()).await;
    let upgrade = upgrade.map_err(|_| {
        Refused::invalid(
            StatusCode::BAD_REQUEST,
            "This is no handshake of a WebSocket (RFC 6455, section 4.1).",
        )
    })?;
    let most = settings.request_body_limit_bytes;
    let upgrade = upgrade
        .protocols([SUBPROTOCOL])
        .read_buffer_size(READ_BUFFER)
        .write_buffer_size(0)
        .max_message_size(most)
        .max_frame_size(most);
    let speaks = upgrade.selected_protocol().is_some();
    let tasks = edge.app().tasks.clone();
    // Counted from here on: a server that stops waits for the conversation, be it begun or not.
    let token = tasks.token();
    Ok(upgrade.on_upgrade(move |socket| async move {
        let _token = token;
        let _seat = seat;
        if speaks {
            socket::converse(socket, edge, client, bearer, request_id).await;
        } else {
            socket::close(socket, &Ending::Subprotocol).await;
        }
    }))
}

/// Browsers let any page open a WebSocket to anywhere, and only say which page that is: so it is here that other pages are kept
/// out. Who is no browser says nothing.
fn check_origin(headers: &HeaderMap, settings: &Settings) -> Result<(), Refused> {
    let Some(origin) = headers.get(header::ORIGIN) else {
        return Ok(());
    };
    let is_allowed = origin.to_str().is_ok_and(|origin| {
        let allowed = &settings.cors_allowed_origins;
        allowed.iter().any(|one| one == "*" || one == origin)
            || origin == settings.public_origin()
            || is_own(origin, headers)
    });
    if is_allowed {
        Ok(())
    } else {
        Err(Refused::new(
            StatusCode::FORBIDDEN,
            crate::error::Error::Forbidden.code(),
            "Pages of this origin may not open WebSockets here (CORS_ALLOWED_ORIGINS).",
        ))
    }
}

/// Whether the page is this server's own, such as GraphiQL.
fn is_own(origin: &str, headers: &HeaderMap) -> bool {
    let (Ok(origin), Some(host)) = (Url::parse(origin), headers.get(header::HOST)) else {
        return false;
    };
    let Some(host) = host.to_str().ok().and_then(|host| host.parse::<Uri>().ok()) else {
        return false;
    };
    let default = origin.port_or_known_default();
    origin.host_str() == host.host() && default == host.port_u16().or(default_port(&origin))
}

/// A host without a port means the scheme's own.
fn default_port(origin: &Url) -> Option<u16> {
    match origin.scheme() {
        "https" => Some(443),
        "http" => Some(80),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn pages_of_others_are_kept_out() {
        let mut settings = Settings::defaults();
        settings.cors_allowed_origins = vec!["https://shop.example".to_owned()];
        let of = |origin: Option<&'static str>, host: &'static str, settings: &Settings| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, HeaderValue::from_static(host));
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            }
            check_origin(&headers, settings).is_ok()
        };
        for (origin, host, expected) in [
            (None, "api.example", true),
            (Some("https://shop.example"), "api.example", true),
            (Some("https://api.example"), "api.example", true),
            (Some("http://127.0.0.1:8000"), "127.0.0.1:8000", true),
            (Some("http://localhost:8000"), "other:8000", true),
            (Some("http://127.0.0.1:8001"), "127.0.0.1:8000", false),
            (Some("https://evil.example"), "api.example", false),
            (
                Some("https://shop.example.evil.example"),
                "api.example",
                false,
            ),
            (Some("https://api.example:444"), "api.example", false),
            (Some("null"), "api.example", false),
            (Some(""), "api.example", false),
        ] {
            assert_eq!(
                of(origin, host, &settings),
                expected,
                "{origin:?} at {host}"
            );
        }
        settings.cors_allowed_origins = vec!["*".to_owned()];
        assert!(of(Some("https://evil.example"), "api.example", &settings));
    }
}
