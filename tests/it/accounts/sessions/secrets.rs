//! What nobody but the person may know stands in no log.

use super::{EMAIL, PASSWORD, Signed};
use crate::support::TestApp;
use serde_json::json;
use std::{
    io::Write,
    sync::{Arc, Mutex},
};
use tracing_subscriber::fmt::MakeWriter;
use tradewind::caller::Role;

/// Everything that was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[tokio::test]
async fn no_log_holds_a_secret() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .with_ansi(false)
        .finish();
    // For all threads of the process: databases work on threads of their own.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    tracing::trace!("everything is written down");
    let apps = [
        Some(TestApp::on_sqlite().await),
        TestApp::on_postgres().await,
    ];
    for app in apps.into_iter().flatten() {
        app.member(EMAIL, Role::Customer).await;
        let mut secrets = vec![PASSWORD.to_owned()];
        let browser = app.create(EMAIL, PASSWORD, "BROWSER").await;
        let cookie = browser
            .header("set-cookie")
            .unwrap()
            .split(';')
            .next()
            .unwrap()
            .to_owned();
        secrets.push(cookie.split_once('=').unwrap().1.to_owned());
        let refreshed = app
            .gql_with(
                &[("cookie", &cookie)],
                "mutation { sessionRefresh { accessToken } }",
                json!({}),
            )
            .await;
        secrets.push(
            refreshed.data()["sessionRefresh"]["accessToken"]
                .as_str()
                .unwrap()
                .to_owned(),
        );
        app.create(EMAIL, "a wrong canary", "APP").await;
        secrets.push("a wrong canary".to_owned());
        let first = app.sign_in(EMAIL).await;
        let second = Signed::of(&app.refresh(&first.refresh).await.data()["sessionRefresh"]);
        app.status_bearing(&second.access).await;
        app.status_bearing(&format!("{}x", second.access)).await;
        app.app.clock.advance(chrono::TimeDelta::seconds(11));
        app.refresh(&first.refresh).await;
        for signed in [first, second] {
            secrets.extend([signed.access, signed.refresh]);
        }
        secrets.extend(app.column::<String>("SELECT hash FROM refresh_token").await);
        secrets.extend(
            app.column::<String>("SELECT password_hash FROM account_login")
                .await,
        );
        let pem: String = app.value("SELECT private_key FROM signing_key").await;
        secrets.push(pem.lines().nth(1).unwrap().to_owned());
        let text = log.text();
        // It is the log of this: the end by reuse is in it.
        assert!(
            text.contains("a refresh token came again"),
            "{} bytes",
            text.len()
        );
        assert!(
            text.contains("everything is written down"),
            "{} bytes",
            text.len()
        );
        assert!(secrets.len() >= 12, "{}", secrets.len());
        for secret in &secrets {
            assert!(!text.contains(secret.as_str()), "{secret} is in the log");
        }
        // Nor in what anyone can ask for.
        let metrics = axum::http::Request::get("/metrics").body(axum::body::Body::empty());
        let metrics = app.send(metrics.unwrap()).await.body.to_string();
        assert!(
            secrets
                .iter()
                .all(|secret| !metrics.contains(secret.as_str()))
        );
    }
}
