//! The setting `OIDC_PROVIDERS`.

use crate::{
    error::{Error, Result},
    platform::config::Settings,
};
use openidconnect::IssuerUrl;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

/// A provider, as the settings have it.
#[derive(Clone, Debug)]
pub(super) struct ProviderSettings {
    /// Its name in paths, logs and metrics.
    pub(super) name: String,
    pub(super) issuer: IssuerUrl,
    pub(super) client_id: String,
    /// None where the provider knows the server by PKCE alone.
    pub(super) client_secret: Option<SecretString>,
    /// What is asked for beside `openid`.
    pub(super) scopes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: String,
    issuer: String,
    client_id: String,
    #[serde(default)]
    client_secret: Option<String>,
    #[serde(default = "usual_scopes")]
    scopes: Vec<String>,
}

fn usual_scopes() -> Vec<String> {
    ["email", "profile"].map(str::to_owned).to_vec()
}

/// The providers.
///
/// # Errors
/// Invalid, naming the setting. What it holds is not repeated: there are secrets in it.
pub(super) fn read(settings: &Settings) -> Result<Vec<ProviderSettings>> {
    let Some(text) = &settings.oidc_providers else {
        return Ok(Vec::new());
    };
    let written: Vec<Written> = serde_json::from_str(text.expose_secret()).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        invalid(format!(
            "It is not a list of providers in JSON: see line {line}, column {column}. Each has name, issuer, client_id, and \
             perhaps client_secret and scopes."
        ))
    })?;
    let mut providers: Vec<ProviderSettings> = Vec::with_capacity(written.len());
    for written in written {
        let provider = checked(written, settings.is_production())?;
        let is_other = |known: &ProviderSettings| {
            known.name != provider.name && known.issuer != provider.issuer
        };
        if !providers.iter().all(is_other) {
            return Err(invalid(format!(
                "The provider {} stands there twice, or another has its issuer.",
                provider.name
            )));
        }
        providers.push(provider);
    }
    Ok(providers)
}

fn checked(written: Written, is_production: bool) -> Result<ProviderSettings> {
    let name = written.name;
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if !(1..=30).contains(&name.len()) || !name.bytes().all(is_letter) {
        return Err(invalid(
            "A provider's name has 1 to 30 small letters, digits and hyphens: it stands in paths.",
        ));
    }
    let url = Url::parse(&written.issuer).ok();
    let is_issuer = |url: &Url| {
        let is_safe = url.scheme() == "https" || (url.scheme() == "http" && !is_production);
        is_safe && url.has_host() && url.query().is_none() && url.fragment().is_none()
    };
    if !url.as_ref().is_some_and(is_issuer) {
        return Err(invalid(format!(
            "The issuer of {name} is no address like https://id.example; in production it begins with https."
        )));
    }
    if written.client_id.trim().is_empty() {
        return Err(invalid(format!("The client_id of {name} is empty.")));
    }
    let issuer = IssuerUrl::new(written.issuer)
        .map_err(|_| invalid(format!("The issuer of {name} is no URL.")))?;
    Ok(ProviderSettings {
        name,
        issuer,
        client_id: written.client_id,
        client_secret: written
            .client_secret
            .filter(|secret| !secret.trim().is_empty())
            .map(SecretString::from),
        scopes: written.scopes,
    })
}

fn invalid(message: impl Into<String>) -> Error {
    Error::invalid("OIDC_PROVIDERS", message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::config::Environment;

    fn read_as(text: &str, environment: Environment) -> Result<Vec<ProviderSettings>> {
        let settings = Settings {
            oidc_providers: Some(text.into()),
            tradewind_env: environment,
            ..Settings::defaults()
        };
        read(&settings)
    }

    #[test]
    fn providers_are_read() {
        let text = r#"[{"name":"acme","issuer":"https://id.acme.example","client_id":"shop","client_secret":"canary"},
            {"name":"b-2","issuer":"https://b.example/realms/x","client_id":"shop","scopes":["email"]}]"#;
        let providers = read_as(text, Environment::Production).unwrap();
        assert_eq!(providers[0].scopes, ["email", "profile"]);
        assert_eq!(providers[1].scopes, ["email"]);
        assert!(providers[1].client_secret.is_none());
        assert!(!format!("{providers:?}").contains("canary"));
    }

    #[test]
    fn what_is_wrong_is_named_without_its_secrets() {
        for text in [
            "canary",
            r#"{"name":"canary"}"#,
            r#"[{"name":"acme","issuer":"https://a.example","client_id":"x","client_sekret":"canary"}]"#,
            r#"[{"name":"Acme","issuer":"https://a.example","client_id":"x","client_secret":"canary"}]"#,
            r#"[{"name":"","issuer":"https://a.example","client_id":"x"}]"#,
            r#"[{"name":"a/b","issuer":"https://a.example","client_id":"x"}]"#,
            r#"[{"name":"acme","issuer":"https://a.example?canary","client_id":"x"}]"#,
            r#"[{"name":"acme","issuer":"http://a.example","client_id":"x","client_secret":"canary"}]"#,
            r#"[{"name":"acme","issuer":"file:///canary","client_id":"x"}]"#,
            r#"[{"name":"acme","issuer":"https://a.example","client_id":" "}]"#,
            r#"[{"name":"a","issuer":"https://a.example","client_id":"x"},{"name":"a","issuer":"https://b.example","client_id":"x"}]"#,
            r#"[{"name":"a","issuer":"https://a.example","client_id":"x"},{"name":"b","issuer":"https://a.example","client_id":"x"}]"#,
        ] {
            let error = read_as(text, Environment::Production).unwrap_err();
            let error = error.to_string();
            assert!(
                error.starts_with("OIDC_PROVIDERS: ") && !error.contains("canary"),
                "{text}: {error}"
            );
        }
        let local = r#"[{"name":"acme","issuer":"http://127.0.0.1:9000","client_id":"x"}]"#;
        assert!(read_as(local, Environment::Development).is_ok());
    }
}
