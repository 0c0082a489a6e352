//! Under what an answer is kept.

use crate::graphql::documents::Document;
use async_graphql::{Value, Variables};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Names an answer by all that shapes it: the document, which operation of it, and the operation's variables. Settings shape answers
/// too, but do not change while the process runs; and who asks does not shape those that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(in crate::graphql) struct AnswerKey([u8; 32]);

impl AnswerKey {
    /// The key of the answer to `document` with `variables`. The same objects written in another order are
    /// the same, and variables that the operation does not declare count for nothing.
    pub(in crate::graphql) fn new(document: &Document, variables: &Variables) -> Self {
        let mut said = String::new();
        // By name, as the map has them.
        for (name, value) in variables.iter() {
            let definitions = &document.operation().variable_definitions;
            if definitions
                .iter()
                .any(|known| known.node.name.node == *name)
            {
                // A name holds no colon.
                let _ = write!(said, "{name}:");
                write_value(&mut said, value);
            }
        }
        let mut hash = Sha256::new();
        hash.update(document.digest);
        hash.update(said);
        Self(hash.finalize().into())
    }
}

/// As GraphQL writes it, with the fields of objects in order. Text is quoted, so no two values look alike.
fn write_value(out: &mut String, value: &Value) {
    match value {
        Value::List(items) => {
            out.push('[');
            for item in items {
                write_value(out, item);
                out.push(',');
            }
            out.push(']');
        }
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_unstable_by_key(|(name, _)| *name);
            out.push('{');
            for (name, value) in fields {
                write_value(out, &Value::String(name.to_string()));
                out.push(':');
                write_value(out, value);
                out.push(',');
            }
            out.push('}');
        }
        Value::String(text) => {
            let _ = write!(out, "{text:?}");
        }
        other => {
            let _ = write!(out, "{other}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::parser::parse_query;
    use serde_json::{Value as Json, json};

    fn key(text: &str, variables: Json) -> AnswerKey {
        let mut document = Document::select(parse_query(text).unwrap(), text.into(), None).unwrap();
        document.digest = Document::digest_of(text, None);
        AnswerKey::new(&document, &Variables::from_json(variables))
    }

    #[test]
    fn what_means_the_same_is_the_same() {
        let text = "query ($a: Int, $b: X) { f(a: $a, b: $b) }";
        let one = key(
            text,
            json!({ "a": 1, "b": { "x": [1, { "p": 1, "q": 2 }], "y": null } }),
        );
        let other = json!({ "b": { "y": null, "x": [1, { "q": 2, "p": 1 }] }, "c": 9, "a": 1 });
        assert_eq!(one, key(text, other));
    }

    #[test]
    fn what_differs_differs() {
        let text = "query ($a: X, $b: X) { f(a: $a, b: $b) }";
        let values = [
            json!(null),
            json!(1),
            json!("1"),
            json!("null"),
            json!([1]),
            json!([[1]]),
            json!([1, 2]),
            json!([12]),
            json!({}),
            json!([]),
            json!({ "a": 1 }),
            json!({ "a": "1" }),
            json!({ "a:1,b": 1 }),
            json!({ "a": 1, "b": 1 }),
            json!("\"b\":1"),
            json!("1b:1"),
        ];
        let mut keys = std::collections::HashSet::new();
        keys.insert(key(text, json!({})));
        for value in &values {
            assert!(keys.insert(key(text, json!({ "a": value }))), "a {value}");
            assert!(keys.insert(key(text, json!({ "b": value }))), "b {value}");
            assert!(
                keys.insert(key(text, json!({ "a": value, "b": 1 }))),
                "a b {value}"
            );
        }
        assert_ne!(key("{ a }", json!({})), key("{ a  }", json!({})));
    }
}
