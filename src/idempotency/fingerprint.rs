//! By what an input is known again.

use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// A hash of an input: the same for what means the same however it is written, and for nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// The fingerprint of `input`, in which neither the order of an object's members counts nor whether a whole number is
    /// written with a point.
    ///
    /// What is left out is not filled in with defaults: a server that knows of more of them than the one before it would
    /// take the same input for another.
    #[must_use]
    pub fn of(input: &Value) -> Self {
        let mut canonical = String::new();
        write(&mut canonical, input);
        let mut text = String::with_capacity(64);
        for byte in Sha256::digest(canonical) {
            // Writing to a string does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// As it is kept: 64 hexadecimal digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn write(out: &mut String, value: &Value) {
    match value {
        Value::Array(items) => {
            out.push('[');
            for item in items {
                write(out, item);
                out.push(',');
            }
            out.push(']');
        }
        Value::Object(members) => {
            // Not in the order in which they came, whatever map it is.
            let mut members: Vec<_> = members.iter().collect();
            members.sort_unstable_by_key(|(name, _)| *name);
            out.push('{');
            for (name, member) in members {
                write(out, &Value::from(name.as_str()));
                out.push(':');
                write(out, member);
                out.push(',');
            }
            out.push('}');
        }
        Value::Number(number) => match number.as_f64().filter(|_| number.is_f64()) {
            // Up to 2^53 a float is one whole number and no other.
            Some(float) if float.fract() == 0.0 && float.abs() <= 9_007_199_254_740_992.0 => {
                // Zero has no sign.
                let _ = write!(out, "{:.0}", float + 0.0);
            }
            _ => out.push_str(&number.to_string()),
        },
        plain => out.push_str(&plain.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(text: &str) -> Fingerprint {
        Fingerprint::of(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn what_means_the_same_is_the_same() {
        for (one, other) in [
            (
                r#"{"a":1,"b":{"c":2,"d":3}}"#,
                r#"{"b":{"d":3,"c":2},"a":1}"#,
            ),
            (r#"{"a":1.0}"#, r#"{"a":1}"#),
            (r#"{"a":-0.0}"#, r#"{"a":0}"#),
            (r#"{"a":1.50}"#, r#"{"a":1.5}"#),
        ] {
            assert_eq!(of(one), of(other), "{one} {other}");
        }
    }

    #[test]
    fn what_differs_is_told_apart() {
        let inputs = [
            json!(null),
            json!({}),
            json!([]),
            json!({ "a": null }),
            json!({ "a": "1" }),
            json!({ "a": 1 }),
            json!({ "a": 1.5 }),
            json!({ "a": true }),
            json!({ "a": [1] }),
            json!({ "a": [1, 2] }),
            json!({ "a": [2, 1] }),
            json!({ "a": [[1], 2] }),
            json!({ "a": [[1, 2]] }),
            json!({ "a": { "b": 1 } }),
            json!({ "a": "{\"b\":1}" }),
            json!({ "a": 1, "b": 1 }),
            json!({ "a": "1,\"b\":1" }),
            json!({ "b": 1 }),
        ];
        for (index, one) in inputs.iter().enumerate() {
            for other in &inputs[index + 1..] {
                assert_ne!(
                    Fingerprint::of(one),
                    Fingerprint::of(other),
                    "{one} {other}"
                );
            }
        }
    }
}
