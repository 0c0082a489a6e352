//! What someone showed at the beginning of a long conversation, to be looked at again for as long as that lasts.

use super::{
    keys,
    sessions::{self, Claim},
};
use crate::{
    app::App,
    caller::Person,
    error::{Error, Result},
};
use secrecy::{ExposeSecret, SecretString};

/// An access token whose signature was looked at, or a key.
#[derive(Debug)]
pub(crate) enum Credential {
    Token(Claim),
    Key(SecretString),
}

impl Credential {
    /// Reads what was sent.
    ///
    /// # Errors
    /// Unauthenticated when it is no access token of ours; whatever the database says.
    pub(crate) async fn read(app: &App, sent: &SecretString) -> Result<Self> {
        if keys::is_meant_as_key(sent.expose_secret()) {
            return Ok(Self::Key(sent.clone()));
        }
        let claim = sessions::claim(app, sent.expose_secret()).await?;
        Ok(Self::Token(claim))
    }

    /// Who is behind it, as of now or of a few seconds ago. A token is good until it expires and not a second longer: no clocks
    /// have to be reconciled within one conversation.
    ///
    /// # Errors
    /// Unauthenticated when it is not good, or not any more.
    pub(crate) async fn person(&self, app: &App) -> Result<Person> {
        match self {
            Self::Token(claim) if claim.expires_at <= app.clock.now() => {
                Err(Error::Unauthenticated)
            }
            Self::Token(claim) => sessions::person_of(app, claim).await,
            Self::Key(sent) => keys::authenticate(app, sent.expose_secret()).await,
        }
    }
}
