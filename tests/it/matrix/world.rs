//! Who tries, and on what: the one place where actors are made, and the arguments of every field.

use super::arguments;
use crate::{
    jobs::kinds::Note,
    support::{Reply, TestApp, gql_request, shops::join},
};
use argon2::{Argon2, PasswordHasher};
use axum::http::{HeaderValue, header::AUTHORIZATION};
use chrono::TimeDelta;
use entity::{
    accounts::{
        account::{self, Status},
        api_key, login, oidc_identity, passkey, session,
    },
    ids::{AccountId, ApiKeyId, OidcIdentityId, PasskeyId, SellerId, SessionId},
    sellers::member::Role as ShopRole,
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde_json::{Value, json};
use std::collections::HashMap;
use tradewind::caller::{Actor, Means, Person, Role};

/// The columns of the table, each with a recent second factor. Who is suspended has a token from before. B is whoever has the same rights as A to other things; the things asked for are A's.
pub const ACTORS: [&str; 9] = [
    "anonymous",
    "buyerA",
    "buyerB",
    "sellerA",
    "sellerB",
    "staffA",
    "support",
    "admin",
    "suspended",
];

/// The role of the actor of this name; nothing where it has none.
pub fn role(actor: &str) -> Option<Role> {
    match actor {
        "anonymous" | "suspended" => None,
        "support" => Some(Role::Support),
        "admin" => Some(Role::Admin),
        _ => Some(Role::Customer),
    }
}

/// The demo catalogue, with everyone who tries.
pub struct World {
    pub app: TestApp,
    actors: HashMap<&'static str, Actor>,
    /// Ids of things of A, by the type of the thing.
    ids: HashMap<&'static str, String>,
    /// The access token of who was suspended after signing in.
    suspended_token: String,
}

const THINGS: &str = "{
    product(slug: \"harbour-rain-jacket\") {
        id seller { id } category { id } variants(first: 1) { nodes { id } } images(first: 1) { nodes { id } }
        tags(first: 1) { nodes { id } } reviews(first: 1) { nodes { id author { id } } }
    }
}";

impl World {
    pub async fn new(app: TestApp) -> Self {
        tradewind::seed::demo(&app.app).await.unwrap();
        let mut actors = HashMap::new();
        for name in ACTORS {
            let actor = match role(name) {
                None => Actor::Anonymous,
                Some(role) => someone_of_flesh(&app, name, role).await,
            };
            actors.insert(name, actor);
        }
        work_in_shops(&app, &actors).await;
        let reply = app.gql(THINGS, json!({})).await;
        let product = &reply.data()["product"];
        let id = |value: &Value| value["id"].as_str().unwrap().to_owned();
        let first = |list: &str| product[list]["nodes"][0].clone();
        let ids = HashMap::from([
            ("Product", id(product)),
            ("Seller", id(&product["seller"])),
            ("Category", id(&product["category"])),
            ("Variant", id(&first("variants"))),
            ("Image", id(&first("images"))),
            ("Tag", id(&first("tags"))),
            ("Review", id(&first("reviews"))),
            ("Author", id(&first("reviews")["author"])),
        ]);
        Self {
            suspended_token: token_of_suspended(&app).await,
            app,
            actors,
            ids,
        }
    }

    pub fn actor(&self, name: &str) -> Actor {
        self.actors[name]
    }

    /// The global id of A's thing of this type.
    pub fn id(&self, thing: &str) -> &str {
        &self.ids[thing]
    }

    /// Asks as the actor of this name does.
    pub async fn ask(&self, actor: &str, document: &str) -> Reply {
        let mut request = gql_request(self.actor(actor), document, &json!({}));
        if actor == "suspended" {
            let bearer = format!("Bearer {}", self.suspended_token);
            let bearer = HeaderValue::from_str(&bearer).unwrap();
            request.headers_mut().insert(AUTHORIZATION, bearer);
        }
        if document.starts_with("subscription") {
            return self.app.subscribed(request).await;
        }
        self.app.send(request).await
    }

