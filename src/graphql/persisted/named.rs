//! How a request says which document it wants run.

use crate::graphql::guards::Refusal;
use async_graphql::{Request, Value};
use std::any::TypeId;

/// The id of a document, which a request sends in the place of its text: `documentId` of GraphQL over HTTP, or Relay's `id` and
/// `doc_id`. It is given to the engine as data of the request.
#[derive(Clone, Debug)]
pub struct DocumentId(
    /// As it was sent.
    pub String,
);

/// The member of `extensions` by which Apollo's protocol names a document.
const EXTENSION: &str = "persistedQuery";
/// The one version that the protocol has.
const VERSION: i64 = 1;

/// What a request names its document by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::graphql) enum Named<'a> {
    /// Its text, and nothing else.
    Text,
    /// An id, and no text.
    Id(&'a str),
    /// The hash of a text, which may be there as well.
    Hash {
        hash: &'a str,
        /// Whether it follows the protocol that we know.
        is_known: bool,
    },
}

impl<'a> Named<'a> {
    /// Reads it from the request's data and extensions.
    pub(in crate::graphql) fn of(request: &'a Request) -> Result<Self, Refusal> {
        let id = request.data.get(&TypeId::of::<DocumentId>());
        if let Some(DocumentId(id)) = id.and_then(|id| id.downcast_ref()) {
            return Ok(Self::Id(without_algorithm(id)));
        }
        let Some(extension) = request.extensions.0.get(EXTENSION) else {
            return Ok(Self::Text);
        };
        let Value::Object(members) = extension else {
            return Err(malformed());
        };
        let Some(Value::String(hash)) = members.get("sha256Hash") else {
            return Err(malformed());
        };
        let is_known = match members.get("version") {
            Some(Value::Number(version)) => version.as_i64() == Some(VERSION),
            _ => false,
        };
        Ok(Self::Hash {
            hash: without_algorithm(hash),
            is_known,
        })
    }
}

/// Some clients name the algorithm before the hash, as GraphQL over HTTP has it, and some do not.
pub(super) fn without_algorithm(id: &str) -> &str {
    id.strip_prefix("sha256:").unwrap_or(id)
}

fn malformed() -> Refusal {
    Refusal {
        field: "extensions.persistedQuery",
        ..Refusal::malformed(
            "The extension `persistedQuery` is an object with `version`, which is 1, and `sha256Hash`, which is a string.",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value as Json, json};

    fn request(extension: Option<Json>) -> Request {
        let mut request = Request::new("{ a }");
        if let Some(extension) = extension {
            let value = Value::from_json(extension).unwrap();
            request.extensions.0.insert(EXTENSION.to_owned(), value);
        }
        request
    }

    #[test]
    fn a_hash_an_id_or_the_text_itself() {
        assert_eq!(Named::of(&request(None)), Ok(Named::Text));
        for (extension, hash, is_known) in [
            (json!({ "version": 1, "sha256Hash": "ab" }), "ab", true),
            (
                json!({ "version": 1, "sha256Hash": "sha256:ab", "miss": true }),
                "ab",
                true,
            ),
            (json!({ "version": 2, "sha256Hash": "ab" }), "ab", false),
            (json!({ "sha256Hash": "ab" }), "ab", false),
        ] {
            let request = request(Some(extension));
            assert_eq!(Named::of(&request), Ok(Named::Hash { hash, is_known }));
        }
        let extension = Some(json!({ "version": 1, "sha256Hash": "ab" }));
        let request = request(extension).data(DocumentId("sha256:cd".to_owned()));
        assert_eq!(Named::of(&request), Ok(Named::Id("cd")));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for extension in [json!(1), json!({}), json!({ "sha256Hash": 1 }), json!([])] {
            let refusal = Named::of(&request(Some(extension))).unwrap_err();
            assert_eq!(refusal.field, "extensions.persistedQuery");
        }
    }
}
