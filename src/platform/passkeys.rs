//! Whom passkeys are for: the relying party, in the words of W3C Web Authentication.

use super::config::Settings;
use crate::error::{Error, Result};
use std::time::Duration;
use url::Url;
use webauthn_rs::{Webauthn, WebauthnBuilder};

/// How long a person may take.
pub(crate) const PATIENCE: Duration = Duration::from_mins(5);

/// The relying party that the settings say.
///
/// # Errors
/// Invalid, naming the setting.
pub(crate) fn relying_party(settings: &Settings) -> Result<Webauthn> {
    let storefront = &settings.storefront_url;
    let id = match &settings.passkey_rp_id {
        Some(id) => id.trim(),
        None => storefront.domain().ok_or_else(|| {
            let message = "Passkeys are for domains, and STOREFRONT_URL has none. Set it, or PASSKEY_RP_ID and PASSKEY_ORIGINS.";
            Error::invalid("PASSKEY_RP_ID", message)
        })?,
    };
    let origins = settings.passkey_origins.iter().map(|origin| {
        let url = Url::parse(origin).ok();
        let of_domain = url.filter(|url| url.domain().is_some_and(|host| is_within(host, id)));
        of_domain.ok_or_else(|| misfit(origin, id))
    });
    let mut origins: Vec<Url> = origins.collect::<Result<_>>()?;
    if origins.is_empty() {
        let host = storefront.domain().filter(|host| is_within(host, id));
        host.ok_or_else(|| misfit(storefront.as_str(), id))?;
        origins.push(storefront.clone());
    }
    let (first, others) = origins.split_first().ok_or_else(|| misfit("", id))?;
    let builder = WebauthnBuilder::new(id, first).map_err(|_| misfit(first.as_str(), id))?;
    let builder = builder.rp_name(&settings.shop_name).timeout(PATIENCE);
    let builder = others
        .iter()
        .fold(builder, WebauthnBuilder::append_allowed_origin);
    builder.build().map_err(Error::internal)
}

fn is_within(host: &str, domain: &str) -> bool {
    host == domain || host.ends_with(&format!(".{domain}"))
}

fn misfit(origin: &str, id: &str) -> Error {
    let message = format!(
        "{origin} is not on the domain {id}, which passkeys are for. Name origins on it, or set PASSKEY_RP_ID to the domain of all."
    );
    Error::invalid("PASSKEY_ORIGINS", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(storefront: &str, id: Option<&str>, origins: &[&str]) -> Result<Vec<String>> {
        let settings = Settings {
            storefront_url: Url::parse(storefront).unwrap(),
            passkey_rp_id: id.map(str::to_owned),
            passkey_origins: origins.iter().map(|&origin| origin.to_owned()).collect(),
            ..Settings::defaults()
        };
        let party = relying_party(&settings)?;
        let origins = party.get_allowed_origins().iter();
        Ok(origins
            .map(|origin| origin.origin().ascii_serialization())
            .collect())
    }

    #[test]
    fn it_follows_from_the_storefront_where_nothing_else_is_said() {
        let party = of("https://shop.example/en", None, &[]).unwrap();
        assert_eq!(party, ["https://shop.example"]);
        let party = of("https://www.shop.example", Some("shop.example"), &[]).unwrap();
        assert_eq!(party, ["https://www.shop.example"]);
        let origins = ["https://shop.example", "https://pay.shop.example"];
        let party = of("http://192.0.2.1", Some("shop.example"), &origins).unwrap();
        assert_eq!(party, origins);
    }

    #[test]
    fn what_does_not_fit_is_named() {
        for (storefront, id, origins) in [
            ("http://192.0.2.1", None, [].as_slice()),
            ("https://shop.example", Some("other.example"), &[]),
            ("https://shop.example", None, &["https://notshop.example"]),
            (
                "https://shop.example",
                None,
                &["https://shop.example", "https://192.0.2.1"],
            ),
        ] {
            let error = of(storefront, id, origins).unwrap_err().to_string();
            assert!(error.starts_with("PASSKEY_"), "{error}");
        }
    }
}
