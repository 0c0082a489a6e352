//! What was done to what, and how that changed it.

use entity::ids::SellerId;
use serde::Serialize;
use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// Most bytes of JSON that one field takes; of more, the size and the hash are written down.
const LARGEST_VALUE: usize = 4 * 1024;

/// Something that was done to a thing. It holds the fields that it was given by name, and never any other; a secret is
/// never given to it.
#[derive(Clone, Debug)]
pub struct Entry {
    pub(super) action: &'static str,
    pub(super) entity_type: &'static str,
    pub(super) entity_id: String,
    pub(super) seller: Option<SellerId>,
    pub(super) before: Map<String, Value>,
    pub(super) after: Map<String, Value>,
}

impl Entry {
    /// `action`, such as `product.update`, done to the thing of this type and id. The type is what its global ids begin with.
    #[must_use]
    pub fn new(action: &'static str, entity_type: &'static str, id: impl Into<Uuid>) -> Self {
        Self::named(action, entity_type, id.into().to_string())
    }

    /// The same, done to a thing that has a name in the place of an id, such as a queue.
    #[must_use]
    pub fn named(action: &'static str, entity_type: &'static str, name: impl Into<String>) -> Self {
        Self {
            action,
            entity_type,
            entity_id: name.into(),
            seller: None,
            before: Map::new(),
            after: Map::new(),
        }
    }

    /// Says that the thing belongs to a shop.
    #[must_use]
    pub fn of_shop(mut self, seller: SellerId) -> Self {
        self.seller = Some(seller);
        self
    }

    /// What a field was and has become; left out where that is the same.
    #[must_use]
    pub fn change<T: Serialize>(mut self, field: &str, before: T, after: T) -> Self {
        let (before, after) = (value(before), value(after));
        if before != after {
            self.before.insert(field.to_owned(), before);
            self.after.insert(field.to_owned(), after);
        }
        self
    }

    /// What a field was, of something that is no more.
    #[must_use]
    pub fn was<T: Serialize>(mut self, field: &str, before: T) -> Self {
        self.before.insert(field.to_owned(), value(before));
        self
    }

    /// What a field is, of something that was not, or whatever it was.
    #[must_use]
    pub fn is<T: Serialize>(mut self, field: &str, after: T) -> Self {
        self.after.insert(field.to_owned(), value(after));
        self
    }

    /// Whether any field was given that changed.
    #[must_use]
    pub fn has_changes(&self) -> bool {
        !(self.before.is_empty() && self.after.is_empty())
    }
}

fn value(value: impl Serialize) -> Value {
    // What cannot be written as JSON is a map with keys that are no text; none of our types is.
    let value = serde_json::to_value(value).unwrap_or(Value::Null);
    let text = value.to_string();
    if text.len() <= LARGEST_VALUE {
        return value;
    }
    let hash = super::hash::hexadecimal(&Sha256::digest(text.as_bytes()));
    json!({ "bytes": text.len(), "sha256": hash })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_changed_fields_are_held() {
        let entry = Entry::new("product.update", "product", Uuid::nil())
            .change("name", "Mug", "Cup")
            .change("price", 100, 100)
            .change("category", Some(1), None);
        assert_eq!(
            Value::from(entry.before),
            json!({ "name": "Mug", "category": 1 })
        );
        assert_eq!(
            Value::from(entry.after),
            json!({ "name": "Cup", "category": null })
        );
        let same =
            Entry::new("product.update", "product", Uuid::nil()).change("name", "Mug", "Mug");
        assert!(!same.has_changes());
    }

    #[test]
    fn large_values_are_known_by_their_hash() {
        let entry =
            |text: &str| Entry::named("a.b", "a", "b").is("text", text).after["text"].clone();
        assert_eq!(entry(&"x".repeat(4_094)), "x".repeat(4_094));
        let large = entry(&"x".repeat(4_095));
        assert_eq!(large["bytes"], 4_097);
        assert_ne!(large["sha256"], entry(&"y".repeat(4_095))["sha256"]);
    }
}