    /// What the field is asked with, written as in a document. Made anew for every cell, so that none sees what
    /// another has left behind. Nothing where no room's table knows the field.
    pub async fn arguments(&self, field: &str) -> Option<String> {
        arguments::shops::reopen(self).await;
        if let Some(found) = arguments::accounts::of(self, field).await {
            return Some(found);
        }
        if let Some(found) = arguments::catalogue::of(self, field).await {
            return Some(found);
        }
        if let Some(found) = arguments::ledger::of(self, field).await {
            return Some(found);
        }
        if let Some(found) = arguments::factors::of(self, field).await {
            return Some(found);
        }
        if let Some(found) = arguments::inventory::of(self, field).await {
            return Some(found);
        }
        if let Some(found) = arguments::shops::of(self, field).await {
            return Some(found);
        }
        if let Some(found) = arguments::cart::of(self, field).await {
            return Some(found);
        }
        if let Some(found) = arguments::orders::of(self, field).await {
            return Some(found);
        }
        if let Some(found) = arguments::payments::of(self, field).await {
            return Some(found);
        }
        arguments::jobs::of(self, field).await
    }

    /// The global id of someone new, whom nobody minds.
    pub async fn newcomer(&self) -> String {
        let name = AccountId::generate().0.simple().to_string();
        let newcomer = someone_of_flesh(&self.app, &name, Role::Customer).await;
        let document = "{ viewer { account { id } } }";
        let reply = self.app.gql_as(newcomer, document, json!({})).await;
        let account = &reply.data()["viewer"]["account"];
        account["id"].as_str().unwrap().to_owned()
    }

    /// A new session of buyer A.
    pub async fn session(&self) -> String {
        let Actor::Person(person) = self.actor("buyerA") else {
            unreachable!("buyers have signed in");
        };
        signed_in(&self.app, person.account, SessionId::generate()).await;
        let document = "{ viewer { sessions(first: 1) { nodes { id } } } }";
        let reply = self
            .app
            .gql_as(self.actor("buyerA"), document, json!({}))
            .await;
        let session = &reply.data()["viewer"]["sessions"]["nodes"][0];
        session["id"].as_str().unwrap().to_owned()
    }

    /// Has the sessions go on that were ended by those who tried to.
    pub async fn sign_in_again(&self) {
        let again = "UPDATE session SET ended_at = NULL, end_reason = NULL";
        self.app.execute(again).await;
    }

    /// A new key of buyer A.
    pub async fn key(&self) -> String {
        let Actor::Person(person) = self.actor("buyerA") else {
            unreachable!("buyers have signed in");
        };
        let (id, now) = (ApiKeyId::generate(), self.app.app.clock.now());
        let key = api_key::ActiveModel {
            id: Set(id),
            account_id: Set(person.account),
            name: Set("Matrix".to_owned()),
            prefix: Set(id.0.simple().to_string()[24..].to_owned()),
            hash: Set("0".repeat(64)),
            scopes: Set("CATALOGUE_READ".to_owned()),
            created_at: Set(now),
            expires_at: Set(now + TimeDelta::days(1)),
            ..Default::default()
        };
        key.insert(self.app.app.database.write()).await.unwrap();
        let document = "{ viewer { apiKeys(first: 1) { nodes { id } } } }";
        let reply = self
            .app
            .gql_as(self.actor("buyerA"), document, json!({}))
            .await;
        let key = &reply.data()["viewer"]["apiKeys"]["nodes"][0];
        key["id"].as_str().unwrap().to_owned()
    }

    /// A new passkey of buyer A.
    pub async fn passkey(&self) -> String {
        let Actor::Person(person) = self.actor("buyerA") else {
            unreachable!("buyers have signed in");
        };
        let id = PasskeyId::generate();
        let passkey = passkey::ActiveModel {
            id: Set(id),
            account_id: Set(person.account),
            credential_id: Set(id.0.to_string()),
            name: Set("Matrix".to_owned()),
            credential: Set("{}".to_owned()),
            sign_count: Set(0),
            created_at: Set(self.app.app.clock.now()),
            last_used_at: Set(None),
        };
        passkey.insert(self.app.app.database.write()).await.unwrap();
        let document = "{ viewer { passkeys(first: 1) { nodes { id } } } }";
        let reply = self
            .app
            .gql_as(self.actor("buyerA"), document, json!({}))
            .await;
        let passkey = &reply.data()["viewer"]["passkeys"]["nodes"][0];
        passkey["id"].as_str().unwrap().to_owned()
    }

