//! Sealing what the database keeps and must not know: AES-256-GCM, each text with a nonce of its own.

use crate::error::{Error, Result};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use base64::{Engine, engine::general_purpose::STANDARD};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Bytes of a key.
const KEY_LENGTH: usize = 32;

/// A key that seals and opens.
pub(crate) struct SealingKey {
    /// Of what it seals, so that what another key sealed is told apart from what was tampered with.
    id: String,
    key: RandomizedNonceKey,
}

impl SealingKey {
    /// The key that is written in base 64.
    ///
    /// # Errors
    /// Invalid, naming the setting.
    pub(crate) fn new(written: &SecretString) -> Result<Self> {
        let wrong = || {
            Error::invalid(
                "FACTOR_KEY",
                "It is not 32 bytes in base 64. Make one with `openssl rand -base64 32`.",
            )
        };
        let bytes = STANDARD.decode(written.expose_secret().trim());
        let bytes = bytes.map_err(|_| wrong())?;
        if bytes.len() != KEY_LENGTH {
            return Err(wrong());
        }
        let mut id = String::with_capacity(8);
        for byte in Sha256::digest(&bytes).iter().take(4) {
            // Writing to a string does not fail.
            let _ = write!(id, "{byte:02x}");
        }
        let key = RandomizedNonceKey::new(&AES_256_GCM, &bytes).map_err(Error::internal)?;
        Ok(Self { id, key })
    }

    /// What it calls itself: 32 bits of its hash, which help nobody to find it.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// Seals `secret`, to be opened only with the same `context`, such as whose it is: so that nobody who writes to the database can
    /// give one the secret of another.
    ///
    /// # Errors
    /// Internal, when there is no randomness.
    pub(crate) fn seal(&self, secret: &[u8], context: &[u8]) -> Result<String> {
        let mut sealed = secret.to_vec();
        let nonce = self
            .key
            .seal_in_place_append_tag(Aad::from(context), &mut sealed)
            .map_err(Error::internal)?;
        let bytes = [nonce.as_ref().as_slice(), &sealed].concat();
        Ok(format!("{}.{}", self.id, STANDARD.encode(bytes)))
    }

    /// What was sealed.
    ///
    /// # Errors
    /// Internal, when another key sealed it, or it was for another context, or it was changed.
    pub(crate) fn open(&self, sealed: &str, context: &[u8]) -> Result<Vec<u8>> {
        let fault = |what: &'static str| Error::internal(anyhow::anyhow!(what));
        let (id, text) = sealed
            .split_once('.')
            .ok_or_else(|| fault("what is to be opened was not sealed"))?;
        if id != self.id {
            return Err(fault("this was sealed with another FACTOR_KEY"));
        }
        let bytes = STANDARD.decode(text).map_err(Error::internal)?;
        let (nonce, sealed) = bytes
            .split_at_checked(NONCE_LEN)
            .ok_or_else(|| fault("what is to be opened was cut short"))?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(Error::internal)?;
        let mut opened = sealed.to_vec();
        let length = self
            .key
            .open_in_place(nonce, Aad::from(context), &mut opened)
            .map_err(|_| fault("what was sealed was changed, or is another's"))?
            .len();
        opened.truncate(length);
        Ok(opened)
    }
}

/// A new key, written in base 64.
///
/// # Errors
/// Internal, when there is no randomness.
pub(crate) fn generate() -> Result<SecretString> {
    let mut bytes = [0; KEY_LENGTH];
    getrandom::fill(&mut bytes).map_err(Error::internal)?;
    Ok(STANDARD.encode(bytes).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_sealed_is_opened_by_the_same_key_for_the_same() {
        let (key, other) = (generate().unwrap(), generate().unwrap());
        let (key, other) = (
            SealingKey::new(&key).unwrap(),
            SealingKey::new(&other).unwrap(),
        );
        let sealed = key.seal(b"a secret", b"ada").unwrap();
        assert_eq!(key.open(&sealed, b"ada").unwrap(), b"a secret");
        // Twice the same is not seen to be.
        assert_ne!(key.seal(b"a secret", b"ada").unwrap(), sealed);
        assert!(key.open(&sealed, b"eve").is_err());
        let said = other.open(&sealed, b"ada").unwrap_err().for_operator();
        assert!(said.contains("another FACTOR_KEY"), "{said}");
        let mut changed = sealed.clone();
        let last = changed.pop().unwrap();
        changed.pop();
        changed.push(if last == 'A' { 'B' } else { 'A' });
        for text in ["", ".", "nonsense", changed.as_str()] {
            assert!(key.open(text, b"ada").is_err(), "{text}");
        }
    }

    #[test]
    fn what_is_no_key_is_named() {
        for text in ["", "nonsense", "AAAA", "c2hvcnQ="] {
            let error = SealingKey::new(&text.into()).map(|_| ()).unwrap_err();
            assert!(error.to_string().starts_with("FACTOR_KEY"), "{text}");
        }
    }
}
