//! What people say of money that they send.

use crate::error::{Error, Result};

/// Longest note, in characters.
const LONGEST: usize = 200;

/// One line of at most 200 characters; nothing where it is empty.
pub(super) fn read(text: &str, field: &str) -> Result<Option<String>> {
    let text = text.trim();
    if text.chars().nth(LONGEST).is_some() || text.chars().any(char::is_control) {
        let message = format!("A note is one line of at most {LONGEST} characters.");
        return Err(Error::invalid(field, message));
    }
    Ok((!text.is_empty()).then(|| text.to_owned()))
}
