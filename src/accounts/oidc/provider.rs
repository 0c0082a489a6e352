//! A provider of identities, asked over the network.

mod claims;
mod wire;

use super::{Refusal, secrets::Derived, settings::ProviderSettings};
use crate::{
    error::{Error, Result},
    platform::resilience::{CallError, Dependency, Policy},
};
use chrono::{DateTime, TimeDelta, Utc};
use claims::Checked;
use openidconnect::{
    AdditionalProviderMetadata, AuthType, AuthorizationCode, ClientId, ClientSecret, CsrfToken,
    DiscoveryError, EndpointMaybeSet, EndpointNotSet, EndpointSet, Nonce, PkceCodeChallenge,
    PkceCodeVerifier, ProviderMetadata, RedirectUrl, RequestTokenError, Scope, TokenUrl,
    UserInfoUrl,
    core::{
        CoreAuthDisplay, CoreAuthenticationFlow, CoreClaimName, CoreClaimType, CoreClient,
        CoreClientAuthMethod, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
        CoreJweKeyManagementAlgorithm, CoreResponseMode, CoreResponseType,
        CoreSubjectIdentifierType, CoreTokenResponse,
    },
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use url::Url;
use wire::Wire;

pub(super) use claims::Claims;

/// For how long what a provider says of itself, its keys among it, is taken for true without asking again.
const FRESH: TimeDelta = TimeDelta::hours(1);
/// For how long that will do while the provider does not answer.
const STALE: TimeDelta = TimeDelta::hours(24);
/// How often it is asked again because of a key that nobody knows: anyone can send tokens that name one.
const AGAIN: TimeDelta = TimeDelta::seconds(10);

/// What matters here of what a provider says of itself beyond OpenID Connect Discovery.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct More {
    /// Whether it names itself when people come back (RFC 9207).
    #[serde(default)]
    authorization_response_iss_parameter_supported: bool,
}

impl AdditionalProviderMetadata for More {}

/// What a provider says of itself.
type Metadata = ProviderMetadata<
    More,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

/// We, as the provider knows us.
type Client = CoreClient<
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// A provider of identities.
pub(crate) struct Provider {
    pub(super) settings: ProviderSettings,
    callback: RedirectUrl,
    dependency: Dependency,
    wire: Wire,
    known: Mutex<Option<Known>>,
}

/// What it said of itself, and when.
#[derive(Clone)]
struct Known {
    metadata: Arc<Metadata>,
    read_at: DateTime<Utc>,
}

impl Provider {
    /// # Errors
    /// Invalid, naming the setting that is wrong.
    pub(super) fn new(settings: ProviderSettings, public_base: &str) -> Result<Self> {
        let callback = format!("{public_base}/api/v1/oidc/{}/callback", settings.name);
        let callback = RedirectUrl::new(callback).map_err(|_| {
            Error::invalid(
                "PUBLIC_URL",
                "It is no address that others could be sent to.",
            )
        })?;
        let policy = Policy {
            timeout: Duration::from_secs(4),
            // A code is good once.
            attempts: 1,
            concurrency: 8,
            ..Policy::default()
        };
        // Made once for as long as the process runs.
        let name: &'static str = format!("oidc-{}", settings.name).leak();
        Ok(Self {
            dependency: Dependency::new(name, policy),
            wire: Wire::new()?,
            settings,
            callback,
            known: Mutex::default(),
        })
    }

