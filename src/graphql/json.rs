//! Answers as text.
//!
//! Ours rather than the library's: what [`eager`](super::eager) has executed is text already, and stands among the other values as
//! [`Value::Binary`]. No scalar of ours is binary.

use async_graphql::{Response, Value};
use bytes::Bytes;
use serde::Serialize;

/// The answer as JSON, as the library would write it.
#[must_use]
pub fn written(answer: &Response) -> Vec<u8> {
    let mut out = Vec::with_capacity(size(&answer.data) + 256);
    out.push(b'{');
    if !answer.errors.is_empty() {
        out.extend_from_slice(b"\"errors\":");
        serialize(&mut out, &answer.errors);
        out.push(b',');
    }
    out.extend_from_slice(b"\"data\":");
    write(&mut out, &answer.data);
    if !answer.extensions.is_empty() {
        out.extend_from_slice(b",\"extensions\":");
        serialize(&mut out, &answer.extensions);
    }
    out.push(b'}');
    out
}

/// An object of these fields, as a value that stands for its text. Names of GraphQL need no escaping.
pub(super) fn object<'a>(fields: impl Iterator<Item = (&'a str, Value)>) -> Value {
    let mut out = Vec::with_capacity(256);
    out.push(b'{');
    for (name, value) in fields {
        if out.len() > 1 {
            out.push(b',');
        }
        write_name(&mut out, name);
        write(&mut out, &value);
    }
    out.push(b'}');
    Value::Binary(Bytes::from(out))
}

/// The same of a list.
pub(super) fn list(items: &[Value]) -> Value {
    let mut out = Vec::with_capacity(items.iter().map(size).sum::<usize>() + 2);
    write_list(&mut out, items);
    Value::Binary(Bytes::from(out))
}

fn write(out: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Binary(text) => out.extend_from_slice(text),
        Value::List(items) => write_list(out, items),
        Value::Object(fields) => {
            out.push(b'{');
            for (index, (name, value)) in fields.iter().enumerate() {
                if index > 0 {
                    out.push(b',');
                }
                // A value of the scalar JSON has names of any kind.
                serialize(out, name.as_str());
                out.push(b':');
                write(out, value);
            }
            out.push(b'}');
        }
        plain => serialize(out, plain),
    }
}

fn write_name(out: &mut Vec<u8>, name: &str) {
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
}

fn write_list(out: &mut Vec<u8>, items: &[Value]) {
    out.push(b'[');
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        write(out, item);
    }
    out.push(b']');
}

fn serialize<T: Serialize + ?Sized>(out: &mut Vec<u8>, value: &T) {
    // A vector takes everything, and values of GraphQL are JSON by their nature.
    let _ = serde_json::to_writer(out, value);
}

/// About how many bytes the text takes that is there already, and some for the rest.
fn size(value: &Value) -> usize {
    match value {
        Value::Binary(text) => text.len() + 1,
        Value::Object(fields) => fields.values().map(|value| size(value) + 24).sum(),
        _ => 24,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use async_graphql::{Name, ServerError};
    use serde_json::json;

    #[test]
    fn it_is_what_the_library_writes() {
        let data = json!({
            "text": "\"quoted\" \\ \u{1} \n é 🦀", "number": [1, -2, 3.5, 1e300], "none": null, "truth": [true, false],
            "object": { "empty": {}, "any name": [[], [{}]] },
        });
        let mut answer = Response::new(Value::from_json(data).unwrap());
        assert_eq!(written(&answer), serde_json::to_vec(&answer).unwrap());
        answer.data = Value::Enum(Name::new("RED"));
        answer.errors.push(ServerError::new("\"No\".", None));
        answer = answer.extension("cost", Value::from(1));
        assert_eq!(written(&answer), serde_json::to_vec(&answer).unwrap());
    }

    #[test]
    fn text_stands_where_its_value_would() {
        let inner = || object([("a", Value::from("x\"")), ("b", Value::Null)].into_iter());
        let whole = object(
            [
                ("items", list(&[inner(), Value::Null, inner()])),
                ("none", object(std::iter::empty())),
            ]
            .into_iter(),
        );
        assert_eq!(
            written(&Response::new(whole)),
            br#"{"data":{"items":[{"a":"x\"","b":null},null,{"a":"x\"","b":null}],"none":{}}}"#
        );
    }
}
