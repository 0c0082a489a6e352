//! What a shop may say of itself. Each rule returns what was written as it is kept. The limits stand again as constraints in the
//! database.

use super::NAME_LIMIT;
use crate::{
    error::{Error, Result},
    platform::text,
};

/// Longest description, in characters.
const DESCRIPTION_LIMIT: usize = 2_000;

/// A shop's name: one line of 1 to 100 characters, with a letter or digit.
pub(super) fn name(text: &str) -> Result<String> {
    const FIELD: &str = "input.name";
    limited(text, "A shop's name", 4 * NAME_LIMIT, NAME_LIMIT, FIELD)?;
    let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
    limited(&name, "A shop's name", NAME_LIMIT, NAME_LIMIT, FIELD)?;
    if name.chars().any(char::is_control) || text::slug(&name, 1).is_empty() {
        return Err(Error::invalid(
            FIELD,
            "A shop's name has at least one letter or digit, and no control characters.",
        ));
    }
    Ok(name)
}

/// What a shop says of itself: plain text of at most 2,000 characters.
pub(super) fn description(text: &str) -> Result<String> {
    const FIELD: &str = "input.description";
    let text = text.trim();
    limited(
        text,
        "A description",
        DESCRIPTION_LIMIT,
        DESCRIPTION_LIMIT,
        FIELD,
    )?;
    if text
        .chars()
        .any(|c| c.is_control() && c != '\n' && c != '\r' && c != '\t')
    {
        return Err(Error::invalid(
            FIELD,
            "A description must not hold control characters. Type it anew.",
        ));
    }
    Ok(text.to_owned())
}

/// Refuses text of more than `most` characters, without counting all of it, and says that `limit` are allowed.
fn limited(text: &str, what: &str, most: usize, limit: usize, field: &str) -> Result<()> {
    match text.char_indices().nth(most) {
        Some(_) => Err(Error::invalid(
            field,
            format!("{what} has at most {limit} characters."),
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line_with_a_letter() {
        assert_eq!(name("  North \n Quay ").unwrap(), "North Quay");
        for text in [
            "",
            " ",
            "★",
            "a\0b",
            &"a".repeat(101),
            &"a".repeat(10_000_000),
        ] {
            assert!(name(text).is_err(), "{text:.20}");
        }
        assert!(name(&"é".repeat(100)).is_ok());
    }

    #[test]
    fn descriptions_are_text() {
        assert_eq!(description(" a\nb ").unwrap(), "a\nb");
        assert!(description(&"x".repeat(2_000)).is_ok());
        assert!(description(&"x".repeat(2_001)).is_err());
        assert!(description("a\u{7}").is_err());
    }
}
