//! Answers that everyone gets alike, over HTTP: how long they may be kept on the way, and that one need not come twice.
//!
//! Follows RFC 9110 (conditional requests) and RFC 9111 (caching).

use super::accept::MediaType;
use crate::graphql::answers::KeptAnswer;
use axum::{
    body::Body,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::Response,
};

/// What shapes a response beside the answer: whoever shows one of these might be told something else.
const VARY: HeaderValue = HeaderValue::from_static("accept, authorization, cookie");
/// For whoever showed credentials, though they did not matter: what is on the way should not have to know that.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-store");

/// What a request says of how it wants to be answered.
#[derive(Clone, Debug)]
pub(super) struct Wishes {
    pub(super) media_type: MediaType,
    /// Whether it shows nothing that says who asks.
    pub(super) is_bare: bool,
    /// What it has already; only a request that changes nothing by its method may say so.
    has: Option<HeaderValue>,
}

impl Wishes {
    /// What a request by `method` says in its `headers`.
    pub(super) fn of(media_type: MediaType, method: &Method, headers: &HeaderMap) -> Self {
        let shows = |name| headers.contains_key(name);
        let may_have = matches!(*method, Method::GET | Method::HEAD);
        Self {
            media_type,
            is_bare: !shows(header::AUTHORIZATION) && !shows(header::COOKIE),
            has: may_have
                .then(|| headers.get(header::IF_NONE_MATCH).cloned())
                .flatten(),
        }
    }

    /// Whether it has the answer of this tag. Compared weakly, as RFC 9110 §13.1.2 wants it.
    fn has(&self, etag: &HeaderValue) -> bool {
        let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
        let (Some(Ok(known)), Ok(etag)) =
            (self.has.as_ref().map(HeaderValue::to_str), etag.to_str())
        else {
            return false;
        };
        let etag = opaque(etag);
        known
            .split(',')
            .any(|tag| tag.trim() == "*" || opaque(tag) == etag)
    }
}

/// The response that says `answer`.
pub(super) fn response(answer: &KeptAnswer, wishes: &Wishes) -> Response {
    let is_known = wishes.is_bare && wishes.has(answer.etag());
    let mut response = if is_known {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        Response::new(Body::from(answer.body().clone()))
    };
    let headers = response.headers_mut();
    headers.reserve(16);
    if !is_known {
        let content_type = HeaderValue::from_static(wishes.media_type.content_type());
        headers.insert(header::CONTENT_TYPE, content_type);
    }
    if wishes.is_bare {
        headers.insert(header::CACHE_CONTROL, answer.cache_control().clone());
        headers.insert(header::ETAG, answer.etag().clone());
        headers.insert(header::AGE, answer.age().as_secs().into());
    } else {
        headers.insert(header::CACHE_CONTROL, PRIVATE);
    }
    headers.insert(header::VARY, VARY);
    response
}
