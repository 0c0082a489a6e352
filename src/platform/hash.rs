//! SHA-256, as the name of a text.

use sha2::{Digest, Sha256};
use std::fmt;

/// The SHA-256 of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TextHash([u8; 32]);

impl TextHash {
    /// That of `text`.
    pub(crate) fn of(text: &str) -> Self {
        Self(Sha256::digest(text).into())
    }

    /// Reads 64 hexadecimal digits, of either case.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits = text.as_bytes();
        if digits.len() != 64 {
            return None;
        }
        let mut hash = [0; 32];
        for (byte, pair) in hash.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = (value(pair[0])? << 4) | value(pair[1])?;
        }
        Some(Self(hash))
    }
}

fn value(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

impl fmt::Display for TextHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_written_and_read_as_digits() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(TextHash::of("").to_string(), empty);
        assert_eq!(
            TextHash::parse(&empty.to_uppercase()),
            Some(TextHash::of(""))
        );
        for text in [
            "",
            "e3b0",
            &empty[1..],
            &format!("+{}", &empty[1..]),
            &"é".repeat(32),
        ] {
            assert_eq!(TextHash::parse(text), None, "{text}");
        }
    }
}
