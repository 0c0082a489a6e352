//! Writing mail to the log, so that a server that was told nothing can be tried out: links can be followed from the terminal.

use super::{Mail, Mailer};
use crate::error::{Error, Result};
use futures_util::future::BoxFuture;

/// The log, in development only: what letters hold is not for a log that is kept.
#[derive(Debug)]
pub(super) struct Log {
    is_production: bool,
}

impl Log {
    pub(super) fn new(is_production: bool) -> Self {
        Self { is_production }
    }
}

impl Mailer for Log {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            if self.is_production {
                // Another process may have it set, or this one when it is started again.
                return Err(Error::Conflict(
                    "No mail can be sent: neither SMTP_URL nor MAIL_FOLDER is set.".to_owned(),
                ));
            }
            tracing::info!(
                to = mail.to,
                subject = mail.subject,
                "mail, sent nowhere:\n{}",
                mail.text
            );
            Ok(())
        })
    }
}
