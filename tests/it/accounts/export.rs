//! Having all told that is kept about one.

use super::PASSWORD;
use crate::support::{
    Reply, TestApp,
    shops::{done, join, mutate},
};
use axum::{body::Body, http::Request};
use entity::{ids::SellerId, sellers::member::Role as ShopRole};
use serde_json::{Value, json};
use tradewind::caller::Actor;

impl TestApp {
    pub(super) async fn export(&self, actor: Actor) -> Reply {
        let mut request = Request::get("/api/v1/account/export")
            .body(Body::empty())
            .unwrap();
        if actor != Actor::Anonymous {
            request.extensions_mut().insert(actor);
        }
        self.send(request).await
    }
}

on_both_databases! {
    async fn all_is_told_to_whom_it_is_about(app: TestApp) {
        tradewind::seed::demo(&app.app).await.unwrap();
        let ada = app.person("ada@example.com").await;
        let Actor::Person(person) = ada else { unreachable!() };
        let address = "mutation { addressCreate(input: { address: { name: \"Ada\", line1: \"Quay 1\", city: \"Hamburg\", \
            country: \"DE\" } }) { userErrors { code } } }";
        app.gql_as(ada, address, json!({})).await.data();
        // More than a page of sessions, and some of what others wrote.
        for _ in 0..230 {
            app.session_of(person.account).await;
        }
        let id = person.account.0;
        let is_hers = if app.app.database.backend() == sea_orm::DbBackend::Postgres {
            format!("'{id}'")
        } else {
            format!("x'{}'", id.simple())
        };
        app.execute(&format!(
            "UPDATE review SET author_id = {is_hers} WHERE id IN (SELECT id FROM review ORDER BY id LIMIT 3)"
        ))
        .await;

        let reply = app.export(ada).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("content-disposition"), Some("attachment; filename=\"account.json\""));
        assert_eq!(reply.header("cache-control"), Some("no-store"));
        let told = &reply.body;
        assert_eq!(told["account"][0]["email"], "ada@example.com");
        let count = |section: &str| told[section].as_array().map_or(0, Vec::len);
        let counts = ["account", "addresses", "sessions", "reviews"].map(count);
        assert_eq!(counts, [1, 1, 231, 3]);
        let actions: Vec<_> = told["auditLog"].as_array().unwrap().iter().map(|row| &row["action"]).collect();
        assert_eq!(actions, ["address.create", "account.export"]);
        let text = told.to_string();
        for secret in [PASSWORD, "argon2", "bob@example.com"] {
            assert!(!text.contains(secret), "{secret}");
        }
    }

    async fn shops_and_second_factors_are_told_without_what_opens_anything(app: TestApp) {
        let (ada, bob) = (app.person("ada@example.com").await, app.person("bob@example.com").await);
        let opened = mutate(&app, bob, "sellerOpen", "seller { id }", json!({ "name": "Quay" })).await;
        done(&opened);
        let quay: SellerId = app.value("SELECT id FROM seller").await;
        join(&app, ada, quay, ShopRole::Staff).await;
        for sql in [
            "INSERT INTO totp (account_id, secret, last_step, created_at, confirmed_at) SELECT id, 'canary-totp', 0, created_at, created_at \
                FROM account",
            "INSERT INTO passkey (id, account_id, credential_id, name, credential, sign_count, created_at) SELECT account_id, account_id, \
                'canary-' || email, 'phone of ' || email, 'canary-key', 0, created_at FROM account_login",
            "INSERT INTO recovery_code (hash, account_id, created_at, used_at) SELECT 'canary-1-' || email, account_id, created_at, NULL \
                FROM account_login",
            "INSERT INTO recovery_code (hash, account_id, created_at, used_at) SELECT 'canary-2-' || email, account_id, created_at, created_at \
                FROM account_login",
        ] {
            app.execute(sql).await;
        }
        let told = app.export(ada).await.body;
        let shop = &told["shops"][0];
        assert_eq!(told["shops"].as_array().map(Vec::len), Some(1));
        assert_eq!((&shop["name"], &shop["role"], &shop["shop"]), (&json!("Quay"), &json!("STAFF"), &json!(quay.0)));
        assert!(shop["since"].is_string(), "{shop}");
        let factors = told["secondFactors"].as_array().unwrap();
        assert_eq!((&factors[0]["method"], &factors[1]["method"]), (&json!("TOTP"), &json!("RECOVERY_CODE")));
        assert!(factors[0]["confirmedAt"].is_string());
        assert_eq!((&factors[1]["left"], factors[1]["usedAt"].as_array().map(Vec::len)), (&json!(1), Some(1)));
        let passkeys = told["passkeys"].as_array().unwrap();
        assert_eq!((passkeys.len(), &passkeys[0]["name"]), (1, &json!("phone of ada@example.com")));
        for secret in ["canary", "bob@"] {
            assert!(!told.to_string().contains(secret), "{secret}");
        }
        assert_eq!(app.export(bob).await.body["shops"][0]["role"], "OWNER");
    }

    async fn nobody_else_gets_it(app: TestApp) {
        assert_eq!(app.export(Actor::Anonymous).await.error_code(), "UNAUTHENTICATED");
        let ada = app.person("ada@example.com").await;
        app.person("bob@example.com").await;
        let told = app.export(ada).await.body;
        assert!(!told.to_string().contains("bob@"), "{told:#}");
        assert_eq!(told["sessions"].as_array().map(Vec::len), Some(1));
        assert_eq!(told["addresses"], Value::Array(Vec::new()));
        for _ in 0..4 {
            assert_eq!(app.export(ada).await.status, 200);
        }
        assert_eq!(app.export(ada).await.error_code(), "RATE_LIMITED");
    }
}
