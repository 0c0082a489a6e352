//! The key under which a client sends a mutation, and may send it again.

use crate::{
    caller::Actor,
    error::{Error, Result},
};

/// Most characters of a key.
const LONGEST: usize = 255;
/// Fewest characters of a key of those who share all of theirs with strangers.
const SHORTEST_SHARED: usize = 16;

/// A key that a client chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    text: String,
    /// How it was sent, to be named when it is at fault.
    field: &'static str,
}

impl Key {
    /// `text` as a key that was sent as `field`.
    ///
    /// # Errors
    /// `IdempotencyKeyInvalid` when it is empty, longer than 255 characters, or holds control characters.
    pub fn parse(text: &str, field: &'static str) -> Result<Self> {
        let is_long = text.chars().nth(LONGEST).is_some();
        if text.is_empty() || is_long || text.chars().any(char::is_control) {
            return Err(Error::IdempotencyKeyInvalid {
                field,
                message: "An idempotency key has 1 to 255 characters and no control characters; a new UUID is a good one.",
            });
        }
        Ok(Self {
            text: text.to_owned(),
            field,
        })
    }

    /// The key as it was sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Lets pass what `actor` may use. Whoever has not signed in shares keys with all others of whom that is true, and two
    /// who both chose `1` would meet.
    pub(super) fn check_for(&self, actor: Actor) -> Result<()> {
        if actor == Actor::Anonymous && self.text.chars().nth(SHORTEST_SHARED - 1).is_none() {
            return Err(Error::IdempotencyKeyInvalid {
                field: self.field,
                message: "Without signing in, an idempotency key has at least 16 characters, so that nobody else chooses the same: \
                 send a new UUID.",
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_short_and_printable() {
        let longest = "é".repeat(LONGEST);
        for text in ["1", "0199c5a8-6f0e-7c3a-9d53-0f3b8f1f2a10", "a b", &longest] {
            assert_eq!(Key::parse(text, "key").unwrap().as_str(), text);
        }
        let too_long = format!("{longest}a");
        for text in ["", "a\nb", "a\0", "\u{85}", &too_long] {
            let error = Key::parse(text, "key").unwrap_err();
            assert!(
                matches!(error, Error::IdempotencyKeyInvalid { field: "key", .. }),
                "{text:?}"
            );
        }
    }

    #[test]
    fn strangers_choose_keys_that_nobody_else_chooses() {
        let short = Key::parse("123456789012345", "key").unwrap();
        assert!(short.check_for(Actor::Anonymous).is_err());
        assert!(short.check_for(Actor::Operator).is_ok());
        let long = Key::parse("1234567890123456", "key").unwrap();
        assert!(long.check_for(Actor::Anonymous).is_ok());
    }
}
