//! Sending mail.

mod file;
mod log;
mod message;
mod smtp;

use crate::{
    error::{Error, Result},
    platform::config::Settings,
};
use futures_util::future::BoxFuture;
use std::{fmt, sync::Arc};

/// A letter to one person. It may hold a link that makes its bearer someone, so it is never shown by `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// What it is about.
    pub subject: String,
    /// All of it as plain text.
    pub text: String,
    /// All of it as HTML.
    pub html: String,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mail")
            .field("subject", &self.subject)
            .finish_non_exhaustive()
    }
}

/// Sends mail.
pub trait Mailer: fmt::Debug + Send + Sync {
    /// Hands the letter on to whoever brings it.
    ///
    /// # Errors
    /// Invalid when it will never be taken; anything else when it may be later.
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<()>>;
}

/// The way to send mail that the settings choose: `SMTP_URL`, else `MAIL_FOLDER`, else the log.
///
/// # Errors
/// Invalid, naming the setting that is wrong.
pub(crate) fn from_settings(settings: &Settings) -> Result<Arc<dyn Mailer>> {
    let from = message::sender(&settings.mail_from).ok_or_else(|| {
        Error::invalid(
            "MAIL_FROM",
            "It is not a sender. One looks like Tradewind <no-reply@shop.example>.",
        )
    })?;
    Ok(match (&settings.smtp_url, &settings.mail_folder) {
        (Some(url), _) => Arc::new(smtp::Smtp::new(url, from)?),
        (None, Some(folder)) => Arc::new(file::Folder::new(folder.clone(), from)),
        (None, None) => Arc::new(log::Log::new(settings.is_production())),
    })
}
