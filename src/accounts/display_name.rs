//! The names that people choose to be shown.

use super::line::filled_line;
use crate::error::Result;

/// Longest name, in characters.
const LONGEST: usize = 100;

/// A name as it is kept, see [`filled_line`].
///
/// # Errors
/// Invalid when nothing is left, when it is too long, or when it holds characters that turn the text around it.
pub(super) fn display_name(text: &str, field: &str) -> Result<String> {
    filled_line(text, LONGEST, field)
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
