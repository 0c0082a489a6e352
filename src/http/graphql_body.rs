//! The bodies of answers.

use crate::graphql::json;
use async_graphql::{Response as Answer, ServerError, Value};
use async_graphql_axum::GraphQLResponse;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use std::collections::BTreeMap;

/// What is written of an answer without data. Ours rather than the library's, which writes `"data": null`: the specification has no
/// such entry there, and clients tell by it what failed.
#[derive(Debug, Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

/// `answer` as JSON, with its headers.
pub(super) fn with_values(answer: Answer) -> Response {
    GraphQLResponse::from(answer).into_response()
}

/// The same; objects in it may be text already.
pub(super) fn with_text(answer: Answer) -> Response {
    let body = json::written(&answer);
    (answer.http_headers, body).into_response()
}

/// `answer` as JSON, with its headers and without its data.
///
/// # Errors
/// A value that JSON has no form for.
pub(super) fn without_data(answer: Answer) -> serde_json::Result<Response> {
    let body = written(&answer)?;
    Ok((answer.http_headers, body).into_response())
}

fn written(answer: &Answer) -> serde_json::Result<String> {
    serde_json::to_string(&Body {
        errors: &answer.errors,
        extensions: &answer.extensions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_data_stands_there() {
        let failed = Answer::from_errors(vec![ServerError::new("No.", None)]);
        let failed = failed.extension("seen", Value::from(1));
        assert_eq!(
            written(&failed).unwrap(),
            r#"{"errors":[{"message":"No."}],"extensions":{"seen":1}}"#
        );
    }
}
