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

#[cfg(test)]
mod tests {
    use super::{super::message::sender, *};
    use tokio::{
        io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
        net::{TcpListener, TcpStream},
        task::JoinHandle,
    };

    /// A mail server that takes one connection, answers each recipient with `verdict`, and returns what it was told.
    async fn server(verdict: &'static str) -> (SecretString, JoinHandle<String>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        #[expect(clippy::disallowed_methods, reason = "nobody counts its statements")]
        let told = tokio::spawn(async move {
            let (stream, _) = listener.accept().await.unwrap();
            converse(stream, verdict).await
        });
        (SecretString::from(url), told)
    }

    async fn converse(stream: TcpStream, verdict: &str) -> String {
        let (reader, mut writer) = stream.into_split();
        let (mut lines, mut told, mut is_letter) =
            (BufReader::new(reader).lines(), String::new(), false);
        writer.write_all(b"220 test\r\n").await.unwrap();
        while let Ok(Some(line)) = lines.next_line().await {
            told.push_str(&line);
            told.push('\n');
            let answer = match line.split([' ', ':']).next().unwrap_or_default() {
                "." => {
                    is_letter = false;
                    "250 taken"
                }
                _ if is_letter => continue,
                "RCPT" => verdict,
                "DATA" => {
                    is_letter = true;
                    "354 go on"
                }
                "QUIT" => break,
                _ => "250 fine",
            };
            writer
                .write_all(format!("{answer}\r\n").as_bytes())
                .await
                .unwrap();
        }
        told
    }

    fn mail() -> Mail {
        Mail {
            to: "ada@example.com".to_owned(),
            subject: "Hello".to_owned(),
            text: "Good morning".to_owned(),
            html: "<p>Good morning</p>".to_owned(),
        }
    }

    fn smtp(url: &SecretString) -> Smtp {
        Smtp::new(url, sender("no-reply@shop.example").unwrap()).unwrap()
    }

    #[tokio::test]
    async fn a_letter_reaches_the_server() {
        let (url, told) = server("250 fine").await;
        let smtp = smtp(&url);
        smtp.send(&mail()).await.unwrap();
        drop(smtp);
        let told = told.await.unwrap();
        assert!(
            told.contains("RCPT TO:<ada@example.com>") && told.contains("Good morning"),
            "{told}"
        );
    }

    #[tokio::test]
    async fn what_is_refused_for_good_is_not_tried_again_and_the_rest_is() {
        let (url, _told) = server("550 nobody here").await;
        assert_eq!(
            smtp(&url).send(&mail()).await.unwrap_err().code(),
            "VALIDATION_ERROR"
        );
        let (url, _told) = server("451 later").await;
        assert_eq!(
            smtp(&url).send(&mail()).await.unwrap_err().code(),
            "SERVICE_UNAVAILABLE"
        );
        let nobody = TcpListener::bind("127.0.0.1:0")
            .await
            .unwrap()
            .local_addr()
            .unwrap();
        let url = SecretString::from(format!("smtp://{nobody}"));
        assert_eq!(
            smtp(&url).send(&mail()).await.unwrap_err().code(),
            "SERVICE_UNAVAILABLE"
        );
    }

    #[tokio::test]
    async fn urls_that_are_none_are_not_shown() {
        for url in ["http://user:geheim@shop.example", "geheim", "smtp://"] {
            let error =
                Smtp::new(&SecretString::from(url), sender("a@b.example").unwrap()).unwrap_err();
            let text = error.for_operator();
            assert!(
                text.starts_with("SMTP_URL: ") && !text.contains("geheim"),
                "{text}"
            );
        }
    }
}
