//! Whose account an identity is.

use super::{ACCOUNTS, EMAIL, IDENTITIES, SESSIONS, Shop, query_of};
use crate::support::TestApp;
use futures_util::future::join_all;
use serde_json::json;
use tradewind::caller::Role;

on_both_databases! {
    async fn someone_new_gets_an_account(app: TestApp) {
        let shop = Shop::open(app).await;
        let begun = shop.begin("/account?tab=1").await;
        let asked = query_of(&begun.page);
        assert_eq!(asked["redirect_uri"], "http://localhost:8000/api/v1/oidc/acme/callback");
        // What binds the ends together is not kept.
        let kept: Vec<String> = shop.app.column("SELECT state_hash || browser_hash || return_to FROM oidc_request").await;
        let browser = begun.cookie.as_deref().unwrap().split_once('=').unwrap().1;
        for secret in [&*asked["state"], &*asked["nonce"], &*asked["code_challenge"], browser] {
            assert!(!kept.concat().contains(secret));
        }
        let code = shop.provider.agree(&begun.page);
        let answer = [("code", &*code), ("state", &*asked["state"])];
        let sent = shop.come_back(&answer, begun.cookie.as_deref()).await;
        assert_eq!(sent.page.as_str(), "http://localhost:3000/account?tab=1");
        let viewer = shop.whose(&sent).await;
        assert_eq!((&viewer["account"]["email"], &viewer["account"]["emailVerified"]), (&json!(EMAIL), &json!(true)));
        assert_eq!(viewer["account"]["displayName"], "Ada Lovelace");
        assert_eq!(viewer["identities"]["nodes"][0]["issuer"], shop.provider.issuer);
        let actions: Vec<String> = shop.app.column("SELECT action FROM audit_entry ORDER BY action").await;
        assert_eq!(actions, ["account.sign_up", "identity.link"]);
        let entries: Vec<String> = shop.app.column("SELECT before || after FROM audit_entry").await;
        assert!(!entries.concat().contains("ada@") && !entries.concat().contains("person-1"));

        // Whatever the address is then, the subject is who it is.
        shop.provider.script(|script| script.claims = json!({ "email": "eve@example.com", "email_verified": false }));
        let again = shop.sign_in().await;
        assert_eq!(shop.whose(&again).await["account"]["id"], viewer["account"]["id"]);
        assert_eq!((shop.count(ACCOUNTS).await, shop.count(IDENTITIES).await, shop.count(SESSIONS).await), (1, 1, 2));
        assert_eq!(shop.count("SELECT count(*) FROM oidc_request").await, 0);
    }

    async fn a_verified_address_links_to_its_account(app: TestApp) {
        let shop = Shop::open(app).await;
        let ada = shop.app.holder(EMAIL, Role::Customer).await;
        shop.provider.script(|script| script.claims = json!({ "email": "ADA@Example.com" }));
        let viewer = shop.whose(&shop.sign_in().await).await;
        assert_eq!((&viewer["account"]["email"], &viewer["account"]["displayName"]), (&json!(EMAIL), &json!("Ada")));
        assert_eq!(shop.count(ACCOUNTS).await, 1);
        let seen = shop.app.gql_as(ada, "{ viewer { identities { totalCount } } }", json!({})).await;
        assert_eq!(seen.data()["viewer"]["identities"]["totalCount"], 1);
        let told = shop.app.export(ada).await.body;
        assert_eq!(told["identities"][0]["subject"], "person-1");
        // Another subject with the same address is another identity of the same person.
        shop.provider.script(|script| script.claims = json!({ "sub": "person-2" }));
        shop.whose(&shop.sign_in().await).await;
        assert_eq!((shop.count(ACCOUNTS).await, shop.count(IDENTITIES).await), (1, 2));
    }

    async fn an_address_that_is_not_verified_links_nothing(app: TestApp) {
        let shop = Shop::open(app).await;
        shop.app.holder(EMAIL, Role::Admin).await;
        for claims in [
            json!({ "email_verified": false }),
            json!({ "email_verified": null }),
            json!({ "email": "no address" }),
        ] {
            shop.provider.script(|script| script.claims = claims.clone());
            assert_eq!(shop.sign_in().await.refusal(), "email_not_verified", "{claims}");
        }
        // Whoever opened it may have waited for this.
        shop.app.execute("UPDATE account_login SET email_verified_at = NULL").await;
        shop.provider.script(|_| {});
        assert_eq!(shop.sign_in().await.refusal(), "email_taken");
        assert_eq!((shop.count(ACCOUNTS).await, shop.count(IDENTITIES).await, shop.count(SESSIONS).await), (1, 0, 1));
    }

    async fn an_account_that_may_not_be_used_stays_shut(app: TestApp) {
        let shop = Shop::open(app).await;
        shop.whose(&shop.sign_in().await).await;
        shop.app.execute("UPDATE account SET status = 'SUSPENDED'").await;
        assert_eq!(shop.sign_in().await.refusal(), "account_unavailable");
        assert_eq!(shop.count(SESSIONS).await, 1);
    }

    async fn twins_open_one_account(app: TestApp) {
        let shop = Shop::open(app).await;
        shop.begin("/").await;
        for sent in join_all((0..6).map(|_| shop.sign_in())).await {
            shop.whose(&sent).await;
        }
        assert_eq!((shop.count(ACCOUNTS).await, shop.count(IDENTITIES).await, shop.count(SESSIONS).await), (1, 1, 6));
    }

    /// Many providers say it only there.
    async fn the_address_may_stand_in_another_place(app: TestApp) {
        let shop = Shop::open(app).await;
        let no_address = json!({ "email": null, "email_verified": null });
        let told = |told| {
            let claims = no_address.clone();
            shop.provider.script(move |script| {
                script.claims = claims;
                script.userinfo = told;
            });
        };
        told(Some(json!({ "sub": "person-2", "email": EMAIL, "email_verified": true })));
        assert_eq!(shop.sign_in().await.refusal(), "oidc_failed", "it is told of another");
        told(None);
        assert_eq!(shop.sign_in().await.refusal(), "oidc_failed");
        told(Some(json!({ "sub": "person-1" })));
        assert_eq!(shop.sign_in().await.refusal(), "email_not_verified");
        assert_eq!(shop.count(ACCOUNTS).await, 0);
        told(Some(json!({ "sub": "person-1", "email": EMAIL, "email_verified": true, "name": " \u{202e}x" })));
        let viewer = shop.whose(&shop.sign_in().await).await;
        assert_eq!((&viewer["account"]["email"], &viewer["account"]["displayName"]), (&json!(EMAIL), &json!("New member")));
    }
}
