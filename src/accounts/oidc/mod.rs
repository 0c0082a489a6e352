//! Signing in with an account that one has elsewhere, by OpenID Connect: the authorization code flow with PKCE.
//!
//! A person is sent to a provider and comes back with a code, which the server takes to the provider for a signed statement of who
//! that is. What stands between is bound together: the state is good once, for ten minutes, for one provider, and only
//! with the cookie of the browser that began; nonce and PKCE verifier are derived from both, so that neither is kept.
//!
//! An identity is an issuer and a subject. Addresses link one to an account only where both sides have verified them.

mod account_of;
mod find;
pub(crate) mod graphql;
mod identity_unlink;
mod oidc_finish;
mod oidc_start;
mod provider;
mod providers;
mod return_to;
mod secrets;
mod settings;

pub(crate) use entity::accounts::oidc_identity::Model as Identity;
pub(crate) use find::{count, list, order};
pub(crate) use identity_unlink::{delete_all, identity_unlink};
pub(crate) use oidc_finish::{Answer, oidc_finish};
pub(crate) use oidc_start::{LIFE, oidc_start};
pub(crate) use providers::Providers;

use crate::error::Error;

/// Why someone who came back is not signed in. The codes are what pages find behind `?error=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// The way was begun too long ago, or by another browser, or ended before.
    Expired,
    /// The person, or the provider, did not want to.
    Denied,
    /// What the provider says does not hold.
    Failed,
    /// The provider does not answer, or we do not.
    Unavailable,
    /// The provider does not vouch for the address.
    EmailNotVerified,
    /// An account has the address, whose person never showed that it is theirs.
    EmailTaken,
    /// The account may not be used.
    AccountUnavailable,
}

impl Refusal {
    /// The stable code.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Expired => "oidc_expired",
            Self::Denied => "oidc_denied",
            Self::Failed => "oidc_failed",
            Self::Unavailable => "oidc_unavailable",
            Self::EmailNotVerified => "email_not_verified",
            Self::EmailTaken => "email_taken",
            Self::AccountUnavailable => "account_unavailable",
        }
    }
}

impl From<Error> for Refusal {
    /// Pages can only ask again; what went wrong is for the log.
    fn from(error: Error) -> Self {
        if let Error::Internal { source, at } = &error {
            tracing::error!(%at, error = format!("{source:#}"), "internal error");
        }
        Self::Unavailable
    }
}
