//! Taking a person in who comes back from a provider.

use super::{
    Refusal,
    account_of::account_of,
    return_to,
    secrets::{derive, hash},
};
use crate::{
    accounts::sessions::{self, SignedIn, Tokens},
    caller::Caller,
    error::{Error, Result},
    platform::rate_limits::Limit,
};
use entity::accounts::oidc_request::{self, Column, Entity};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// What the person comes back with (RFC 6749 §4.1.2, RFC 9207).
#[derive(Debug, Default, serde::Deserialize)]
pub(crate) struct Answer {
    state: Option<SecretText>,
    code: Option<SecretText>,
    error: Option<String>,
    iss: Option<String>,
}

/// Never shown.
#[derive(serde::Deserialize)]
#[serde(from = "String")]
struct SecretText(SecretString);

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl std::fmt::Debug for SecretText {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// What comes of it.
pub(crate) struct Finished {
    /// Where the person goes: what keeps it from being signed in stands behind `?error=`.
    pub(crate) page: Url,
    /// The session that was begun; nothing where a second factor is asked for, which the page does.
    pub(crate) tokens: Option<Tokens>,
}

/// Ends a way: the person is signed in, or sent back to where it wanted to go with the reason why not.
///
/// # Errors
/// `NotFound` when there is no such provider; `RateLimited` by address.
pub(crate) async fn oidc_finish(
    caller: &Caller,
    provider: &str,
    answer: &Answer,
    browser: Option<&SecretString>,
) -> Result<Finished> {
    if caller.oidc.of(provider).is_none() {
        return Err(Error::NotFound("provider"));
    }
    caller.spend(Limit::SignIn).await?;
    let shop = &caller.settings.storefront_url;
    let finished = |path: &str, ended: Result<SignedIn, Refusal>| {
        let (outcome, page, tokens) = match ended {
            Ok(SignedIn::Tokens(tokens)) => {
                ("ok", return_to::page(shop, path, None), Some(*tokens))
            }
            Ok(SignedIn::SecondFactor(challenge)) => {
                let page = return_to::second_factor_page(shop, path, &challenge);
                ("second_factor", page, None)
            }
            Err(refusal) => {
                let code = refusal.code();
                tracing::info!(provider, code, "someone was not signed in by a provider");
                (code, return_to::page(shop, path, Some(code)), None)
            }
        };
        metrics::counter!("oidc_sign_ins_total", "provider" => provider.to_owned(), "outcome" => outcome)
            .increment(1);
        Finished { page, tokens }
    };
    let (Some(state), Some(browser)) = (&answer.state, browser) else {
        return Ok(finished("/", Err(Refusal::Expired)));
    };
    let state = state.0.expose_secret();
    match take(caller, provider, state, browser).await {
        Err(error) => Ok(finished("/", Err(error.into()))),
        Ok(None) => Ok(finished("/", Err(Refusal::Expired))),
        Ok(Some(request)) => {
            let ended = Box::pin(sign_in(caller, provider, answer, state, browser)).await;
            Ok(finished(&request.return_to, ended))
        }
    }
}

/// The way that ends here, for the first who asks. Who has only the state, or another browser, neither gets it nor spoils it.
async fn take(
    caller: &Caller,
    provider: &str,
    state: &str,
    browser: &SecretString,
) -> Result<Option<oidc_request::Model>> {
    caller
        .transaction(async |tx| {
            let taken: Vec<oidc_request::Model> = Entity::delete_many()
                .filter(Column::StateHash.eq(hash(state)))
                .filter(Column::BrowserHash.eq(hash(browser.expose_secret())))
                .filter(Column::Provider.eq(provider))
                .filter(Column::ExpiresAt.gt(caller.clock.now()))
                .exec_with_returning(tx)
                .await?;
            Ok(taken.into_iter().next())
        })
        .await
}

async fn sign_in(
    caller: &Caller,
    provider: &str,
    answer: &Answer,
    state: &str,
    browser: &SecretString,
) -> Result<SignedIn, Refusal> {
    let now = caller.clock.now();
    let provider = caller.oidc.of(provider).ok_or(Refusal::Failed)?;
    if !provider.is_who_answered(answer.iss.as_deref(), now).await? {
        return Err(Refusal::Failed);
    }
    if answer.error.is_some() {
        return Err(Refusal::Denied);
    }
    let code = answer.code.as_ref().ok_or(Refusal::Failed)?;
    let derived = derive(browser, state);
    let claims = provider
        .redeem(code.0.expose_secret(), &derived, now)
        .await?;
    let issuer = provider.settings.issuer.as_str();
    let login = account_of(caller, issuer, &claims).await?;
    // Before the transaction: it may open one of its own.
    sessions::keyring(caller).await?;
    let begun = sessions::after_first_factor(caller, &login).await?;
    begun.ok_or(Refusal::AccountUnavailable)
}
