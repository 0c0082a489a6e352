//! Refresh tokens: 256 bits that say nothing, of which the database keeps only a hash.

use crate::{
    error::{Error, Result},
    platform::signing::Keyring,
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use std::fmt::Write;

/// What they begin with, so that those who search for leaked secrets know one when they see it.
const PREFIX: &str = "twr_";
const BITS: usize = 256;

/// A new one, by chance.
///
/// # Errors
/// Internal, when the machine has no randomness.
pub(super) fn generate() -> Result<SecretString> {
    let mut bytes = [0; BITS / 8];
    aws_lc_rs::rand::fill(&mut bytes).map_err(Error::internal)?;
    Ok(written(&bytes))
}

/// The one that takes the place of `token`. Derived rather than by chance, so that a client that asks twice, since the
/// first answer was lost or two of its windows asked at once, gets the same without it being kept anywhere.
pub(super) fn successor(keyring: &Keyring, token: &SecretString) -> SecretString {
    written(
        keyring
            .successor_of(token.expose_secret().as_bytes())
            .as_ref(),
    )
}

/// As it is kept: 64 hexadecimal digits.
pub(super) fn hash(token: &SecretString) -> String {
    let mut text = String::with_capacity(64);
    for byte in Sha256::digest(token.expose_secret()) {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn written(bytes: &[u8]) -> SecretString {
    format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)).into()
}
