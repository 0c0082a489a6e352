//! Requests that are refused before GraphQL is asked, in GraphQL's own envelope.

use super::accept::MediaType;
use crate::{error::Error, graphql::present_errors::Envelope, platform::telemetry::RequestId};
use axum::{
    body::Body,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::json;
use std::borrow::Cow;

/// An answer that is an error. Handlers return it; the outermost layer, which knows the request's id, writes the
/// body.
#[derive(Clone, Debug)]
pub(super) struct Refused {
    status: StatusCode,
    code: &'static str,
    message: Cow<'static, str>,
    media_type: Option<MediaType>,
}

impl Refused {
    pub(super) fn new(
        status: StatusCode,
        code: &'static str,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            media_type: None,
        }
    }

    /// As an answer of this media type, unless it is of one already; plain JSON where nobody says.
    pub(super) fn of_type(mut self, media_type: Option<MediaType>) -> Self {
        self.media_type = self.media_type.or(media_type);
        self
    }

    /// The client has to ask differently.
    pub(super) fn invalid(status: StatusCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(status, "VALIDATION_ERROR", message)
    }

    /// For an answer with an error's status that says nothing else.
    fn of_status(status: StatusCode) -> Self {
        let reason = status.canonical_reason().unwrap_or("Refused");
        if status == StatusCode::NOT_FOUND {
            Self::new(status, "NOT_FOUND", "There is no such path.")
        } else if status.is_server_error() {
            Self::new(status, Error::Unavailable.code(), reason)
        } else {
            Self::invalid(status, reason)
        }
    }

    /// Gives `response` its body, if it is an error without one.
    pub(super) fn fill_in(response: &mut Response, request_id: &RequestId) {
        let refused = match response.extensions_mut().remove::<Self>() {
            Some(refused) => refused,
            None if is_bare_error(response) => Self::of_status(response.status()),
            None => return,
        };
        let body = json!({ "errors": [refused.error(request_id)] });
        *response.body_mut() = Body::from(body.to_string());
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(
            header::CONTENT_TYPE,
            HeaderValue::from_static(refused.media_type.unwrap_or(MediaType::Json).content_type()),
        );
    }
}

impl Refused {
    /// As an error of GraphQL's.
    pub(super) fn error(&self, request_id: &RequestId) -> serde_json::Value {
        let envelope = Envelope {
            code: self.code,
            detail: None,
        };
        json!({
            "message": self.message,
            "extensions": envelope.extensions(request_id),
        })
    }
}

fn is_bare_error(response: &Response) -> bool {
    let status = response.status();
    (status.is_client_error() || status.is_server_error())
        && !response.headers().contains_key(header::CONTENT_TYPE)
}

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::NotFound(_) => StatusCode::NOT_FOUND,
            Error::Invalid { .. } | Error::IdempotencyKeyInvalid { .. } => StatusCode::BAD_REQUEST,
            Error::Unauthenticated => StatusCode::UNAUTHORIZED,
            Error::Forbidden | Error::NotByKey(_) | Error::StepUpRequired => StatusCode::FORBIDDEN,
            Error::RateLimited { .. } => StatusCode::TOO_MANY_REQUESTS,
            Error::Conflict(_) | Error::IdempotencyKeyReused | Error::IdempotencyInProgress => {
                StatusCode::CONFLICT
            }
            Error::Contended | Error::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Error::Timeout => StatusCode::GATEWAY_TIMEOUT,
            Error::Internal { .. } => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, error.code(), error.to_string())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        if self.status == StatusCode::UNAUTHORIZED {
            // As RFC 6750 asks; only whoever sent a token gets here.
            let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
            let headers = response.headers_mut();
            headers.insert(header::WWW_AUTHENTICATE, challenge);
        }
        response.extensions_mut().insert(self);
        response
    }
}
