//! The keys that sign: the one of now, and those of before, which are only believed.
//!
//! A key is known by its thumbprint (RFC 7638), so that nobody has to give it a name, and two servers with the same key
//! name it alike.

use crate::error::{Error, Result};
use aws_lc_rs::{
    hkdf::{HKDF_SHA256, Salt},
    hmac,
    signature::Ed25519KeyPair,
};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey,
    jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash},
};
use std::collections::HashMap;

/// What a public key in PEM ends with.
const END: &str = "-----END PUBLIC KEY-----";

/// The keys of a server.
pub(crate) struct Keyring {
    kid: String,
    signing: EncodingKey,
    /// By their thumbprints; that of the signing key is among them.
    known: HashMap<String, DecodingKey>,
    jwks: JwkSet,
    successors: hmac::Key,
}

impl Keyring {
    /// The keys of a server that signs with `private`, in PEM, and believes those whose public keys are `previous` too.
    ///
    /// # Errors
    /// Invalid, naming the setting.
    pub(crate) fn new(private: &str, previous: &str) -> Result<Self> {
        let signing = EncodingKey::from_ed_pem(private.as_bytes()).map_err(|_| not_private())?;
        let own = Jwk::from_encoding_key(&signing, Algorithm::EdDSA).map_err(|_| not_private())?;
        let mut keyring = Self {
            kid: thumbprint(&own)?,
            successors: derived(signing.as_bytes())?,
            signing,
            known: HashMap::new(),
            jwks: JwkSet { keys: Vec::new() },
        };
        keyring.add(own)?;
        for key in public_keys(previous)? {
            keyring.add(key)?;
        }
        Ok(keyring)
    }

    fn add(&mut self, mut jwk: Jwk) -> Result<()> {
        let kid = thumbprint(&jwk)?;
        let key = DecodingKey::from_jwk(&jwk).map_err(Error::internal)?;
        if self.known.insert(kid.clone(), key).is_none() {
            jwk.common.key_id = Some(kid);
            jwk.common.public_key_use = Some(PublicKeyUse::Signature);
            self.jwks.keys.push(jwk);
        }
        Ok(())
    }

    /// The name of the key that signs.
    pub(crate) fn kid(&self) -> &str {
        &self.kid
    }

    /// The key that signs.
    pub(crate) fn signing(&self) -> &EncodingKey {
        &self.signing
    }

    /// The key of this name, if it is one of ours.
    pub(crate) fn known(&self, kid: &str) -> Option<&DecodingKey> {
        self.known.get(kid)
    }

    /// The public keys, for those who verify what this server signs.
    pub(crate) fn jwks(&self) -> &JwkSet {
        &self.jwks
    }

    /// 256 bits that follow from `secret`, and that nobody else can find who knows it.
    pub(crate) fn successor_of(&self, secret: &[u8]) -> hmac::Tag {
        hmac::sign(&self.successors, secret)
    }
}

/// A new private key, in PEM.
pub(crate) fn generate() -> Result<String> {
    use base64::{Engine, engine::general_purpose::STANDARD};
    // Version 1 of the form, without the public key: the one that openssl writes and that others read.
    let key = Ed25519KeyPair::generate().and_then(|pair| pair.to_pkcs8v1());
    let key = key.map_err(Error::internal)?;
    let base64 = STANDARD.encode(key.as_ref());
    Ok(format!(
        "-----BEGIN PRIVATE KEY-----\n{base64}\n-----END PRIVATE KEY-----\n"
    ))
}

/// The public keys in `pem`, one behind the other.
///
/// # Errors
/// Invalid, naming the setting.
pub(super) fn public_keys(pem: &str) -> Result<Vec<Jwk>> {
    let keys = pem.split_inclusive(END).map(str::trim);
    keys.filter(|key| !key.is_empty())
        .map(|key| {
            let key = DecodingKey::from_ed_pem(key.as_bytes());
            key.and_then(|key| Jwk::from_decoding_key(&key, Some(Algorithm::EdDSA)))
                .map_err(|_| {
                    Error::invalid(
                        "JWT_PREVIOUS_PUBLIC_KEYS",
                        "It is not a row of Ed25519 public keys in PEM. Get each from its private key with `openssl pkey -pubout`.",
                    )
                })
        })
        .collect()
}

/// A key for another use than signing, from that which signs: what is known of one does not help with the other.
fn derived(private: &[u8]) -> Result<hmac::Key> {
    let extracted = Salt::new(HKDF_SHA256, b"tradewind").extract(private);
    let expanded = extracted.expand(&[b"successors of refresh tokens"], hmac::HMAC_SHA256);
    expanded.map(hmac::Key::from).map_err(Error::internal)
}

fn thumbprint(jwk: &Jwk) -> Result<String> {
    jwk.thumbprint(ThumbprintHash::SHA256)
        .map_err(Error::internal)
}

fn not_private() -> Error {
    Error::invalid(
        "JWT_PRIVATE_KEY",
        "It is not an Ed25519 private key in PEM. Make one with `openssl genpkey -algorithm ed25519`.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The private key of RFC 8037, appendix A.1, in PEM, and its thumbprint of appendix A.3.
    const RFC_8037: &str = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n-----END PRIVATE KEY-----\n";

    #[test]
    fn a_key_is_known_by_its_thumbprint() {
        let keyring = Keyring::new(RFC_8037, "").unwrap();
        assert_eq!(keyring.kid(), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
        let jwks = serde_json::to_value(keyring.jwks()).unwrap();
        assert_eq!(
            jwks["keys"][0],
            serde_json::json!({
                "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": keyring.kid(),
                "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
            })
        );
    }

    #[test]
    fn a_new_key_is_one_and_no_other() {
        let (one, other) = (generate().unwrap(), generate().unwrap());
        let keyring = |pem: &str| Keyring::new(pem, "").unwrap();
        assert_ne!(keyring(&one).kid(), keyring(&other).kid());
        let successor = |pem: &str| keyring(pem).successor_of(b"token").as_ref().to_vec();
        assert_eq!(successor(&one), successor(&one));
        assert_ne!(successor(&one), successor(&other));
    }

    #[test]
    fn what_is_no_key_is_named() {
        let fault = |private: &str, previous: &str| match Keyring::new(private, previous) {
            Err(error) => error.to_string(),
            Ok(_) => String::new(),
        };
        assert!(fault("nonsense", "").starts_with("JWT_PRIVATE_KEY"));
        assert!(fault(RFC_8037, "nonsense").starts_with("JWT_PREVIOUS_PUBLIC_KEYS"));
        // A private key where public ones belong must not end among what everyone may read.
        assert!(fault(RFC_8037, RFC_8037).starts_with("JWT_PREVIOUS_PUBLIC_KEYS"));
    }
}
