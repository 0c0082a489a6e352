//! The names that people choose to be shown.

use crate::error::{Error, Result};
use unicode_normalization::UnicodeNormalization;

/// Longest name, in characters.
const LONGEST: usize = 100;

/// A name as it is kept: composed (NFC), with single spaces.
///
/// # Errors
/// Invalid when nothing is left, when it is too long, or when it holds characters that turn the text around it.
pub(super) fn display_name(text: &str, field: &str) -> Result<String> {
    let invalid = |message: &str| Err(Error::invalid(field, message));
    // Before anything is made of it: it may be as long as a request.
    if text.chars().nth(4 * LONGEST).is_some() {
        return invalid("A name has at most 100 characters.");
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let name: String = words.join(" ").nfc().collect();
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if name.chars().any(|c| c.is_control() || turns(c)) {
        return invalid("A name must not hold control characters. Type it anew.");
    }
    match name.chars().count() {
        0 => invalid("A name has at least one character."),
        1..=LONGEST => Ok(name),
        _ => invalid("A name has at most 100 characters."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_in_one_form() {
        for (text, expected) in [
            ("  Ada \t Lovelace\n", "Ada Lovelace"),
            ("Jose\u{301}", "José"),
            ("田中 さん 🎈", "田中 さん 🎈"),
        ] {
            assert_eq!(display_name(text, "displayName").unwrap(), expected);
        }
        assert!(display_name(&"é".repeat(100), "displayName").is_ok());
    }

    #[test]
    fn what_is_no_name_is_refused() {
        let huge = "a".repeat(10_000_000);
        for text in [
            "",
            " \u{3000} ",
            "a\0b",
            "a\u{202e}b",
            "\u{7}",
            &"a".repeat(101),
            &huge,
        ] {
            assert!(display_name(text, "displayName").is_err(), "{text:.100}");
        }
    }
}
