//! What a provider says of a person, and whether it holds.

use super::{Client, wire::Wire};
use crate::accounts::oidc::Refusal;
use chrono::{DateTime, TimeDelta, Utc};
use openidconnect::{
    ClaimsVerificationError, Nonce, OAuth2TokenResponse, SignatureVerificationError, TokenResponse,
    UserInfoError,
    core::{CoreJwsSigningAlgorithm as Alg, CoreTokenResponse, CoreUserInfoClaims},
};

/// Signatures that only the provider can make. Those with a shared secret are none of them: it may be known to others, and
/// the empty one is nobody's.
const TAKEN: [Alg; 9] = [
    Alg::RsaSsaPkcs1V15Sha256,
    Alg::RsaSsaPkcs1V15Sha384,
    Alg::RsaSsaPkcs1V15Sha512,
    Alg::RsaSsaPssSha256,
    Alg::RsaSsaPssSha384,
    Alg::RsaSsaPssSha512,
    Alg::EcdsaP256Sha256,
    Alg::EcdsaP384Sha384,
    Alg::EdDsa,
];

/// By how much the provider's clock may be ahead.
const AHEAD: TimeDelta = TimeDelta::minutes(1);

/// Longest subject (OpenID Connect Core §2).
const LONGEST_SUBJECT: usize = 255;

/// Both kinds of claims have the same methods, and no trait in common.
macro_rules! read {
    ($claims:expr) => {{
        let claims = $claims;
        let name = claims.name().and_then(|name| name.get(None));
        Claims {
            subject: claims.subject().to_string(),
            email: claims.email().map(|email| email.to_string()),
            email_verified: claims.email_verified() == Some(true),
            name: name.map(|name| name.to_string()),
        }
        .whole()
    }};
}
/// Who a person is at the provider.
#[derive(Clone, Debug)]
pub(in crate::accounts::oidc) struct Claims {
    /// The same for ever, and nobody else's.
    pub(in crate::accounts::oidc) subject: String,
    pub(in crate::accounts::oidc) email: Option<String>,
    /// Whether the provider vouches that mail to the address reaches the person.
    pub(in crate::accounts::oidc) email_verified: bool,
    pub(in crate::accounts::oidc) name: Option<String>,
}

/// What was found of a token.
pub(super) enum Checked {
    Holds(Claims),
    /// It names a key that the provider did not have when it was asked.
    UnknownKey,
    DoesNotHold,
}

/// Checks the identity token as OpenID Connect Core §3.1.3.7 asks: signature, issuer, audience, authorised party, time, nonce.
pub(super) fn check(
    client: &Client,
    answer: &CoreTokenResponse,
    nonce: &Nonce,
    now: DateTime<Utc>,
) -> Checked {
    let verifier = client
        .id_token_verifier()
        .set_allowed_algs(TAKEN)
        .set_time_fn(move || now)
        .set_issue_time_verifier_fn(move |at| {
            if at <= now + AHEAD {
                Ok(())
            } else {
                Err("it is of the future".to_owned())
            }
        });
    let Some(token) = answer.id_token() else {
        tracing::warn!("a provider sent no identity token");
        return Checked::DoesNotHold;
    };
    match token.claims(&verifier, nonce) {
        // The library leaves this one to us.
        Ok(claims)
            if claims
                .authorized_party()
                .is_some_and(|party| party != client.client_id()) =>
        {
            tracing::warn!("an identity token was made for another client");
            Checked::DoesNotHold
        }
        Ok(claims) => match read!(claims) {
            Some(claims) => Checked::Holds(claims),
            None => Checked::DoesNotHold,
        },
        Err(ClaimsVerificationError::SignatureVerification(
            SignatureVerificationError::NoMatchingKey,
        )) => Checked::UnknownKey,
        Err(error) => {
            tracing::warn!(%error, "an identity token does not hold");
            Checked::DoesNotHold
        }
    }
}

/// Asks for what the token did not say: many providers put addresses only there (OpenID Connect Core §5.4).
pub(super) async fn ask(
    client: &Client,
    answer: &CoreTokenResponse,
    known: Claims,
    wire: &Wire,
) -> Result<Claims, Refusal> {
    let subject = openidconnect::SubjectIdentifier::new(known.subject.clone());
    let token = answer.access_token().clone();
    // Some have no such place.
    let Ok(request) = client.user_info(token, Some(subject)) else {
        return Ok(known);
    };
    let told: Result<CoreUserInfoClaims, _> = request.request_async(&wire.caller()).await;
    match told {
        Ok(claims) => read!(claims).ok_or(Refusal::Failed),
        Err(UserInfoError::Request(_)) => Err(Refusal::Unavailable),
        Err(_) => {
            tracing::warn!("what a provider says of a person does not hold");
            Err(Refusal::Failed)
        }
    }
}

impl Claims {
    /// The same, if it is someone's.
    fn whole(self) -> Option<Self> {
        let is_someone = (1..=LONGEST_SUBJECT).contains(&self.subject.len());
        (is_someone && !self.subject.contains('\0')).then_some(self)
    }
}
