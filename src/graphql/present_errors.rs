//! The one place where errors become what clients read: the envelope of code, request id, documentation and
//! details. Fails closed: what is not known to be safe is masked and logged.

use super::guards::Refusal;
use crate::{error::Error, platform::telemetry::RequestId};
use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};
use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

/// Longest message of the library's that is passed on, in characters: some repeat what was sent.
const LONGEST_MESSAGE: usize = 200;
/// Most errors in the answer to a request that was not executed: a faulty document can have thousands. None is said twice.
const MOST_ERRORS: usize = 10;

/// The extension that says how many errors are not shown, where there are more than `GRAPHQL_MAX_ERRORS`.
const LEFT_OUT: &str = "errorsLeftOut";

/// The extension that says how many seconds to wait.
pub(crate) const RETRY_AFTER: &str = "retryAfterSeconds";

/// Gives every error of `response` the envelope.
pub(crate) fn present_errors(mut response: Response, request_id: &RequestId) -> Response {
    if !was_executed(&response) {
        let mut said = HashSet::new();
        response
            .errors
            .retain(|error| said.len() < MOST_ERRORS && said.insert(shortened(&error.message)));
    }
    for error in &mut response.errors {
        present(error, request_id);
    }
    response
}

/// Leaves out what goes beyond `most` errors, and says how many those were.
pub(crate) fn cut_errors(mut response: Response, most: usize) -> Response {
    let beyond = response.errors.len().saturating_sub(most);
    if beyond > 0 {
        response.errors.truncate(most);
        let beyond = Value::Number(beyond.into());
        response.extensions.insert(LEFT_OUT.to_owned(), beyond);
    }
    response
}

/// The answer that is this error and nothing else.
pub(crate) fn answer_of(error: Error, request_id: &RequestId) -> Response {
    let mut shown = ServerError::new(error.to_string(), None);
    shown.source = Some(Arc::new(error));
    present_errors(Response::from_errors(vec![shown]), request_id)
}

/// Whether execution began: otherwise the fault is in the request, and there is no data to speak of.
pub(crate) fn was_executed(response: &Response) -> bool {
    response.data != Value::Null
        || response.errors.is_empty()
        || response.errors.iter().any(|error| !error.path.is_empty())
}

/// The extensions of an error, for answers that were made without GraphQL too.
#[derive(Clone, Debug)]
pub(crate) struct Envelope<'a> {
    /// The stable code.
    pub(crate) code: &'static str,
    /// The path of the argument at fault, what kind of fault it is and what would be right.
    pub(crate) detail: Option<(&'a str, &'static str, &'a str)>,
}

impl Envelope<'_> {
    /// As a value of GraphQL's.
    pub(crate) fn extensions(&self, request_id: &RequestId) -> ErrorExtensionValues {
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", self.code);
        extensions.set("requestId", request_id.as_str());
        let anchor = self.code.to_ascii_lowercase();
        extensions.set("documentationUrl", format!("docs/errors.md#{anchor}"));
        if let Some((field, issue, message)) = self.detail {
            let detail = BTreeMap::from([("field", field), ("issue", issue), ("message", message)])
                .into_iter()
                .map(|(key, value)| (async_graphql::Name::new(key), Value::from(value)))
                .collect();
            extensions.set("details", Value::List(vec![Value::Object(detail)]));
        }
        extensions
    }
}

fn present(error: &mut ServerError, request_id: &RequestId) {
    if let Some(known) = error.source::<Error>().cloned() {
        if let Error::Internal { source, at } = &known {
            tracing::error!(%at, error = format!("{source:#}"), path = ?error.path, "internal error");
        }
        error.message = known.to_string();
        let detail = match &known {
            Error::Invalid { field, message } => {
                Some((field.as_str(), "INVALID", message.as_str()))
            }
            Error::IdempotencyKeyInvalid { field, message } => Some((*field, "INVALID", *message)),
            _ => None,
        };
        let envelope = Envelope {
            code: known.code(),
            detail,
        };
        let mut extensions = envelope.extensions(request_id);
        if let Error::RateLimited { after } = &known {
            extensions.set(RETRY_AFTER, after.as_secs() + 1);
        }
        error.extensions = Some(extensions);
    } else if let Some(refusal) = error.source::<Refusal>().cloned() {
        error.message.clone_from(&refusal.message);
        let envelope = Envelope {
            code: refusal.code,
            detail: Some((refusal.field, refusal.issue, &refusal.message)),
        };
        error.extensions = Some(envelope.extensions(request_id));
    } else if error.source.is_none() && is_about_the_request(error) {
        error.message = shortened(without_value(&error.message));
        let envelope = Envelope {
            code: "VALIDATION_ERROR",
            detail: None,
        };
        error.extensions = Some(envelope.extensions(request_id));
    } else {
        tracing::error!(error = error.message, path = ?error.path, "an error that is not ours");
        mask(error, request_id);
    }
    // Clients find the code there; where it came from is for the log.
    error.source = None;
}

