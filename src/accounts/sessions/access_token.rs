//! Access tokens: what they say, and which are believed (RFC 8725, RFC 9068).

use crate::{
    error::{Error, Result},
    platform::{config::Settings, signing::Keyring},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, Header, Validation, decode, encode};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Nothing longer is looked at; ours have some 500 bytes.
const LONGEST: usize = 4_096;
/// For whom they are.
const AUDIENCE: &str = "tradewind-api";
/// What kind of token they are, so that no other that the same key signs is taken for one.
const TYPE: &str = "at+jwt";
/// How far the clocks of servers may be apart, in seconds.
const LEEWAY: i64 = 10;

/// What a token says.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Claims {
    iss: String,
    aud: String,
    /// The account.
    pub(super) sub: Uuid,
    /// The session.
    pub(super) sid: Uuid,
    iat: i64,
    exp: i64,
    jti: Uuid,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nbf: Option<i64>,
}

impl Claims {
    /// When the token is no longer good.
    pub(super) fn expires_at(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.exp, 0).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }
}

/// The head of a token: what ours hold, and nothing else. Keys in a token, or addresses of keys, are never followed.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    alg: Algorithm,
    typ: String,
    kid: String,
}

/// A token for `session` of `account`, good from `now` until `expires_at`.
///
/// # Errors
/// Internal, when it cannot be signed.
pub(super) fn issue(
    settings: &Settings,
    keyring: &Keyring,
    (account, session): (Uuid, Uuid),
    (now, expires_at): (DateTime<Utc>, DateTime<Utc>),
) -> Result<SecretString> {
    let mut header = Header::new(Algorithm::EdDSA);
    header.typ = Some(TYPE.to_owned());
    header.kid = Some(keyring.kid().to_owned());
    let claims = Claims {
        iss: settings.jwt_issuer.clone(),
        aud: AUDIENCE.to_owned(),
        sub: account,
        sid: session,
        iat: now.timestamp(),
        exp: expires_at.timestamp(),
        jti: Uuid::now_v7(),
        nbf: None,
    };
    let token = encode(&header, &claims, keyring.signing()).map_err(Error::internal)?;
    Ok(token.into())
}

/// What `token` says, where it is to be believed at `now`.
pub(super) fn read(
    settings: &Settings,
    keyring: &Keyring,
    token: &str,
    now: DateTime<Utc>,
) -> Option<Claims> {
    if token.len() > LONGEST {
        return None;
    }
    let head = URL_SAFE_NO_PAD.decode(token.split('.').next()?).ok()?;
    let head: Head = serde_json::from_slice(&head).ok()?;
    if head.alg != Algorithm::EdDSA || head.typ != TYPE {
        return None;
    }
    let key = keyring.known(&head.kid)?;
    let mut validation = Validation::new(Algorithm::EdDSA);
    validation.set_issuer(&[&settings.jwt_issuer]);
    validation.set_audience(&[AUDIENCE]);
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    // Below, by the server's own clock.
    validation.validate_exp = false;
    let claims = decode::<Claims>(token, key, &validation).ok()?.claims;
    let now = now.timestamp();
    let begins = claims.nbf.unwrap_or(claims.iat).max(claims.iat);
    let is_on = begins <= now + LEEWAY && now < claims.exp.saturating_add(LEEWAY);
    is_on.then_some(claims)
}
