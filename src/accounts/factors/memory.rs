//! What a server remembers of factors.

use crate::{
    error::{Error, Result},
    platform::{config::Settings, passkeys::relying_party, sealing::SealingKey},
};
use std::sync::{Arc, OnceLock};
use tokio::sync::OnceCell;
use webauthn_rs::Webauthn;

/// The key that seals, and whom passkeys are for.
#[derive(Default)]
pub(crate) struct Memory {
    key: OnceCell<Arc<SealingKey>>,
    relying_party: OnceLock<Arc<Webauthn>>,
}

impl Memory {
    /// The key, read by `read` the first time.
    pub(super) async fn key(
        &self,
        read: impl AsyncFnOnce() -> Result<SealingKey>,
    ) -> Result<Arc<SealingKey>> {
        let key = self
            .key
            .get_or_try_init(async || read().await.map(Arc::new));
        key.await.cloned()
    }

    /// Whom passkeys are for.
    ///
    /// # Errors
    /// Conflict, where the server has no domain.
    pub(super) fn relying_party(&self, settings: &Settings) -> Result<Arc<Webauthn>> {
        if let Some(known) = self.relying_party.get() {
            return Ok(Arc::clone(known));
        }
        // What was set was looked at when the server started; what follows from another setting may not do.
        let made = relying_party(settings).map_err(|_| {
            let message = "This shop has no passkeys: they are for domains. Its operator is to set STOREFRONT_URL or PASSKEY_RP_ID.";
            Error::Conflict(message.to_owned())
        })?;
        let made = Arc::new(made);
        Ok(Arc::clone(self.relying_party.get_or_init(|| made)))
    }
}
