//! Sessions: their tokens, and how they end.

mod cookies;
mod ends;
mod forged;
mod guessing;
mod keys;
mod race;
mod refresh;
mod secrets;
mod sweep;
mod ten_thousand;

use crate::support::{Reply, TestApp, gql_request};
use argon2::{Argon2, PasswordHasher};
use axum::http::{HeaderName, HeaderValue};
use entity::{
    accounts::{account, login},
    ids::AccountId,
};
use sea_orm::{EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use tradewind::caller::{Actor, Role};

pub(super) const PASSWORD: &str = "harbour lantern canary";
pub(super) const EMAIL: &str = "ada@example.com";

const CREATE: &str = "mutation($email: String!, $password: String!, $kind: SessionKind!) {
    sessionCreate(input: { email: $email, password: $password, kind: $kind }) {
        session { id device ip current } accessToken accessTokenExpiresAt refreshToken
        secondFactor { challenge methods expiresAt } userErrors { code message field }
    } }";
const REFRESH: &str = "mutation($token: String) { sessionRefresh(input: { refreshToken: $token }) {
        session { id current } accessToken refreshToken } }";
const SESSIONS: &str =
    "{ viewer { sessions { totalCount nodes { id device ip createdAt lastUsedAt current } } } }";

/// What whoever signed in has.
pub(super) struct Signed {
    pub(super) session: String,
    pub(super) access: String,
    pub(super) refresh: String,
}

impl Signed {
    #[track_caller]
    pub(super) fn of(payload: &Value) -> Self {
        let text = |value: &Value| {
            value
                .as_str()
                .unwrap_or_else(|| panic!("{payload:#}"))
                .to_owned()
        };
        Self {
            session: text(&payload["session"]["id"]),
            access: text(&payload["accessToken"]),
            refresh: text(&payload["refreshToken"]),
        }
    }
}

impl TestApp {
    /// Someone who can sign in with this address and [`PASSWORD`].
    pub(super) async fn member(&self, email: &str, role: Role) -> AccountId {
        let (id, now) = (AccountId::generate(), self.app.clock.now());
        let account = account::Model {
            id,
            display_name: "Ada".to_owned(),
            role,
            status: account::Status::Active,
            version: 1,
            created_at: now,
            updated_at: now,
            deleted_at: None,
        };
        let hash = Argon2::default().hash_password(PASSWORD.as_bytes());
        let login = login::Model {
            account_id: id,
            email: email.to_owned(),
            email_key: email.to_owned(),
            email_verified_at: Some(now),
            password_hash: Some(hash.unwrap().to_string()),
            password_changed_at: None,
            created_at: now,
            updated_at: now,
        };
        let db = self.app.database.write();
        let account = account.into_active_model();
        account::Entity::insert(account)
            .exec_without_returning(db)
            .await
            .unwrap();
        let login = login.into_active_model();
        login::Entity::insert(login)
            .exec_without_returning(db)
            .await
            .unwrap();
        id
    }

    pub(super) async fn create(&self, email: &str, password: &str, kind: &str) -> Reply {
        let variables = json!({ "email": email, "password": password, "kind": kind });
        self.gql(CREATE, variables).await
    }

    /// Signs in as an app does.
    pub(super) async fn sign_in(&self, email: &str) -> Signed {
        let reply = self.create(email, PASSWORD, "APP").await;
        Signed::of(&reply.data()["sessionCreate"])
    }

    /// Someone who has signed in.
    async fn signed_in(&self) -> Signed {
        self.member(EMAIL, Role::Customer).await;
        self.sign_in(EMAIL).await
    }

    async fn refresh(&self, token: &str) -> Reply {
        self.gql(REFRESH, json!({ "token": token })).await
    }

    /// Runs `document` with these headers.
    pub(super) async fn gql_with(
        &self,
        headers: &[(&'static str, &str)],
        document: &str,
        variables: Value,
    ) -> Reply {
        let mut request = gql_request(Actor::Anonymous, document, &variables);
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).expect("a header's value");
            request
                .headers_mut()
                .append(HeaderName::from_static(name), value);
        }
        self.send(request).await
    }

    /// Runs `document` as the bearer of an access token.
    pub(super) async fn gql_bearing(
        &self,
        access: &str,
        document: &str,
        variables: Value,
    ) -> Reply {
        let bearer = format!("Bearer {access}");
        self.gql_with(&[("authorization", &bearer)], document, variables)
            .await
    }

    /// The status of a query that anyone may ask, asked with this access token.
    async fn status_bearing(&self, access: &str) -> u16 {
        let reply = self.gql_bearing(access, "{ __typename }", json!({})).await;
        if reply.status == 401 {
            assert_eq!(reply.error_code(), "UNAUTHENTICATED");
            assert_eq!(
                reply.header("www-authenticate"),
                Some("Bearer error=\"invalid_token\"")
            );
        }
        reply.status.as_u16()
    }
}
