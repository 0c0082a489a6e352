//! What people type into one line of a form.

use crate::error::{Error, Result};
use unicode_normalization::UnicodeNormalization;

/// The text as it is kept: composed (NFC), with single spaces, at most `longest` characters. Nothing where nothing is left.
///
/// # Errors
/// Invalid, naming `field`, when it is too long, or holds characters that turn the text around it.
pub(super) fn line(text: &str, longest: usize, field: &str) -> Result<Option<String>> {
    let too_long = || {
        let message = format!("At most {longest} characters fit here.");
        Err(Error::invalid(field, message))
    };
    // Before anything is made of it: it may be as long as a request.
    if text.chars().nth(4 * longest).is_some() {
        return too_long();
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    let line: String = words.join(" ").nfc().collect();
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    if line.chars().any(|c| c.is_control() || turns(c)) {
        return Err(Error::invalid(
            field,
            "This must not hold control characters. Type it anew.",
        ));
    }
    match line.chars().count() {
        0 => Ok(None),
        count if count <= longest => Ok(Some(line)),
        _ => too_long(),
    }
}

/// The same where something must be left.
///
/// # Errors
/// As [`line`]; Invalid when nothing is left.
pub(super) fn filled_line(text: &str, longest: usize, field: &str) -> Result<String> {
    line(text, longest, field)?
        .ok_or_else(|| Error::invalid(field, "This must hold at least one character."))
}
