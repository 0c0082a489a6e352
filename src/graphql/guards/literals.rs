//! What a document's own values hold. The scan has bounded how deep they nest.

use async_graphql_value::Value;

/// How many items the longest list in `value` has.
pub(super) fn largest_list(value: &Value) -> usize {
    match value {
        Value::List(items) => items.iter().map(largest_list).fold(items.len(), usize::max),
        Value::Object(fields) => fields.values().map(largest_list).fold(0, usize::max),
        _ => 0,
    }
}