    /// Where a person is sent to sign in.
    ///
    /// # Errors
    /// Unavailable when the provider does not answer, or says of itself what cannot be.
    pub(super) async fn page(
        &self,
        state: &SecretString,
        derived: &Derived,
        now: DateTime<Utc>,
    ) -> Result<Url> {
        let metadata = self.metadata(now).await?;
        let state = CsrfToken::new(state.expose_secret().to_owned());
        let nonce = Nonce::new(derived.nonce.clone());
        let verifier = PkceCodeVerifier::new(derived.verifier.expose_secret().to_owned());
        let client = self.client(&metadata);
        let scopes = self.settings.scopes.iter();
        let request = client
            .authorize_url(
                CoreAuthenticationFlow::AuthorizationCode,
                move || state,
                move || nonce,
            )
            .add_scopes(scopes.map(|scope| Scope::new(scope.clone())))
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier));
        let (url, _, _) = request.url();
        Ok(url)
    }

    /// Whether who answered may be this provider, by the name in the answer (RFC 9207): another, which the person was lured to,
    /// would have its codes taken here.
    ///
    /// # Errors
    /// Unavailable when the provider does not answer.
    pub(super) async fn is_who_answered(
        &self,
        issuer: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<bool> {
        if let Some(issuer) = issuer {
            return Ok(issuer == self.settings.issuer.as_str());
        }
        let metadata = self.metadata(now).await?;
        let more = metadata.additional_metadata();
        Ok(!more.authorization_response_iss_parameter_supported)
    }

    /// Takes the code to the provider, for who the person is.
    ///
    /// # Errors
    /// Failed when the provider does not take it, or what it says does not hold; Unavailable.
    pub(super) async fn redeem(
        &self,
        code: &str,
        derived: &Derived,
        now: DateTime<Utc>,
    ) -> Result<Claims, Refusal> {
        let metadata = self.metadata(now).await?;
        let client = self.client(&metadata);
        let answer = self.exchange(&client, code, derived).await??;
        let nonce = Nonce::new(derived.nonce.clone());
        let checked = match claims::check(&client, &answer, &nonce, now) {
            Checked::Holds(claims) => claims,
            Checked::UnknownKey => {
                // It may have taken another key into use since we asked.
                let metadata = self.metadata_anew(now).await?;
                match claims::check(&self.client(&metadata), &answer, &nonce, now) {
                    Checked::Holds(claims) => claims,
                    Checked::UnknownKey | Checked::DoesNotHold => return Err(Refusal::Failed),
                }
            }
            Checked::DoesNotHold => return Err(Refusal::Failed),
        };
        if checked.email.is_some() {
            return Ok(checked);
        }
        let told = self.dependency.call(|| async {
            Ok(claims::ask(&client, &answer, checked.clone(), &self.wire).await)
        });
        told.await?
    }

    async fn exchange(
        &self,
        client: &Client,
        code: &str,
        derived: &Derived,
    ) -> Result<Result<CoreTokenResponse, Refusal>> {
        self.dependency
            .call(|| async {
                let code = AuthorizationCode::new(code.to_owned());
                let verifier = derived.verifier.expose_secret().to_owned();
                let Ok(request) = client.exchange_code(code) else {
                    return Ok(Err(Refusal::Failed));
                };
                let request = request.set_pkce_verifier(PkceCodeVerifier::new(verifier));
                match request.request_async(&self.wire.caller()).await {
                    Ok(answer) => Ok(Ok(answer)),
                    Err(RequestTokenError::Request(error)) => Err(CallError::retryable(error)),
                    Err(RequestTokenError::ServerResponse(error)) => {
                        // Its description may repeat what was sent.
                        let error = error.error().to_string();
                        tracing::info!(provider = self.settings.name, error, "a code was refused");
                        Ok(Err(Refusal::Failed))
                    }
                    Err(_) => {
                        let provider = &self.settings.name;
                        tracing::warn!(provider, "the answer to a code cannot be read");
                        Ok(Err(Refusal::Failed))
                    }
                }
            })
            .await
    }

    fn client(&self, metadata: &Metadata) -> Client {
        let secret = self.settings.client_secret.as_ref();
        let secret = secret.map(|secret| ClientSecret::new(secret.expose_secret().to_owned()));
        let id = ClientId::new(self.settings.client_id.clone());
        let ways = metadata.token_endpoint_auth_methods_supported();
        let client = CoreClient::from_provider_metadata(metadata.clone(), id, secret);
        // Nothing said means the first (OpenID Connect Discovery §3).
        let takes_basic =
            ways.is_none_or(|ways| ways.contains(&CoreClientAuthMethod::ClientSecretBasic));
        let way = if takes_basic {
            AuthType::BasicAuth
        } else {
            AuthType::RequestBody
        };
        client
            .set_auth_type(way)
            .set_redirect_uri(self.callback.clone())
    }

    /// What the provider says of itself, or said a while ago.
    async fn metadata(&self, now: DateTime<Utc>) -> Result<Arc<Metadata>> {
        let known = self.known();
        let is_younger = |known: &Known, than: TimeDelta| {
            (TimeDelta::zero()..than).contains(&(now - known.read_at))
        };
        match known {
            Some(known) if is_younger(&known, FRESH) => Ok(known.metadata),
            Some(known) if is_younger(&known, STALE) => {
                Ok(self.discover(now).await.unwrap_or(known.metadata))
            }
            _ => self.discover(now).await,
        }
    }

    /// The same, asked again unless that was a moment ago.
    async fn metadata_anew(&self, now: DateTime<Utc>) -> Result<Arc<Metadata>> {
        match self.known() {
            Some(known) if (TimeDelta::zero()..AGAIN).contains(&(now - known.read_at)) => {
                Ok(known.metadata)
            }
            _ => self.discover(now).await,
        }
    }

    fn known(&self) -> Option<Known> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.clone()
    }

    async fn discover(&self, now: DateTime<Utc>) -> Result<Arc<Metadata>> {
        let issuer = &self.settings.issuer;
        let found = self.dependency.call(|| async {
            let caller = self.wire.caller();
            let found = Metadata::discover_async(issuer.clone(), &caller).await;
            let metadata = found.map_err(|error| match error {
                DiscoveryError::Request(_) => CallError::retryable(error),
                DiscoveryError::Response(status, ..) if status.is_server_error() => {
                    CallError::retryable(anyhow::anyhow!("{status}"))
                }
                error => self.lies(&error.to_string()),
            })?;
            if is_plain_where_the_issuer_is_not(&metadata) {
                return Err(self.lies("an endpoint is not https, and the issuer is"));
            }
            Ok(Arc::new(metadata))
        });
        let metadata = found.await?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        *known = Some(Known {
            metadata: Arc::clone(&metadata),
            read_at: now,
        });
        Ok(metadata)
    }

    /// For what the provider's keepers have to mend: it is no fault of ours, and asking again soon does not help.
    fn lies(&self, error: &str) -> CallError {
        let provider = &self.settings.name;
        tracing::warn!(
            provider,
            error,
            "what the provider says of itself does not hold"
        );
        CallError::refused(Error::Unavailable)
    }
}

fn is_plain_where_the_issuer_is_not(metadata: &Metadata) -> bool {
    let endpoints = [
        Some(metadata.authorization_endpoint().url()),
        metadata.token_endpoint().map(TokenUrl::url),
        metadata.userinfo_endpoint().map(UserInfoUrl::url),
        Some(metadata.jwks_uri().url()),
    ];
    let is_safe = metadata.issuer().url().scheme() == "https";
    is_safe
        && endpoints
            .iter()
            .flatten()
            .any(|url| url.scheme() != "https")
}
