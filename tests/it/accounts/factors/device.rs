//! A device that holds passkeys, in software: W3C Web Authentication as far as a test needs it.

use aws_lc_rs::{
    digest::{SHA256, digest},
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// What a test changes about how a device and the page around it answer.
#[derive(Clone)]
pub struct Manner {
    pub origin: &'static str,
    pub rp_id: &'static str,
    /// Whether the device asked its person for a finger or a number.
    pub verifies: bool,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            origin: "http://localhost:3000",
            rp_id: "localhost",
            verifies: true,
        }
    }
}

/// A device with one passkey.
pub struct Device {
    key: EcdsaKeyPair,
    id: Vec<u8>,
    user: Vec<u8>,
    /// How often it signed; nothing where it does not count.
    pub count: Option<u32>,
}

impl Device {
    pub fn new() -> Self {
        let mut id = vec![0; 16];
        getrandom::fill(&mut id).unwrap();
        Self {
            key: EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap(),
            id,
            user: Vec::new(),
            count: Some(0),
        }
    }

    /// What `navigator.credentials.create` gives for these options, by `toJSON()`.
    pub fn create(&mut self, options: &Value, manner: &Manner) -> Value {
        self.user = BASE64_URL_SAFE_NO_PAD
            .decode(options["user"]["id"].as_str().unwrap())
            .unwrap();
        let client = client_data("webauthn.create", options, manner);
        let mut data = self.authenticator_data(0x40, manner);
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend(self.public_key());
        // {"fmt": "none", "attStmt": {}, "authData": data} in CBOR.
        let mut attestation = vec![0xa3];
        attestation.extend(b"\x63fmt\x64none\x67attStmt\xa0\x68authData\x59");
        attestation.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        attestation.extend(data);
        self.credential(&json!({
            "clientDataJSON": encoded(&client),
            "attestationObject": encoded(&attestation),
            "transports": ["internal"],
        }))
    }

    /// What `navigator.credentials.get` gives for these options, by `toJSON()`.
    pub fn get(&mut self, options: &Value, manner: &Manner) -> Value {
        self.count = self.count.map(|count| count + 1);
        let client = client_data("webauthn.get", options, manner);
        let data = self.authenticator_data(0, manner);
        let signed = [data.as_slice(), digest(&SHA256, &client).as_ref()].concat();
        let signature = self.key.sign(&SystemRandom::new(), &signed).unwrap();
        self.credential(&json!({
            "clientDataJSON": encoded(&client),
            "authenticatorData": encoded(&data),
            "signature": encoded(signature.as_ref()),
            "userHandle": encoded(&self.user),
        }))
    }

    fn credential(&self, response: &Value) -> Value {
        json!({
            "id": encoded(&self.id), "rawId": encoded(&self.id), "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": {}, "response": response,
        })
    }

    fn authenticator_data(&self, flags: u8, manner: &Manner) -> Vec<u8> {
        let verified = if manner.verifies { 0x04 } else { 0 };
        let mut data = digest(&SHA256, manner.rp_id.as_bytes()).as_ref().to_vec();
        data.push(0x01 | verified | flags);
        data.extend(self.count.unwrap_or(0).to_be_bytes());
        data
    }

    /// {1: 2, 3: -7, -1: 1, -2: x, -3: y} in CBOR: a point of P-256, for ES256.
    fn public_key(&self) -> Vec<u8> {
        let point = self.key.public_key().as_ref();
        let mut key = vec![0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        key.extend(&point[1..33]);
        key.extend([0x22, 0x58, 0x20]);
        key.extend(&point[33..]);
        key
    }
}

fn client_data(what: &str, options: &Value, manner: &Manner) -> Vec<u8> {
    let data = json!({
        "type": what, "challenge": options["challenge"], "origin": manner.origin, "crossOrigin": false,
    });
    data.to_string().into_bytes()
}

fn encoded(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}
