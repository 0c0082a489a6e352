//! A way is one browser's, once, for a while, to one provider and to the shop's own pages.

use super::{ACCOUNTS, Sent, Shop};
use crate::support::TestApp;
use chrono::TimeDelta;
use serde_json::json;

on_both_databases! {
    async fn a_way_is_one_browsers(app: TestApp) {
        let shop = Shop::open(app).await;
        let begun = shop.begin("/account").await;
        let others = shop.begin("/").await;
        let (code, state) = (shop.provider.agree(&begun.page), begun.part("state").unwrap());
        let other_state = others.part("state").unwrap();
        let foreign = format!("tradewind_oidc={}", "a".repeat(43));
        let (own, twice) = (begun.cookie.as_deref(), format!("{0}; {0}", begun.cookie.as_deref().unwrap()));
        for (state, cookie) in [
            ("", own),
            ("wrong", own),
            (&*other_state, own),
            (&*state, None),
            (&*state, Some("tradewind_oidc=")),
            (&*state, Some(&*foreign)),
            (&*state, others.cookie.as_deref()),
            (&*state, Some(&*twice)),
        ] {
            let sent = shop.come_back(&[("code", &code), ("state", state)], cookie).await;
            assert_eq!(sent.refusal(), "oidc_expired", "{state} {cookie:?}");
        }
        let no_state = shop.come_back(&[("code", &code)], own).await;
        assert_eq!(no_state.refusal(), "oidc_expired");
        assert_eq!(shop.count(ACCOUNTS).await, 0);
        // None of them spoiled it.
        let sent = shop.come_back(&[("code", &code), ("state", &state)], own).await;
        shop.whose(&sent).await;
    }

    async fn a_way_is_good_once_and_for_ten_minutes(app: TestApp) {
        let shop = Shop::open(app).await;
        let begun = shop.begin("/").await;
        let (code, state) = (shop.provider.agree(&begun.page), begun.part("state").unwrap());
        let answer = [("code", &*code), ("state", &*state)];
        let (one, other) = tokio::join!(
            shop.come_back(&answer, begun.cookie.as_deref()),
            shop.come_back(&answer, begun.cookie.as_deref())
        );
        let let_in = [&one, &other].iter().filter(|sent| sent.cookie.is_some()).count();
        assert_eq!(let_in, 1);
        // The code again, on another way of the same browser.
        let path = "/api/v1/oidc/acme/start";
        let again = Sent::of(&shop.get(path, begun.cookie.as_deref()).await);
        assert_eq!(again.cookie, begun.cookie, "windows of one browser do not spoil each other's ways");
        let state = again.part("state").unwrap();
        let replayed = shop.come_back(&[("code", &code), ("state", &state)], again.cookie.as_deref()).await;
        assert_eq!(replayed.refusal(), "oidc_failed");

        let late = shop.begin("/").await;
        let (code, state) = (shop.provider.agree(&late.page), late.part("state").unwrap());
        shop.app.app.clock.advance(TimeDelta::minutes(10));
        let sent = shop.come_back(&[("code", &code), ("state", &state)], late.cookie.as_deref()).await;
        assert_eq!(sent.refusal(), "oidc_expired");
    }

    /// A provider that someone was lured to answers in the place of another, or with its code.
    async fn who_answers_is_who_was_asked(app: TestApp) {
        let shop = Shop::open(app).await;
        let begun = shop.begin("/account").await;
        let (code, state) = (shop.provider.agree(&begun.page), begun.part("state").unwrap());
        let path = format!("/api/v1/oidc/other/callback?code={code}&state={state}");
        let mixed = Sent::of(&shop.get(&path, begun.cookie.as_deref()).await);
        assert_eq!(mixed.refusal(), "oidc_expired", "the way led to another provider");
        let issuer = shop.provider.issuer.clone();
        let named = |state: String, code: String, cookie: Option<String>, iss: Option<String>| {
            let shop = &shop;
            async move {
                let mut answer = vec![("code", &*code), ("state", &*state)];
                answer.extend(iss.as_deref().map(|iss| ("iss", iss)));
                shop.come_back(&answer, cookie.as_deref()).await
            }
        };
        let wrong = named(state, code, begun.cookie, Some("http://evil.example".to_owned())).await;
        assert_eq!((wrong.refusal(), wrong.page.path()), ("oidc_failed".to_owned(), "/account"));
        assert_eq!(shop.count(ACCOUNTS).await, 0);

        let begun = shop.begin("/").await;
        let (code, state) = (shop.provider.agree(&begun.page), begun.part("state").unwrap());
        let sent = named(state, code, begun.cookie, Some(issuer.clone())).await;
        shop.whose(&sent).await;
    }

    async fn who_says_that_it_names_itself_does(app: TestApp) {
        let shop = Shop::open(app).await;
        shop.provider.script(|script| script.metadata = json!({ "authorization_response_iss_parameter_supported": true }));
        assert_eq!(shop.sign_in().await.refusal(), "oidc_failed");
        let begun = shop.begin("/").await;
        let (code, state) = (shop.provider.agree(&begun.page), begun.part("state").unwrap());
        let answer = [("code", &*code), ("state", &*state), ("iss", &*shop.provider.issuer)];
        let sent = shop.come_back(&answer, begun.cookie.as_deref()).await;
        shop.whose(&sent).await;
    }

    async fn nobody_is_sent_anywhere_else(app: TestApp) {
        let shop = Shop::open(app).await;
        for path in ["//evil.example", "/%5Cevil.example", "https://evil.example", "evil", "", "/%09/evil.example", "/%0d%0aX:1"] {
            let reply = shop.get(&format!("/api/v1/oidc/acme/start?return_to={path}"), None).await;
            assert_eq!(reply.status, 400, "{path}");
            assert_eq!(reply.error_code(), "VALIDATION_ERROR");
        }
        for path in ["/api/v1/oidc/nobody/start", "/api/v1/oidc/nobody/callback?state=a", "/api/v1/oidc/acme"] {
            let reply = shop.get(path, None).await;
            assert_eq!((reply.status.as_u16(), reply.error_code()), (404, "NOT_FOUND"), "{path}");
        }
        let twice = shop.get("/api/v1/oidc/acme/callback?state=a&state=b", None).await;
        assert_eq!(twice.status, 400);
        let denied = shop.begin("/cart").await;
        let state = denied.part("state").unwrap();
        let sent = shop.come_back(&[("error", "access_denied"), ("state", &state)], denied.cookie.as_deref()).await;
        assert_eq!((sent.refusal(), sent.page.path()), ("oidc_denied".to_owned(), "/cart"));
        let again = shop.come_back(&[("error", "access_denied"), ("state", &state)], denied.cookie.as_deref()).await;
        assert_eq!(again.refusal(), "oidc_expired");
    }
}
