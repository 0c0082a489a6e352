//! Reading a GraphQL request out of an HTTP request.

use super::refused::Refused;
use crate::graphql::{answers::RawKey, persisted::DocumentId};
use async_graphql::{Request as GraphqlRequest, Value, Variables};
use axum::{
    body::Bytes,
    extract::{FromRequest, Request},
    http::{HeaderMap, Method, StatusCode, header},
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::error::Category;
use std::collections::HashMap;
use url::form_urlencoded;

/// What a request may hold. Unknown members are passed over, as the specification asks.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Parameters {
    query: Option<String>,
    /// The id of a persisted document, of GraphQL over HTTP's appendix A.
    document_id: Option<String>,
    /// What Relay's documentation sends in its place. Others may mean something else by it.
    #[serde(rename = "doc_id")]
    doc_id: Option<Value>,
    id: Option<Value>,
    operation_name: Option<String>,
    variables: Option<Variables>,
    extensions: Option<HashMap<String, Value>>,
}

impl Parameters {
    /// The request that they make.
    pub(super) fn into_request(self) -> Result<GraphqlRequest, Refused> {
        let query = self.query.filter(|query| !query.trim().is_empty());
        let text = |value| match value {
            Some(Value::String(text)) => Some(text),
            _ => None,
        };
        let document_id = self.document_id.filter(|id| !id.is_empty());
        let extensions = self.extensions.unwrap_or_default();
        let mut request = match (query, document_id) {
            (Some(_), Some(_)) => {
                return Err(bad_request(
                    "The request has a document in `query` and the id of one in `documentId`. Send one of them.",
                ));
            }
            (Some(query), None) => GraphqlRequest::new(query),
            (None, id) => match id.or_else(|| text(self.doc_id)).or_else(|| text(self.id)) {
                Some(id) => GraphqlRequest::new("").data(DocumentId(id)),
                None if extensions.contains_key("persistedQuery") => GraphqlRequest::new(""),
                None => {
                    return Err(bad_request(
                        "The request has no GraphQL document in `query`, and no id of one in `documentId` or \
                         `extensions.persistedQuery`.",
                    ));
                }
            },
        };
        // Many clients send an empty name for none.
        request.operation_name = self.operation_name.filter(|name| !name.is_empty());
        request.variables = self.variables.unwrap_or_default();
        request.extensions.0 = extensions;
        Ok(request)
    }
}

/// The bytes of the GraphQL request in `request`: the body of a POST, or the query string.
pub(super) async fn receive(request: Request) -> Result<RawKey, Refused> {
    if request.method() != Method::POST {
        return Ok(query_string(&request));
    }
    check_content_type(request.headers())?;
    let bytes = Bytes::from_request(request, &())
        .await
        .map_err(|rejection| {
            if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
                Refused::invalid(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    "The body is larger than this server takes (REQUEST_BODY_LIMIT_BYTES).",
                )
            } else {
                bad_request("The body could not be read to its end.")
            }
        })?;
    Ok(RawKey {
        is_get: false,
        bytes,
    })
}

/// The query string, by which is asked what is not in a body.
pub(super) fn query_string(request: &Request) -> RawKey {
    let query = request.uri().query().unwrap_or_default();
    RawKey {
        is_get: true,
        bytes: Bytes::copy_from_slice(query.as_bytes()),
    }
}

/// Reads what was received.
pub(super) fn read(raw: &RawKey) -> Result<GraphqlRequest, Refused> {
    if raw.is_get {
        // The bytes are those of a text.
        let query = std::str::from_utf8(&raw.bytes).unwrap_or_default();
        return from_query_string(query)?.into_request();
    }
    from_json(&raw.bytes)?.into_request()
}

/// JSON only: browsers send any other type that this could be from any page, with the user's cookies.
pub(super) fn check_content_type(headers: &HeaderMap) -> Result<(), Refused> {
    let refused = |message| Refused::invalid(StatusCode::UNSUPPORTED_MEDIA_TYPE, message);
    let mut parts = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default()
        .split(';')
        .map(str::trim);
    let is_json = parts
        .next()
        .is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts
        .filter_map(|parameter| parameter.split_once('='))
        .filter(|(name, _)| name.trim().eq_ignore_ascii_case("charset"))
        .all(|(_, charset)| {
            charset
                .trim()
                .trim_matches('"')
                .eq_ignore_ascii_case("utf-8")
        });
    // A compressed body would be larger than its limit.
    let is_plain = headers
        .get_all(header::CONTENT_ENCODING)
        .iter()
        .all(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if !is_json {
        Err(refused(
            "GraphQL requests are sent as JSON: set the header Content-Type to application/json.",
        ))
    } else if !is_utf8 {
        Err(refused(
            "JSON is read as UTF-8 only: leave `charset` out of the header Content-Type, or set it to utf-8.",
        ))
    } else if !is_plain {
        Err(refused(
            "Bodies are read as they are: send this one without compression, and without the header Content-Encoding.",
        ))
    } else {
        Ok(())
    }
}

fn from_json(body: &[u8]) -> Result<Parameters, Refused> {
    if body.trim_ascii_start().starts_with(b"[") {
        return Err(bad_request(
            "Several requests in one body are not answered. Send them one by one.",
        ));
    }
    json(body, "The body")
}

fn from_query_string(query: &str) -> Result<Parameters, Refused> {
    let mut parameters = Parameters::default();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        match &*name {
            "query" => parameters.query = Some(value.into_owned()),
            "documentId" => parameters.document_id = Some(value.into_owned()),
            "doc_id" => parameters.doc_id = Some(Value::String(value.into_owned())),
            "id" => parameters.id = Some(Value::String(value.into_owned())),
            "operationName" => parameters.operation_name = Some(value.into_owned()),
            "variables" if !value.is_empty() => {
                parameters.variables = json(value.as_bytes(), "The parameter `variables`")?;
            }
            "extensions" if !value.is_empty() => {
                parameters.extensions = json(value.as_bytes(), "The parameter `extensions`")?;
            }
            _ => {}
        }
    }
    Ok(parameters)
}

/// Reads JSON, and repeats nothing of it where it is wrong.
fn json<T: DeserializeOwned>(text: &[u8], what: &str) -> Result<T, Refused> {
    serde_json::from_slice(text).map_err(|error| {
        bad_request(match error.classify() {
            Category::Data => format!(
                "{what} does not have the form of a GraphQL request: `query`, `documentId` and \
                 `operationName` are strings, `variables` and `extensions` are objects."
            ),
            // The reader's own bound, which keeps it from running out of stack; it names no kind of its own.
            _ if error.to_string().starts_with("recursion limit exceeded") => format!(
                "{what} nests lists and objects deeper than any request may (GRAPHQL_MAX_VARIABLES_DEPTH)."
            ),
            _ => format!(
                "{what} is not valid JSON at line {}, column {}.",
                error.line(),
                error.column()
            ),
        })
    })
}

fn bad_request(message: impl Into<std::borrow::Cow<'static, str>>) -> Refused {
    Refused::invalid(StatusCode::BAD_REQUEST, message)
}
