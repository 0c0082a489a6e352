//! Texts that databases, logs and people read differently than programs do.

use crate::support::TestApp;
use serde_json::json;

/// A NUL, which PostgreSQL takes in no text; a change of direction; combining marks without end; what no font has.
const TEXTS: [&str; 7] = [
    "a\u{0}b",
    "\u{202e}gnp.exe",
    "\u{feff}a",
    "e\u{301}\u{301}\u{301}\u{301}",
    "\u{10ffff}",
    "%_'\"\\;--",
    "\u{1f469}\u{200d}\u{1f469}\u{200d}\u{1f467}",
];

on_both_databases! {
    async fn texts_are_never_a_fault_of_the_server(app: TestApp) {
        let document = "query($text: String!, $id: ID!, $tags: [String!]) {
            search(query: $text) { totalCount }
            product(slug: $text) { id }
            products(filter: { tags: $tags }) { totalCount }
            node(id: $id) { id }
        }";
        for text in TEXTS {
            let variables = json!({ "text": text, "id": text, "tags": [text] });
            let reply = app.gql(document, variables).await;
            let said = reply.body.to_string();
            assert!(reply.status.as_u16() < 500 && !said.contains("INTERNAL_ERROR"), "{text:?}: {said}");
            // The same written out in the document.
            let literal = json!(text).to_string();
            let reply = app.gql(&format!("{{ product(slug: {literal}) {{ id }} }}"), json!({})).await;
            let said = reply.body.to_string();
            assert!(reply.status.as_u16() < 500 && !said.contains("INTERNAL_ERROR"), "{text:?}: {said}");
        }
    }

    async fn names_are_letters_of_ascii(app: TestApp) {
        for document in ["{ nämé }", "{ \u{202e}a }", "{ a\u{0} }", "{ __typename \\u0061 }"] {
            let reply = app.gql(document, json!({})).await;
            assert_eq!(reply.error_code(), "VALIDATION_ERROR", "{document:?}");
        }
        // A mark of byte order counts as a space.
        let reply = app.gql("\u{feff}{ __typename }", json!({})).await;
        assert!(reply.status.as_u16() < 500);
    }
}
