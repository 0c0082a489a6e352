//! Sending mail through a mail server.

use super::{
    Mail, Mailer,
    message::{Sender, message},
};
use crate::{
    error::{Error, Result},
    platform::resilience::{CallError, Dependency, Policy},
};
use futures_util::future::BoxFuture;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};
use std::{fmt, time::Duration};

/// A mail server.
pub(super) struct Smtp {
    dependency: Dependency,
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Sender,
}

impl Smtp {
    /// # Errors
    /// Invalid when `url` is none.
    pub(super) fn new(url: &SecretString, from: Sender) -> Result<Self> {
        // What the library says of it may hold the password.
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret());
        let builder = builder.map_err(|_| {
            Error::invalid(
                "SMTP_URL",
                "It is not one like smtps://USER:PASSWORD@HOST or smtp://USER:PASSWORD@HOST?tls=required.",
            )
        })?;
        let policy = Policy {
            timeout: Duration::from_secs(20),
            // The job is tried again, later.
            attempts: 1,
            concurrency: 4,
            queue_wait: Duration::from_secs(5),
            ..Policy::default()
        };
        Ok(Self {
            dependency: Dependency::new("smtp", policy),
            transport: builder.build(),
            from,
        })
    }
}

impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Smtp").finish_non_exhaustive()
    }
}

impl Mailer for Smtp {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let message = message(&self.from, mail)?;
            self.dependency
                .call(|| async {
                    match self.transport.send(message.clone()).await {
                        Ok(_) => Ok(()),
                        Err(error) if error.is_permanent() => Err(CallError::refused(
                            Error::invalid("to", "The mail server refuses it for good."),
                        )),
                        Err(error) => Err(CallError::retryable(error)),
                    }
                })
                .await
        })
    }
}
