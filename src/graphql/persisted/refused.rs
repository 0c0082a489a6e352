//! What is said to those whose documents are not found, or not run. Clients of Apollo's and urql's branch on the codes and on
//! the messages of the first two, so both are the protocol's own.

use crate::graphql::guards::Refusal;

/// A text came with the hash of another.
pub(crate) const HASH_MISMATCH: &str = "PERSISTED_QUERY_HASH_MISMATCH";

/// The client is to send the text as well.
pub(in crate::graphql) fn not_found() -> Refusal {
    refusal("PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
}

/// The client is to send texts only.
pub(in crate::graphql) fn not_supported() -> Refusal {
    refusal(
        "PERSISTED_QUERY_NOT_SUPPORTED",
        "PersistedQueryNotSupported",
    )
}

pub(in crate::graphql) fn hash_mismatch() -> Refusal {
    refusal(
        HASH_MISMATCH,
        "The hash in `extensions.persistedQuery` is not the SHA-256 of the document in `query`. Hash its text as it is sent.",
    )
}

pub(in crate::graphql) fn not_trusted() -> Refusal {
    refusal(
        "DOCUMENT_NOT_TRUSTED",
        "This server runs trusted documents only (GRAPHQL_TRUSTED_MODE), and this is none of them. Add it to the manifest that \
         GRAPHQL_TRUSTED_DOCUMENTS names, and send its id.",
    )
}

fn refusal(code: &'static str, message: &str) -> Refusal {
    Refusal {
        code,
        field: "extensions.persistedQuery",
        issue: "INVALID",
        message: message.to_owned(),
    }
}
