//! Positions in the feed, as clients keep them: opaque, so that nobody counts on their being numbers.

use crate::error::{Error, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

const PREFIX: &str = "feed:";

pub(super) fn encode(position: i64) -> String {
    URL_SAFE_NO_PAD.encode(format!("{PREFIX}{position}"))
}

/// # Errors
/// Invalid, naming `after`.
pub(super) fn decode(text: &str) -> Result<i64> {
    let number = || {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        text.strip_prefix(PREFIX)?.parse().ok()
    };
    number().ok_or_else(|| {
        Error::invalid(
            "after",
            "This is no position. Pass the `position` of the last event that you had.",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_wrote_and_nothing_else() {
        for position in [0, 1, 1_301, i64::MAX] {
            assert_eq!(decode(&encode(position)).unwrap(), position);
        }
        for text in ["", "17", "feed:17", "ZmVlZDo", &"a".repeat(10_000)] {
            assert!(decode(text).is_err(), "{text}");
        }
    }
}
