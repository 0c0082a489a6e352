//! What whoever signed in or refreshed gets.

use super::{Session, access_token};
use crate::{app::App, error::Result, platform::signing::Keyring};
use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use std::sync::Arc;

/// The two tokens of a session. Neither is kept, logged, or told twice, but as [`super::session_refresh()`] does.
pub(crate) struct Tokens {
    pub(crate) session: Arc<Session>,
    pub(crate) issued_at: DateTime<Utc>,
    pub(crate) access: SecretString,
    pub(crate) access_until: DateTime<Utc>,
    pub(crate) refresh: SecretString,
    pub(crate) refresh_until: DateTime<Utc>,
}

impl Tokens {
    /// A new access token beside `refresh`.
    pub(super) fn new(
        app: &App,
        keyring: &Keyring,
        session: Session,
        refresh: SecretString,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let minutes = TimeDelta::minutes(app.settings.access_token_minutes.into());
        let access_until = session.expires_at.min(now + minutes);
        let ids = (session.account_id.0, session.id.0);
        Ok(Self {
            access: access_token::issue(&app.settings, keyring, ids, (now, access_until))?,
            access_until,
            issued_at: now,
            refresh,
            refresh_until: session.expires_at.min(session.idle_until),
            session: Arc::new(session),
        })
    }
}
