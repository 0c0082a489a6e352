//! A server that listens, and people who sign in to it.

use super::{events::PATIENCE, socket::Socket};
use crate::support::{TestApp, shops::person};
use argon2::{Argon2, PasswordHasher};
use serde_json::json;
use std::{net::SocketAddr, time::Instant};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;
use tradewind::{
    caller::Actor,
    http::{Edge, serve},
};

/// A server on a port of its own.
pub struct Server {
    pub app: TestApp,
    pub address: SocketAddr,
    pub stop: CancellationToken,
    pub served: JoinHandle<()>,
}

impl Server {
    pub async fn start(app: TestApp) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (edge, stop) = (Edge::new(app.app.clone()), CancellationToken::new());
        let stopped = stop.clone();
        let mut is_asked = false;
        let served = tokio::spawn(serve(listener, edge, async move || {
            // Once: the second time would be the end of patience.
            if is_asked {
                std::future::pending::<()>().await;
            }
            stopped.cancelled().await;
            is_asked = true;
        }));
        Self {
            app,
            address,
            stop,
            served,
        }
    }

    pub async fn on_sqlite(flags: &[(&str, &str)]) -> Self {
        Self::start(TestApp::on_sqlite_with(flags).await).await
    }

    /// A conversation that was begun as nobody.
    pub async fn anonymous(&self) -> Socket {
        Socket::begun(self.address, json!({})).await
    }

    /// A conversation that was begun with a token.
    pub async fn as_bearer(&self, token: &str) -> Socket {
        let payload = json!({ "authorization": format!("Bearer {token}") });
        Socket::begun(self.address, payload).await
    }

    /// Someone new, and an access token.
    pub async fn signed_in(&self, name: &str) -> (Actor, String) {
        let actor = person(&self.app, name).await;
        let hash = Argon2::default().hash_password(b"harbour lantern");
        let hash = hash.unwrap().to_string();
        let email = format!("{name}@shop.example");
        let sql =
            format!("UPDATE account_login SET password_hash = '{hash}' WHERE email = '{email}'");
        self.app.execute(&sql).await;
        let document = "mutation ($email: String!) { sessionCreate(input: { email: $email, password: \"harbour lantern\", kind: APP }) {
            accessToken userErrors { code } } }";
        let reply = self.app.gql(document, json!({ "email": email })).await;
        let token = &reply.data()["sessionCreate"]["accessToken"];
        (actor, token.as_str().unwrap().to_owned())
    }

    /// Waits until nothing of any conversation is left behind.
    pub async fn nothing_is_left(&self) {
        let began = Instant::now();
        while !self.app.app.tasks.is_empty() {
            assert!(
                began.elapsed() < PATIENCE,
                "{} tasks are left",
                self.app.app.tasks.len()
            );
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
    }
}
