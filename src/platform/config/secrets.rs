//! Whether the secrets are there, and good for what they are for.

use super::Settings;
use crate::{
    error::{Error, Result},
    platform::{passkeys::relying_party, sealing::SealingKey, signing},
};
use secrecy::ExposeSecret;

impl Settings {
    /// Checks the secrets: in production all must be there, and what is there must be usable anywhere.
    ///
    /// # Errors
    /// Invalid, naming the setting and how to get a right value.
    pub fn check_secrets(&self) -> Result<()> {
        const MEND: &str = "Make one with `openssl genpkey -algorithm ed25519`.";
        signing::public_keys(&self.jwt_previous_public_keys)?;
        match &self.jwt_private_key {
            Some(pem) => jsonwebtoken::EncodingKey::from_ed_pem(pem.expose_secret().as_bytes())
                .map(|_| ())
                .map_err(|_| {
                    Error::invalid(
                        "JWT_PRIVATE_KEY",
                        format!("It is not an Ed25519 private key in PEM. {MEND}"),
                    )
                }),
            None if self.is_production() => Err(Error::invalid(
                "JWT_PRIVATE_KEY",
                format!("It is required in production and is missing. {MEND}"),
            )),
            None => Ok(()),
        }?;
        self.check_factor_key()?;
        self.check_passkeys()
    }

    /// What was set for passkeys must fit together; what follows from `STOREFRONT_URL` may be an address without a domain, for
    /// which there are none.
    fn check_passkeys(&self) -> Result<()> {
        if self.passkey_rp_id.is_some() || !self.passkey_origins.is_empty() {
            relying_party(self)?;
        }
        Ok(())
    }

    fn check_factor_key(&self) -> Result<()> {
        match &self.factor_key {
            Some(key) => SealingKey::new(key).map(|_| ()),
            None if self.is_production() => Err(Error::invalid(
                "FACTOR_KEY",
                "It is required in production and is missing. Make one with `openssl rand -base64 32`.",
            )),
            None => Ok(()),
        }
    }
}
