//! What a key looks like: `tw_`, eight characters by which it is found and shown, `_`, and 256 bits that say nothing.

use crate::error::{Error, Result};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::SecretString;
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// What they begin with, so that those who search for leaked secrets know one when they see it.
const BEGINNING: &str = "tw_";
/// Small letters and digits that nobody takes for each other.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// Characters of the public part.
const PREFIX: usize = 8;
/// 256 bits in base 64.
const SECRET: usize = 43;
/// All of it.
const LENGTH: usize = BEGINNING.len() + PREFIX + 1 + SECRET;

/// A new key.
pub(super) struct Generated {
    /// By what it is found.
    pub(super) prefix: String,
    /// The whole key, which its person is told once.
    pub(super) key: SecretString,
    /// What is kept of it.
    pub(super) hash: String,
}

/// A key as it was sent.
pub(super) struct Sent<'a> {
    /// By what it is found.
    pub(super) prefix: &'a str,
    /// What would be kept of it.
    pub(super) hash: String,
}

/// Whether who sends `token` means it as a key rather than as an access token.
pub(crate) fn is_meant_as_key(token: &str) -> bool {
    token.starts_with(BEGINNING)
}

/// A new one, by chance.
///
/// # Errors
/// Internal, when the machine has no randomness.
pub(super) fn generate() -> Result<Generated> {
    let mut bytes = [0_u8; PREFIX + 32];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    let (prefix, secret) = bytes.split_at(PREFIX);
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
    let prefix: String = prefix.iter().map(letter).collect();
    let key = format!("{BEGINNING}{prefix}_{}", URL_SAFE_NO_PAD.encode(secret));
    Ok(Generated {
        prefix,
        hash: hash(&key),
        key: key.into(),
    })
}

/// What was sent, if it has the form of a key.
pub(super) fn read(text: &str) -> Option<Sent<'_>> {
    // What is longer is not even hashed. In what is no ASCII, characters would be cut in two.
    if text.len() != LENGTH || !text.is_ascii() {
        return None;
    }
    let (prefix, secret) = text.strip_prefix(BEGINNING)?.split_at(PREFIX);
    secret.starts_with('_').then(|| Sent {
        prefix,
        hash: hash(text),
    })
}

/// No salt: what is hashed cannot be guessed.
fn hash(key: &str) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(key) {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use secrecy::ExposeSecret;

    #[test]
    fn keys_are_read_as_they_were_made() {
        let (one, other) = (generate().unwrap(), generate().unwrap());
        let text = one.key.expose_secret();
        assert!(is_meant_as_key(text), "{text}");
        let sent = read(text).unwrap();
        assert_eq!((sent.prefix, &sent.hash), (one.prefix.as_str(), &one.hash));
        assert_ne!((&one.prefix, &one.hash), (&other.prefix, &other.hash));
        assert_eq!(URL_SAFE_NO_PAD.decode(&text[12..]).unwrap().len(), 32);
    }

    #[test]
    fn what_has_not_the_form_of_a_key_is_none() {
        let key = generate().unwrap().key;
        let key = key.expose_secret();
        let huge = format!("tw_{}", "a".repeat(1_000_000));
        for text in [
            "",
            "tw_",
            &key[1..],
            &key[..LENGTH - 1],
            &format!("{key}a"),
            &key.replacen("tw_", "tv_", 1),
            &format!("tw_{}", "é".repeat(26)),
            &format!("tw_{}", "a".repeat(52)),
            &huge,
        ] {
            assert!(read(text).is_none(), "{text:.80}");
        }
    }
}
