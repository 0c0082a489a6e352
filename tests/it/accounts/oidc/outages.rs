//! Providers that do not answer, and providers that lie.

use super::{ACCOUNTS, Sent, Shop, provider::Mood};
use crate::support::TestApp;
use chrono::TimeDelta;
use serde_json::json;
use std::time::{Duration, Instant};

on_both_databases! {
    async fn a_provider_that_is_down_is_said_to_be(app: TestApp) {
        let shop = Shop::open(app).await;
        let nowhere = Sent::of(&shop.get("/api/v1/oidc/other/start?return_to=/cart", None).await);
        assert_eq!((nowhere.refusal(), nowhere.page.path()), ("oidc_unavailable".to_owned(), "/cart"));
        let begun = shop.begin("/cart").await;
        let (code, state) = (shop.provider.agree(&begun.page), begun.part("state").unwrap());
        let answer = [("code", &*code), ("state", &*state)];
        shop.provider.script(|script| script.mood = Mood::Down);
        let sent = shop.come_back(&answer, begun.cookie.as_deref()).await;
        assert_eq!((sent.refusal(), sent.page.path()), ("oidc_failed".to_owned(), "/cart"));
        // What it says of itself is old by then, and still does.
        shop.app.app.clock.advance(TimeDelta::hours(2));
        assert_eq!(shop.begin("/").await.page.path(), "/authorize");
        shop.app.app.clock.advance(TimeDelta::hours(24));
        assert_eq!(shop.begin("/cart").await.refusal(), "oidc_unavailable");
        assert_eq!(shop.count(ACCOUNTS).await, 0);
    }

    async fn a_provider_that_hangs_does_not_take_others_with_it(app: TestApp) {
        let shop = Shop::open(app).await;
        let begun = shop.begin("/").await;
        let (code, state) = (shop.provider.agree(&begun.page), begun.part("state").unwrap());
        shop.provider.script(|script| script.mood = Mood::Hanging);
        let began = Instant::now();
        let answer = [("code", &*code), ("state", &*state)];
        let hanging = shop.come_back(&answer, begun.cookie.as_deref());
        let others = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            let before = Instant::now();
            // No transaction is open meanwhile: on SQLite nobody else could write.
            shop.app.execute("UPDATE account SET version = version").await;
            before.elapsed()
        };
        let (sent, waited) = tokio::join!(hanging, others);
        assert_eq!(sent.refusal(), "oidc_unavailable");
        let took = began.elapsed();
        assert!(took < Duration::from_secs(8) && waited < Duration::from_secs(2), "{took:?} {waited:?}");
        println!("a hanging provider is given up after {took:?}");
    }

    async fn a_provider_that_lies_of_itself_is_not_used(app: TestApp) {
        let shop = Shop::open(app).await;
        for metadata in [
            json!({ "issuer": "https://evil.example" }),
            json!({ "issuer": format!("{}/", shop.provider.issuer) }),
            json!({ "jwks_uri": null }),
            json!({ "jwks_uri": "nowhere" }),
            json!({ "authorization_endpoint": 1 }),
            json!({ "large": "a".repeat(600_000) }),
        ] {
            shop.provider.script(|script| script.metadata = metadata.clone());
            let refusal = shop.begin("/").await.refusal();
            assert_eq!(refusal, "oidc_unavailable", "{:.100}", metadata.to_string());
        }
        shop.provider.script(|script| script.metadata = json!({ "token_endpoint": null }));
        assert_eq!(shop.sign_in().await.refusal(), "oidc_failed");
    }
}
