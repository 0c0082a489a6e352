//! How letters leave, and what is tried again.

use super::{FORGOT, OTHER_PASSWORD, RESET, token};
use crate::support::{Mails, TestApp};
use futures_util::future::BoxFuture;
use serde_json::json;
use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};
use std::time::Duration;
use tradewind::{
    caller::Actor,
    error::{Error, Result},
    jobs::Worker,
    ports::mailer::{Mail, Mailer},
};

/// Keeps the first letter and says it could not be sent, as when the answer of the mail server is lost.
#[derive(Clone, Debug, Default)]
struct LosesTheFirst {
    has_lost: Arc<AtomicBool>,
    mails: Mails,
}

impl Mailer for LosesTheFirst {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<()>> {
        Box::pin(async {
            self.mails.send(mail).await?;
            if self.has_lost.swap(true, Ordering::Relaxed) {
                Ok(())
            } else {
                Err(Error::Unavailable)
            }
        })
    }
}

on_both_databases! {
    async fn sent_again_the_letter_bears_another_token_and_the_first_is_void(app: TestApp) {
        app.person("ada@example.com").await;
        let mailer = LosesTheFirst::default();
        let mut server = app.app.clone();
        server.mailer = Arc::new(mailer.clone());
        app.mutate(Actor::Anonymous, FORGOT, json!({ "email": "ada@example.com" })).await.done();
        let worker = Worker::start(server, tradewind::worker::registry());
        app.until("SELECT count(*) FROM job WHERE kind = 'accounts.send_mail' AND state = 'WAITING' AND attempts = 1", 1).await;
        app.execute("UPDATE job SET run_at = created_at, rank_at = created_at WHERE state = 'WAITING'").await;
        app.until("SELECT count(*) FROM job WHERE kind LIKE 'accounts.%' AND state <> 'DONE'", 0).await;
        worker.stop(Duration::from_secs(5)).await;
        let tokens: Vec<_> = mailer.mails.take().iter().map(token).collect();
        assert_eq!(tokens.len(), 2);
        let reset = async |token: &str| {
            app.mutate(Actor::Anonymous, RESET, json!({ "token": token, "newPassword": OTHER_PASSWORD })).await
        };
        assert_eq!(reset(&tokens[0]).await.refusal().0, "INVALID");
        reset(&tokens[1]).await.done();
    }
}

/// A server that was told nothing about mail leaves nothing in the folder where it was started.
#[tokio::test]
async fn settings_choose_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mail");
    let mail = Mail {
        to: "ada@example.com".to_owned(),
        subject: "Hello".to_owned(),
        text: "Good morning".to_owned(),
        html: String::new(),
    };
    let app = |flags: Vec<(&'static str, String)>| async move {
        let database = crate::support::TestDatabase::sqlite().await;
        let flags: Vec<_> = flags
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let settings = crate::support::settings(
            &[&[("--database-url", database.url.as_str())], &flags[..]].concat(),
        );
        (tradewind::app::App::from_settings(settings).await, database)
    };
    let (files, _database) = app(vec![("--mail-folder", path.display().to_string())]).await;
    files.unwrap().mailer.send(&mail).await.unwrap();
    assert_eq!(std::fs::read_dir(&path).unwrap().count(), 1);

    let (log, _database) = app(vec![]).await;
    log.unwrap().mailer.send(&mail).await.unwrap();
    let (none, _database) = app(vec![("--tradewind-env", "production".to_owned())]).await;
    let refused = none.unwrap().mailer.send(&mail).await;
    assert_eq!(
        refused.unwrap_err().code(),
        "CONFLICT",
        "a log that is kept holds no letters"
    );

    for (flag, value, setting) in [
        ("--smtp-url", "mail.example", "SMTP_URL"),
        ("--mail-from", "nobody", "MAIL_FROM"),
    ] {
        let (wrong, _database) = app(vec![(flag, value.to_owned())]).await;
        let text = wrong.err().unwrap().to_string();
        assert!(text.starts_with(setting), "{text}");
    }
}