    /// Two new identities of buyer A, so that there is another way in; the id of one.
    pub async fn identity(&self) -> String {
        let Actor::Person(person) = self.actor("buyerA") else {
            unreachable!("buyers have signed in");
        };
        let now = self.app.app.clock.now();
        for _ in 0..2 {
            let id = OidcIdentityId::generate();
            let identity = oidc_identity::ActiveModel {
                id: Set(id),
                account_id: Set(person.account),
                issuer: Set("https://id.example".to_owned()),
                subject: Set(id.0.to_string()),
                email: Set("buyera@matrix.example".to_owned()),
                created_at: Set(now),
                last_used_at: Set(now),
            };
            identity
                .insert(self.app.app.database.write())
                .await
                .unwrap();
        }
        let document = "{ viewer { identities(first: 1) { nodes { id } } } }";
        let reply = self
            .app
            .gql_as(self.actor("buyerA"), document, json!({}))
            .await;
        let identity = &reply.data()["viewer"]["identities"]["nodes"][0];
        identity["id"].as_str().unwrap().to_owned()
    }

    /// A new job that waits.
    pub async fn job(&self) -> String {
        self.app.enqueue(Note("matrix".to_owned())).await;
        let document = "{ jobs(first: 1) { nodes { id } } }";
        let reply = self
            .app
            .gql_as(self.actor("admin"), document, json!({}))
            .await;
        reply.data()["jobs"]["nodes"][0]["id"]
            .as_str()
            .unwrap()
            .to_owned()
    }

    /// A job that an admin did something about.
    pub async fn steered(&self) {
        let document = format!(
            "mutation {{ jobRetry(input: {{ id: \"{}\" }}) {{ userErrors {{ code }} }} }}",
            self.job().await
        );
        self.app
            .gql_as(self.actor("admin"), &document, json!({}))
            .await
            .data();
    }
}

/// `sellerA` and `staffA` work in A's shop, `sellerB` in another.
async fn work_in_shops(app: &TestApp, actors: &HashMap<&'static str, Actor>) {
    let shops = "SELECT id FROM seller ORDER BY CASE WHEN handle = 'north-quay-outfitters' THEN 0 ELSE 1 END, handle";
    let shops: Vec<SellerId> = app.column(shops).await;
    for (name, shop, role) in [
        ("sellerA", shops[0], ShopRole::Owner),
        ("staffA", shops[0], ShopRole::Staff),
        ("sellerB", shops[1], ShopRole::Owner),
    ] {
        join(app, actors[name], shop, role).await;
    }
}

/// Someone with an account, as if signed in.
async fn someone_of_flesh(app: &TestApp, name: &str, role: Role) -> Actor {
    let (id, now) = (AccountId::generate(), app.app.clock.now());
    let account = account::ActiveModel {
        id: Set(id),
        display_name: Set(name.to_owned()),
        role: Set(role),
        status: Set(Status::Active),
        version: Set(1),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    account.insert(app.app.database.write()).await.unwrap();
    let email = format!("{}@matrix.example", name.to_lowercase());
    let login = login::ActiveModel {
        account_id: Set(id),
        email: Set(email.clone()),
        email_key: Set(email),
        email_verified_at: Set(Some(now)),
        created_at: Set(now),
        updated_at: Set(now),
        ..Default::default()
    };
    login.insert(app.app.database.write()).await.unwrap();
    let session = SessionId::generate();
    signed_in(app, id, session).await;
    Actor::Person(Person {
        account: id,
        role,
        means: Means::Session {
            id: session,
            stepped_up_at: Some(now),
        },
    })
}

/// The access token of someone who signed in, and was suspended then.
async fn token_of_suspended(app: &TestApp) -> String {
    someone_of_flesh(app, "suspended", Role::Admin).await;
    let hash = Argon2::default().hash_password(b"harbour lantern");
    let hash = hash.unwrap().to_string();
    app.execute(&format!(
        "UPDATE account_login SET password_hash = '{hash}' WHERE email = 'suspended@matrix.example'"
    ))
    .await;
    let document = "mutation { sessionCreate(input: { email: \"suspended@matrix.example\", password: \"harbour lantern\", kind: APP }) {
        accessToken } }";
    let reply = app.gql(document, json!({})).await;
    app.execute("UPDATE account SET status = 'SUSPENDED' WHERE display_name = 'suspended'")
        .await;
    let token = &reply.data()["sessionCreate"]["accessToken"];
    token.as_str().unwrap().to_owned()
}

async fn signed_in(app: &TestApp, account: AccountId, id: SessionId) {
    let now = app.app.clock.now();
    let later = now + TimeDelta::days(1);
    let session = session::ActiveModel {
        id: Set(id),
        account_id: Set(account),
        user_agent: Set("Matrix".to_owned()),
        ip: Set("192.0.2.1".to_owned()),
        created_at: Set(now),
        last_used_at: Set(now),
        idle_until: Set(later),
        expires_at: Set(later),
        ..Default::default()
    };
    session.insert(app.app.database.write()).await.unwrap();
}
