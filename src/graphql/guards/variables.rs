//! How large the variables of a request are, before anything reads them. JSON's own reader has bounded how deep we recurse.

use super::limits::{Refusal, VariablesLimits};
use async_graphql::{Value, Variables};

/// Refuses what is too large, nests too deep, or holds too long a list.
pub(in crate::graphql) fn check_size(
    variables: &Variables,
    limits: &VariablesLimits,
) -> Result<(), Refusal> {
    let mut whole = Size::default();
    for (name, value) in variables.iter() {
        whole.add(name.len(), Size::of(value));
    }
    limits.depth.admit(whole.depth)?;
    limits.list_items.admit(whole.items)?;
    limits.bytes.admit(whole.bytes)
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Size {
    /// About as many as its shortest JSON has; what is escaped there counts as it is meant.
    bytes: usize,
    /// How deep lists and objects nest.
    depth: usize,
    /// Items of the longest list.
    items: usize,
}

impl Size {
    fn of(value: &Value) -> Self {
        let mut size = Self::default();
        match value {
            Value::Null => size.bytes = 4,
            Value::Boolean(_) => size.bytes = 5,
            // The longest that JSON's numbers are kept as.
            Value::Number(_) => size.bytes = 20,
            Value::String(text) => size.bytes = text.len() + 2,
            Value::Enum(name) => size.bytes = name.len(),
            Value::Binary(bytes) => size.bytes = bytes.len(),
            Value::List(items) => {
                for item in items {
                    size.add(0, Self::of(item));
                }
                size.inside();
                size.items = size.items.max(items.len());
            }
            Value::Object(fields) => {
                for (name, value) in fields {
                    size.add(name.len() + 3, Self::of(value));
                }
                size.inside();
            }
        }
        size
    }

    /// Takes in `other`, of a name of so many bytes.
    fn add(&mut self, name: usize, other: Self) {
        self.bytes = self.bytes.saturating_add(name + 1 + other.bytes);
        self.depth = self.depth.max(other.depth);
        self.items = self.items.max(other.items);
    }

    fn inside(&mut self) {
        self.bytes += 2;
        self.depth += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graphql::guards::limits::tests::limits;
    use serde_json::{Value as Json, json};

    fn check(variables: Json) -> Result<(), Refusal> {
        check_size(&Variables::from_json(variables), &limits().variables)
    }

    fn nested(levels: usize) -> Json {
        (0..levels).fold(json!(1), |inside, level| match level % 2 {
            0 => json!([inside]),
            _ => json!({ "a": inside }),
        })
    }

    #[test]
    fn each_limit_is_named() {
        assert_eq!(
            check(json!({ "a": nested(16), "b": "x".repeat(100_000) })),
            Ok(())
        );
        for (variables, setting) in [
            (json!({ "a": nested(17) }), "GRAPHQL_MAX_VARIABLES_DEPTH"),
            (
                json!({ "a": { "b": vec![1; 251] } }),
                "GRAPHQL_MAX_LIST_ITEMS",
            ),
            (
                json!({ "a": "x".repeat(131_072) }),
                "GRAPHQL_MAX_VARIABLES_BYTES",
            ),
            (
                json!({ "x".repeat(131_072): 1 }),
                "GRAPHQL_MAX_VARIABLES_BYTES",
            ),
        ] {
            let refusal = check(variables).unwrap_err();
            assert!(refusal.message.contains(setting), "{refusal}");
            assert_eq!(refusal.field, "variables");
        }
    }
}
