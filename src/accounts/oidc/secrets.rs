//! What binds the ends of a way together.

use crate::error::{Error, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};

/// Characters of 256 bits in base 64.
const LENGTH: usize = 43;

/// 256 bits by chance.
///
/// # Errors
/// Internal, when the machine has no randomness.
pub(super) fn generate() -> Result<SecretString> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes).into())
}

/// Whether `text` has the form of one.
pub(super) fn is_one(text: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    text.len() == LENGTH && text.bytes().all(is_letter)
}

/// As it is kept. No salt: what is hashed cannot be guessed.
pub(super) fn hash(secret: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(secret))
}

/// What goes to the provider, and is known again when the person comes back: derived from what the browser keeps, so that the
/// server need not.
pub(super) struct Derived {
    /// Comes back inside the identity token.
    pub(super) nonce: String,
    /// Shows that who brings the code is who asked for it (RFC 7636).
    pub(super) verifier: SecretString,
}

/// For a way of this browser with this state.
pub(super) fn derive(browser: &SecretString, state: &str) -> Derived {
    let of = |purpose: &str| {
        // Each part has one length but for the first, which holds no colon.
        let text = format!("{purpose}:{state}:{}", browser.expose_secret());
        hash(&text)
    };
    Derived {
        nonce: of("nonce"),
        verifier: of("pkce").into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_have_nothing_in_common() {
        let (browser, other) = (generate().unwrap(), generate().unwrap());
        let one = derive(&browser, "state");
        assert_eq!(one.nonce, derive(&browser, "state").nonce);
        let verifier = one.verifier.expose_secret();
        assert!(is_one(verifier) && is_one(&one.nonce) && verifier != one.nonce);
        assert_ne!(one.nonce, derive(&browser, "other").nonce);
        assert_ne!(one.nonce, derive(&other, "state").nonce);
    }

    #[test]
    fn what_a_browser_sends_is_looked_at() {
        assert!(is_one(generate().unwrap().expose_secret()));
        for text in ["", "a", &"a".repeat(44), &"é".repeat(43), &" ".repeat(43)] {
            assert!(!is_one(text), "{text}");
        }
    }
}
