//! Identity tokens that do not hold (OpenID Connect Core §3.1.3.7).

use super::{ACCOUNTS, IDENTITIES, SESSIONS, Shop, provider::Script};
use crate::support::TestApp;
use chrono::TimeDelta;
use serde_json::{Value, json};

/// A way of misbehaving, and its name.
type Fault = (&'static str, fn(&mut Script));

fn faults() -> Vec<Fault> {
    fn claims(script: &mut Script, claims: Value) {
        script.claims = claims;
    }
    vec![
        ("another nonce", |s| {
            claims(s, json!({ "nonce": "other" }));
        }),
        ("no nonce", |s| {
            claims(s, json!({ "nonce": null }));
        }),
        ("another issuer", |s| {
            claims(s, json!({ "iss": "https://evil.example" }));
        }),
        ("no issuer", |s| {
            claims(s, json!({ "iss": null }));
        }),
        ("for another", |s| {
            claims(s, json!({ "aud": "another-shop" }));
        }),
        ("for nobody", |s| {
            claims(s, json!({ "aud": [] }));
        }),
        ("for another too", |s| {
            claims(s, json!({ "aud": ["shop", "another-shop"] }));
        }),
        ("by another party", |s| {
            claims(s, json!({ "azp": "another-shop" }));
        }),
        ("expired", |s| {
            claims(s, json!({ "exp": chrono::Utc::now().timestamp() - 1 }));
        }),
        ("without end", |s| {
            claims(s, json!({ "exp": null }));
        }),
        ("of the future", |s| {
            claims(s, json!({ "iat": chrono::Utc::now().timestamp() + 600 }));
        }),
        ("of nobody", |s| {
            claims(s, json!({ "sub": null }));
        }),
        ("of someone without a name", |s| {
            claims(s, json!({ "sub": "" }));
        }),
        ("of a very long name", |s| {
            claims(s, json!({ "sub": "a".repeat(256) }));
        }),
        ("not signed", |s| s.algorithm = "none"),
        ("signed with what is shared", |s| s.algorithm = "HS256"),
        ("signed as it is not", |s| s.algorithm = "RS256"),
        ("signed by another", |s| s.is_forged = true),
        ("left out", |s| s.is_silent = true),
    ]
}

on_both_databases! {
    async fn what_does_not_hold_signs_nobody_in(app: TestApp) {
        let shop = Shop::open(app).await;
        shop.begin("/").await;
        let faults = faults();
        for (name, fault) in &faults {
            shop.provider.script(fault);
            assert_eq!(shop.sign_in().await.refusal(), "oidc_failed", "{name}");
        }
        println!("{} tokens were refused", faults.len());
        assert_eq!((shop.count(ACCOUNTS).await, shop.count(IDENTITIES).await, shop.count(SESSIONS).await), (0, 0, 0));
        shop.provider.script(|script| script.claims = json!({ "aud": ["shop"], "azp": "shop" }));
        shop.whose(&shop.sign_in().await).await;
    }

    /// Providers take another key into use without telling anyone.
    async fn a_key_that_nobody_knows_is_asked_for(app: TestApp) {
        let shop = Shop::open(app).await;
        shop.whose(&shop.sign_in().await).await;
        let asked = shop.provider.asked();
        shop.whose(&shop.sign_in().await).await;
        assert_eq!(shop.provider.asked(), asked + 1, "what it says of itself is remembered");
        shop.provider.script(|script| script.key = "two");
        assert_eq!(shop.sign_in().await.refusal(), "oidc_failed", "it was asked a moment ago");
        shop.app.app.clock.advance(TimeDelta::seconds(11));
        shop.whose(&shop.sign_in().await).await;
    }
}