/// Whether the library says something about what was sent. Before execution it says nothing else; during it, it
/// speaks of arguments that cannot be read and of much that is our own fault.
fn is_about_the_request(error: &ServerError) -> bool {
    const ABOUT_ARGUMENTS: [&str; 3] =
        ["Failed to parse \"", "Expected input type \"", "Variable "];
    error.path.is_empty()
        || ABOUT_ARGUMENTS
            .iter()
            .any(|beginning| error.message.starts_with(beginning))
}

fn mask(error: &mut ServerError, request_id: &RequestId) {
    let masked = Error::internal(anyhow::anyhow!("masked"));
    error.message = masked.to_string();
    let envelope = Envelope {
        code: masked.code(),
        detail: None,
    };
    error.extensions = Some(envelope.extensions(request_id));
}

/// `message` without the value that was sent in the place of another: it may be a password.
fn without_value(message: &str) -> &str {
    let is_about_a_value = message.contains("Expected input type \"");
    let end = message.find(", found ").filter(|_| is_about_a_value);
    &message[..end.unwrap_or(message.len())]
}

/// At most [`LONGEST_MESSAGE`] characters of `message`.
pub(super) fn shortened(message: &str) -> String {
    match message.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}…", &message[..end]),
        None => message.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::{PathSegment, Pos};

    fn presented(error: ServerError) -> serde_json::Value {
        let response = present_errors(
            Response::from_errors(vec![error]),
            &RequestId::parse("test").unwrap(),
        );
        serde_json::to_value(&response.errors[0]).unwrap()
    }

    fn from_resolver(source: Option<Arc<dyn std::any::Any + Send + Sync>>) -> ServerError {
        let mut error = ServerError::new("postgres: password leaked", Some(Pos::default()));
        error.source = source;
        error.path = vec![PathSegment::Field("products".to_owned())];
        error
    }

    #[test]
    fn our_errors_keep_their_words() {
        let error = Error::invalid("first", "Ask for 1 to 100.");
        let presented = presented(from_resolver(Some(Arc::new(error))));
        assert_eq!(presented["message"], "first: Ask for 1 to 100.");
        assert_eq!(presented["path"][0], "products");
        assert_eq!(
            presented["extensions"],
            serde_json::json!({
                "code": "VALIDATION_ERROR",
                "requestId": "test",
                "documentationUrl": "docs/errors.md#validation_error",
                "details": [{ "field": "first", "issue": "INVALID", "message": "Ask for 1 to 100." }],
            })
        );
    }

    #[test]
    fn what_is_internal_or_not_ours_is_masked() {
        let sources: [Option<Arc<dyn std::any::Any + Send + Sync>>; 3] = [
            Some(Arc::new(Error::internal(anyhow::anyhow!("secret")))),
            Some(Arc::new(sea_orm::DbErr::Custom("secret".to_owned()))),
            None,
        ];
        for source in sources {
            let presented = presented(from_resolver(source));
            assert_eq!(presented["extensions"]["code"], "INTERNAL_ERROR");
            assert_eq!(presented["message"], "Something went wrong on our side.");
        }
    }

    #[test]
    fn values_are_not_repeated() {
        let said = "Expected input type \"String\", found {it: \"secret\"}. (occurred while parsing \"Input\")";
        let presented = presented(ServerError::new(said, None));
        assert_eq!(presented["message"], "Expected input type \"String\"");
    }

    #[test]
    fn the_library_is_cut_short() {
        let response = Response::from_errors(
            (0..100)
                .map(|number| ServerError::new(format!("{number} {}", "é".repeat(5_000)), None))
                .collect(),
        );
        let response = present_errors(response, &RequestId::parse("test").unwrap());
        assert_eq!(response.errors.len(), MOST_ERRORS);
        assert_eq!(
            response.errors[0].message.chars().count(),
            LONGEST_MESSAGE + 1
        );
    }

    #[test]
    fn nothing_is_said_twice_of_what_is_not_executed() {
        let errors = vec![ServerError::new("Unknown directive \"aa\"", None); 10_000];
        let response = Response::from_errors(errors);
        let response = present_errors(response, &RequestId::parse("test").unwrap());
        assert_eq!(response.errors.len(), 1);
    }

    #[test]
    fn an_answer_says_how_many_errors_it_leaves_out() {
        let response = |errors| {
            let mut response = Response::new(Value::from(1));
            response.errors = vec![from_resolver(None); errors];
            response
        };
        assert_eq!(cut_errors(response(7), 7).extensions.len(), 0);
        let cut = cut_errors(response(10), 7);
        assert_eq!(cut.errors.len(), 7);
        assert_eq!(cut.extensions[LEFT_OUT], Value::from(3));
    }
}
