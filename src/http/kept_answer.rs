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
const VARY: HeaderValue =
    HeaderValue::from_static("accept, accept-encoding, authorization, cookie");
/// For whoever showed credentials, though they did not matter: what is on the way should not have to know that.
const PRIVATE: HeaderValue = HeaderValue::from_static("private, no-store");

/// What a request says of how it wants to be answered.
#[derive(Clone, Debug)]
pub(super) struct Wishes {
    pub(super) media_type: MediaType,
    /// Whether it shows nothing that says who asks.
    pub(super) is_bare: bool,
    /// Whether it takes gzip. It is made once for all who take it; whatever else they take would be made for each.
    takes_gzip: bool,
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
            takes_gzip: headers
                .get_all(header::ACCEPT_ENCODING)
                .iter()
                .any(takes_gzip),
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

/// Whether the header's value names gzip, and not as what is not wanted (RFC 9110 §12.5.3).
fn takes_gzip(value: &HeaderValue) -> bool {
    value.to_str().unwrap_or_default().split(',').any(|coding| {
        let mut parts = coding.split(';').map(str::trim);
        let is_gzip = parts
            .next()
            .is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
        let quality = parts.find_map(|part| part.strip_prefix("q="));
        let is_wanted = quality.is_none_or(|quality| quality.parse::<f32>().is_ok_and(|q| q > 0.0));
        is_gzip && is_wanted
    })
}

/// The response that says `answer`.
pub(super) fn response(answer: &KeptAnswer, wishes: &Wishes) -> Response {
    let is_known = wishes.is_bare && wishes.has(answer.etag());
    let mut response = if is_known {
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        response
    } else {
        let gzipped = wishes.takes_gzip.then(|| answer.gzipped()).flatten();
        let body = gzipped.unwrap_or_else(|| answer.body());
        let mut response = Response::new(Body::from(body.clone()));
        if gzipped.is_some() {
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    };
    let headers = response.headers_mut();
    headers.reserve(16);
    if !is_known {
        let content_type = HeaderValue::from_static(wishes.media_type.content_type());
        headers.insert(header::CONTENT_TYPE, content_type);
    }
    label(headers, answer, wishes);
    response
}

/// Says with `response`, which whoever had `answer` made is told, what is said with those that follow.
pub(super) fn first(mut response: Response, answer: &KeptAnswer, wishes: &Wishes) -> Response {
    if wishes.is_bare && wishes.has(answer.etag()) {
        return self::response(answer, wishes);
    }
    label(response.headers_mut(), answer, wishes);
    response
}

fn label(headers: &mut HeaderMap, answer: &KeptAnswer, wishes: &Wishes) {
    if wishes.is_bare {
        headers.insert(header::CACHE_CONTROL, answer.cache_control().clone());
        headers.insert(header::ETAG, answer.etag().clone());
        headers.insert(header::AGE, answer.age().as_secs().into());
    } else {
        headers.insert(header::CACHE_CONTROL, PRIVATE);
    }
    headers.insert(header::VARY, VARY);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gzip_is_taken_by_those_who_say_so() {
        for (value, expected) in [
            ("gzip, deflate, br, zstd", true),
            ("br;q=1.0, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("gzip;q=0.000, br", false),
            ("gzip;q=nonsense", false),
            ("identity", false),
            ("gzipped", false),
            ("", false),
        ] {
            assert_eq!(
                takes_gzip(&HeaderValue::from_static(value)),
                expected,
                "{value}"
            );
        }
    }
}
