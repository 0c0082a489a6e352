//! The body of an answer.

use async_graphql::{Response as Answer, ServerError, Value};
use serde::Serialize;
use std::collections::BTreeMap;

/// What is written of an answer. Ours rather than the library's, which writes `"data": null` where nothing was executed: there
/// the specification has no such entry, and clients tell by it what failed.
#[derive(Debug, Serialize)]
struct Body<'a> {
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    errors: &'a [ServerError],
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<&'a Value>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    extensions: &'a BTreeMap<String, Value>,
}

/// `answer` as JSON; its data only where it `has_data`.
///
/// # Errors
/// A value that JSON has no form for.
pub(super) fn written(answer: &Answer, has_data: bool) -> serde_json::Result<String> {
    serde_json::to_string(&Body {
        errors: &answer.errors,
        data: has_data.then_some(&answer.data),
        extensions: &answer.extensions,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_stands_there_only_where_there_is_some() {
        let failed = Answer::from_errors(vec![ServerError::new("No.", None)]);
        assert_eq!(
            written(&failed, false).unwrap(),
            r#"{"errors":[{"message":"No."}]}"#
        );
        let done = Answer::new(Value::from(true)).extension("seen", Value::from(1));
        assert_eq!(
            written(&done, true).unwrap(),
            r#"{"data":true,"extensions":{"seen":1}}"#
        );
    }
}
