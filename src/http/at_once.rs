//! Answering what is kept before anything is prepared for work that need not be done: no deadline, no span, no layers.
//!
//! Only for requests that lie there as a whole, and to which the layers would add nothing. All others come to the same answers by the
//! way of all requests, see `graphql::handle`.

use super::{
    accept::MediaType,
    edge::Edge,
    graphql_request,
    kept_answer::{self, Wishes},
    observe::Noted,
};
use crate::{caller::Actor, graphql::answers::RawKey};
use axum::{
    body::{Body, Bytes, HttpBody},
    extract::Request,
    http::{Method, header},
    response::Response,
};
use futures_util::FutureExt;
use std::{future::poll_fn, pin::Pin};

/// Where GraphQL is asked.
pub(super) const PATH: &str = "/graphql";

/// The answer to `request` if it is kept; else the request as it was.
#[expect(
    clippy::result_large_err,
    reason = "what comes back is no error, but the request, which goes on from here"
)]
pub(super) fn at_once(edge: &Edge, request: Request, noted: &Noted) -> Result<Response, Request> {
    if !is_plain(&request) {
        return Err(request);
    }
    let Some(media_type) = MediaType::negotiate(request.headers()) else {
        return Err(request);
    };
    let wishes = Wishes::of(media_type, request.method(), request.headers());
    let (raw, request) = whole(request)?;
    let Some(answer) = edge.engine().kept(&raw) else {
        return Err(request);
    };
    answer.count();
    if let Some(name) = answer.operation() {
        noted.operation(name);
    }
    Ok(kept_answer::response(&answer, &wishes))
}

/// Whether the layers have nothing to do with it: it asks for GraphQL, shows nothing that says who asks, comes from no page of another
/// origin, and is of the right type.
fn is_plain(request: &Request) -> bool {
    let headers = request.headers();
    let shows = |name| headers.contains_key(name);
    let is_typed = match *request.method() {
        Method::GET => true,
        Method::POST => graphql_request::check_content_type(headers).is_ok(),
        _ => false,
    };
    is_typed
        && request.uri().path() == PATH
        && !shows(header::AUTHORIZATION)
        && !shows(header::COOKIE)
        && !shows(header::ORIGIN)
        && request.extensions().get::<Actor>().is_none()
}

/// The bytes that ask, if they are all here, and the request with them put back.
#[expect(clippy::result_large_err, reason = "as above")]
fn whole(request: Request) -> Result<(RawKey, Request), Request> {
    if request.method() == Method::GET {
        let raw = graphql_request::query_string(&request);
        return Ok((raw, request));
    }
    let (parts, mut body) = request.into_parts();
    // hyper has read on behind the head; a small body comes with it.
    let frame = poll_fn(|context| Pin::new(&mut body).poll_frame(context));
    let Some(Some(Ok(frame))) = frame.now_or_never() else {
        return Err(Request::from_parts(parts, body));
    };
    let bytes: Bytes = frame.into_data().unwrap_or_default();
    if !body.is_end_stream() {
        let first = futures_util::stream::once(std::future::ready(Ok(bytes)));
        let rest = futures_util::StreamExt::chain(first, body.into_data_stream());
        return Err(Request::from_parts(parts, Body::from_stream(rest)));
    }
    let raw = RawKey {
        is_get: false,
        bytes: bytes.clone(),
    };
    Ok((raw, Request::from_parts(parts, Body::from(bytes))))
}
