//! Sending a person to a provider.

use super::{
    Refusal, return_to,
    secrets::{derive, generate, hash, is_one},
};
use crate::{
    caller::Caller,
    error::{Error, Result},
    platform::rate_limits::Limit,
};
use chrono::TimeDelta;
use entity::accounts::oidc_request;
use sea_orm::{EntityTrait, IntoActiveModel};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

/// How long a person may take to come back.
pub(crate) const LIFE: TimeDelta = TimeDelta::minutes(10);

/// A way that was begun.
pub(crate) struct Started {
    /// Where the person is sent: to the provider, or back, with the reason why not.
    pub(crate) page: Url,
    /// What the browser keeps in a cookie, and shows when the person comes back from the provider.
    pub(crate) browser: Option<SecretString>,
}

/// Begins a way to the provider of this name and back. `browser` is what the browser keeps from another way that is under way, in
/// another of its windows, if it does.
///
/// # Errors
/// `NotFound` when there is no such provider; Invalid when `path` leads elsewhere; `RateLimited` by address.
pub(crate) async fn oidc_start(
    caller: &Caller,
    provider: &str,
    path: Option<&str>,
    browser: Option<SecretString>,
) -> Result<Started> {
    let provider = caller
        .oidc
        .of(provider)
        .ok_or(Error::NotFound("provider"))?;
    let path = return_to::read(path)?;
    caller.spend(Limit::SignIn).await?;
    let now = caller.clock.now();
    let browser = match browser.filter(|browser| is_one(browser.expose_secret())) {
        Some(browser) => browser,
        None => generate()?,
    };
    let state = generate()?;
    let derived = derive(&browser, state.expose_secret());
    let page = match provider.page(&state, &derived, now).await {
        Ok(page) => page,
        Err(error) => {
            let code = Refusal::from(error).code();
            let page = return_to::page(&caller.settings.storefront_url, &path, Some(code));
            return Ok(Started {
                page,
                browser: None,
            });
        }
    };
    let row = oidc_request::Model {
        state_hash: hash(state.expose_secret()),
        browser_hash: hash(browser.expose_secret()),
        provider: provider.settings.name.clone(),
        return_to: path,
        created_at: now,
        expires_at: now + LIFE,
    };
    caller
        .transaction(async |tx| {
            oidc_request::Entity::insert(row.into_active_model())
                .exec_without_returning(tx)
                .await?;
            Ok(())
        })
        .await?;
    Ok(Started {
        page,
        browser: Some(browser),
    })
}
