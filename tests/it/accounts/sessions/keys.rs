//! The keys that sign: where they come from, and how they are changed.

use super::{EMAIL, Signed};
use crate::support::{Mails, TestApp, TestDatabase};
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use axum::{body::Body, http::Request};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use futures_util::future::join_all;
use serde_json::Value;
use tradewind::{app::App, caller::Role};

/// A new private key, in PEM.
pub(super) fn private_key() -> String {
    let key = Ed25519KeyPair::generate().unwrap().to_pkcs8v1().unwrap();
    let key = STANDARD.encode(key.as_ref());
    format!("-----BEGIN PRIVATE KEY-----\n{key}\n-----END PRIVATE KEY-----\n")
}

/// The pair of a private key in PEM.
pub(super) fn pair(pem: &str) -> Ed25519KeyPair {
    let der = STANDARD.decode(pem.lines().nth(1).unwrap()).unwrap();
    Ed25519KeyPair::from_pkcs8_maybe_unchecked(&der).unwrap()
}

/// Its public key, as `openssl pkey -pubout` writes it.
pub(super) fn public_key(private: &str) -> String {
    let mut der = vec![
        0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00,
    ];
    der.extend_from_slice(pair(private).public_key().as_ref());
    let key = STANDARD.encode(der);
    format!("-----BEGIN PUBLIC KEY-----\n{key}\n-----END PUBLIC KEY-----\n")
}

impl TestApp {
    pub(super) async fn jwks(&self) -> Vec<Value> {
        let request = Request::get("/.well-known/jwks.json").body(Body::empty());
        let reply = self.send(request.unwrap()).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("cache-control"), Some("public, max-age=300"));
        reply.body["keys"].as_array().unwrap().clone()
    }
}

/// What a token's head names.
fn kid(access: &str) -> String {
    let head = URL_SAFE_NO_PAD
        .decode(access.split('.').next().unwrap())
        .unwrap();
    let head: Value = serde_json::from_slice(&head).unwrap();
    head["kid"].as_str().unwrap().to_owned()
}

on_both_databases! {
    async fn processes_that_start_together_end_with_one_key(app: TestApp) {
        let mut apps = Vec::new();
        for _ in 0..4 {
            let app = App::from_settings((*app.app.settings).clone()).await.unwrap();
            apps.push(TestApp { router: tradewind::http::router(app.clone()), app, database: TestDatabase::empty_sqlite(), mails: Mails::default() });
        }
        let keys = join_all(apps.iter().map(TestApp::jwks)).await;
        for found in &keys {
            assert_eq!(found.len(), 1);
            assert_eq!(*found, keys[0]);
        }
        assert_eq!(app.value::<i64>("SELECT count(*) FROM signing_key").await, 1);
        let key = &keys[0][0];
        assert_eq!(key["kty"], "OKP");
        assert!(key.get("d").is_none(), "the private part stays here");
    }

    async fn one_key_takes_the_place_of_another(app: TestApp) {
        let (old, new) = (private_key(), private_key());
        let url = app.database.url.clone();
        let with = async |private: &str, previous: &str| {
            let flags = [("--database-url", &*url), ("--jwt-private-key", private), ("--jwt-previous-public-keys", previous)];
            let app = App::from_settings(crate::support::settings(&flags)).await.unwrap();
            TestApp { router: tradewind::http::router(app.clone()), app, database: TestDatabase::empty_sqlite(), mails: Mails::default() }
        };
        let before = with(&old, "").await;
        before.member(EMAIL, Role::Customer).await;
        let signed = before.sign_in(EMAIL).await;
        assert_eq!(app.value::<i64>("SELECT count(*) FROM signing_key").await, 0);

        let during = with(&new, &format!("{}{}", public_key(&old), public_key(&private_key()))).await;
        assert_eq!(during.status_bearing(&signed.access).await, 200);
        assert_eq!(during.jwks().await.len(), 3);
        let refreshed = Signed::of(&during.refresh(&signed.refresh).await.data()["sessionRefresh"]);
        assert_ne!(kid(&signed.access), kid(&refreshed.access));
        assert_eq!(during.jwks().await[0]["kid"], kid(&refreshed.access));
        // Under another key another successor follows; it is refused, and nothing was stolen.
        assert_eq!(before.refresh(&signed.refresh).await.error_code(), "UNAUTHENTICATED");
        assert_eq!(before.status_bearing(&refreshed.access).await, 401);

        let after = with(&new, "").await;
        assert_eq!(after.status_bearing(&signed.access).await, 401);
        assert_eq!(after.status_bearing(&refreshed.access).await, 200);
        let last = after.refresh(&refreshed.refresh).await;
        Signed::of(&last.data()["sessionRefresh"]);
    }
}
