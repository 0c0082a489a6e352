//! Signatures of webhooks, as Stripe makes them: `t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>">`, over the body as it came.

use crate::error::{Error, Result};
use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

/// How much older or newer than now a message may say that it is, in seconds.
const TOLERANCE: i64 = 300;
/// Most signatures that are looked at.
const MOST: usize = 8;

/// The header of a message that is sent now.
#[must_use]
pub fn sign(secret: &SecretString, now: DateTime<Utc>, body: &[u8]) -> String {
    let seconds = now.timestamp();
    let signature = hexadecimal(hmac::sign(&key(secret), &signed(seconds, body)).as_ref());
    format!("t={seconds},v1={signature}")
}

/// Lets only those messages pass that someone signed who knows the secret, within five minutes of now.
///
/// # Errors
/// Forbidden.
pub fn verify(
    secret: &SecretString,
    header: Option<&str>,
    body: &[u8],
    now: DateTime<Utc>,
) -> Result<()> {
    let mut seconds = None;
    let mut signatures = Vec::new();
    for part in header.unwrap_or_default().split(',') {
        match part.trim().split_once('=') {
            Some(("t", text)) => seconds = text.parse::<i64>().ok(),
            Some(("v1", text)) if signatures.len() < MOST => signatures.extend(bytes(text)),
            _ => {}
        }
    }
    let seconds = seconds.ok_or(Error::Forbidden)?;
    if seconds.abs_diff(now.timestamp()) > TOLERANCE.unsigned_abs() {
        return Err(Error::Forbidden);
    }
    let (key, signed) = (key(secret), signed(seconds, body));
    // In constant time.
    let is_right = |signature: &Vec<u8>| hmac::verify(&key, &signed, signature).is_ok();
    if signatures.iter().any(is_right) {
        Ok(())
    } else {
        Err(Error::Forbidden)
    }
}

fn key(secret: &SecretString) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, secret.expose_secret().as_bytes())
}

fn signed(seconds: i64, body: &[u8]) -> Vec<u8> {
    let mut signed = format!("{seconds}.").into_bytes();
    signed.extend_from_slice(body);
    signed
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// The bytes of a hexadecimal number of 32 bytes.
fn bytes(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    (0..32)
        .map(|index| u8::from_str_radix(&text[2 * index..2 * index + 2], 16).ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn only_the_very_message_passes_in_time() {
        let secret = SecretString::from("whsec_test");
        let now = DateTime::from_timestamp(1_760_000_000, 0).unwrap();
        let body = br#"{"id":"evt_1"}"#;
        let header = sign(&secret, now, body);
        let check = |header: &str, body: &[u8], seconds| {
            verify(
                &secret,
                Some(header),
                body,
                now + TimeDelta::seconds(seconds),
            )
            .is_ok()
        };
        assert!(check(&header, body, 0) && check(&header, body, 300) && check(&header, body, -300));
        assert!(!check(&header, body, 301) && !check(&header, body, -301));
        assert!(!check(&header, br#"{"id": "evt_1"}"#, 0), "written again");
        assert!(!check(&header[..header.len() - 2], body, 0), "in part");
        let rotated = format!("{header},v1={}", "0".repeat(64));
        assert!(check(&rotated, body, 0), "one of several");
        for none in ["", "t=1760000000", "v1=", "t=x,v1=y", "nonsense"] {
            assert!(!check(none, body, 0), "{none}");
        }
        assert!(verify(&secret, None, body, now).is_err());
        let other = SecretString::from("whsec_other");
        assert!(verify(&other, Some(&header), body, now).is_err());
    }

    /// Made with `printf '1760000000.{"id":"evt_1"}' | openssl dgst -sha256 -hmac whsec_test`.
    #[test]
    fn it_is_the_signature_that_others_make() {
        let secret = SecretString::from("whsec_test");
        let now = DateTime::from_timestamp(1_760_000_000, 0).unwrap();
        assert_eq!(
            sign(&secret, now, br#"{"id":"evt_1"}"#),
            "t=1760000000,v1=66e880d7175fffb43ce10c4e14db1cfb230c8804b5aafb116affbc9a836c7690"
        );
    }
}
