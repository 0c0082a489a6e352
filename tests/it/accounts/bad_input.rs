//! What is no address, no password, no name and no token.

use super::{ACCOUNTS, FORGOT, OTHER_PASSWORD, PASSWORD, RESET, SIGN_UP, VERIFY};
use crate::support::TestApp;
use axum::http::StatusCode;
use serde_json::json;
use tradewind::caller::Actor;

on_both_databases! {
    async fn it_is_refused_by_the_name_of_its_field(app: TestApp) {
        let (long, longer) = ("a".repeat(101), "a".repeat(100_000));
        let mut cases = vec![("email", "ada"), ("email", "ada@localhost"), ("email", "ada@example.com\r\nBcc: eve@example.com")];
        cases.extend(["\u{430}da@example.com", "ad\u{200b}a@example.com", "ada\0@example.com", &longer].map(|text| ("email", text)));
        cases.extend(["", "seven77", "password123", "ada@example.com", &longer].map(|text| ("password", text)));
        cases.extend(["", "  ", "a\u{202e}b", "a\0b", &long, &longer].map(|text| ("displayName", text)));
        let hashes = app.app.passwords.hashes();
        for (field, text) in cases {
            let mut input = json!({ "email": "ada@example.com", "password": PASSWORD, "displayName": "Ada" });
            input[field] = json!(text);
            let refused = app.mutate(Actor::Anonymous, SIGN_UP, input).await;
            assert_eq!(refused.refusal(), ("INVALID", &json!([field])), "{text:.40}");
        }
        assert_eq!(app.app.passwords.hashes(), hashes, "none was worth a hash");
        assert_eq!(app.value::<i64>(ACCOUNTS).await, 0);
    }

    async fn ten_megabytes_are_not_read(app: TestApp) {
        let huge = "a".repeat(10_000_000);
        for field in ["email", "password", "displayName"] {
            let mut input = json!({ "email": "ada@example.com", "password": PASSWORD, "displayName": "Ada" });
            input[field] = json!(huge);
            let refused = app.mutate(Actor::Anonymous, SIGN_UP, input).await;
            assert_eq!(refused.status, StatusCode::PAYLOAD_TOO_LARGE, "{field}");
            assert_eq!(refused.statements, 0);
        }
    }

    async fn tokens_that_are_none(app: TestApp) {
        let huge = "a".repeat(100_000);
        for token in ["", "a", "\0", "' OR 1=1 --", "\u{1F511}", &huge] {
            let refused = app.mutate(Actor::Anonymous, VERIFY, json!({ "token": token })).await;
            assert_eq!(refused.refusal(), ("INVALID", &json!(["token"])));
            let input = json!({ "token": token, "newPassword": OTHER_PASSWORD });
            let refused = app.mutate(Actor::Anonymous, RESET, input).await;
            assert_eq!(refused.refusal(), ("INVALID", &json!(["token"])));
        }
        assert_eq!(app.app.passwords.hashes(), 0, "a guessed token costs no hash");
        let refused = app.mutate(Actor::Anonymous, FORGOT, json!({ "email": "ada" })).await;
        assert_eq!(refused.refusal(), ("INVALID", &json!(["email"])));
    }

    async fn unicode_is_kept_as_it_was_meant(app: TestApp) {
        let password = "cafe\u{301} 田中 \u{1F511}\u{1F511}";
        let input = json!({ "email": "мария@почта.рф", "password": password, "displayName": "Jose\u{301} \u{1F388}" });
        app.mutate(Actor::Anonymous, SIGN_UP, input).await.done();
        let token = app.delivered_token().await;
        app.mutate(Actor::Anonymous, VERIFY, json!({ "token": token })).await.done();
        let composed = "caf\u{e9} 田中 \u{1F511}\u{1F511}";
        assert!(app.check("МАРИЯ@xn--80a1acny.xn--p1ai", composed).await.is_some());
        let name: String = app.value("SELECT display_name FROM account").await;
        assert_eq!(name, "José \u{1F388}");
    }
}
