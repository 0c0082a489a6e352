//! Who tries, and on what: the one place where actors are made, and the arguments of every field.

use crate::{jobs::kinds::Note, support::TestApp};
use chrono::TimeDelta;
use entity::{
    accounts::{
        account::{self, Status},
        login, session,
    },
    ids::{AccountId, SessionId},
};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};
use serde_json::{Value, json};
use std::collections::HashMap;
use tradewind::caller::{Actor, Person, Role};

/// The columns of the table. B is whoever has the same rights as A to other things; the things asked for are A's.
pub const ACTORS: [&str; 8] = [
    "anonymous",
    "buyerA",
    "buyerB",
    "sellerA",
    "sellerB",
    "staffA",
    "support",
    "admin",
];

/// The role of the actor of this name; nothing where nobody signed in.
pub fn role(actor: &str) -> Option<Role> {
    match actor {
        "anonymous" => None,
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
        // Whoever works in a shop is made its member here: sellerA and staffA in A's, sellerB in another.
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
        Self { app, actors, ids }
    }

    pub fn actor(&self, name: &str) -> Actor {
        self.actors[name]
    }

    /// What the field is asked with, written as in a document. Made anew for every cell, so that none sees what
    /// another has left behind. Nothing where the table does not know the field.
    pub async fn arguments(&self, field: &str) -> Option<String> {
        let of = |thing: &str| format!("(id: \"{}\")", self.ids[thing]);
        Some(match field {
            "Query.node" | "Query.product" | "node.Product" => of("Product"),
            "Query.nodes" => format!("(ids: [\"{}\"])", self.ids["Product"]),
            "Query.search" => "(query: \"jacket\")".to_owned(),
            "Query.category" | "node.Category" => of("Category"),
            "Query.seller" | "node.Seller" => of("Seller"),
            "node.Author" => of("Author"),
            "node.Image" => of("Image"),
            "node.Review" => of("Review"),
            "node.Tag" => of("Tag"),
            "node.Variant" => of("Variant"),
            "Query.job" | "node.Job" => format!("(id: \"{}\")", self.job().await),
            "Query.jobs" | "Query.queues" | "Query.auditLog" => {
                // So that there is something to be seen.
                self.steered().await;
                String::new()
            }
            "Mutation.jobRetry" | "Mutation.jobDiscard" => {
                format!("(input: {{ id: \"{}\" }})", self.job().await)
            }
            "Mutation.sessionCreate" => {
                "(input: { email: \"nobody@example.com\", password: \"not theirs\", kind: APP })"
                    .to_owned()
            }
            "Mutation.sessionRefresh" => "(input: { refreshToken: \"none\" })".to_owned(),
            "Mutation.sessionEnd" | "Mutation.sessionEndAll" => String::new(),
            "Mutation.sessionEndOther" => {
                format!("(input: {{ id: \"{}\" }})", self.session().await)
            }
            "node.Session" => format!("(id: \"{}\")", self.session().await),
            // No letter was sent, so no token is any good; and the password is not theirs.
            "Mutation.accountVerifyEmail" => "(input: { token: \"none\" })".to_owned(),
            "Mutation.accountResetPassword" => {
                "(input: { token: \"none\", newPassword: \"a long enough one 7\" })".to_owned()
            }
            "Mutation.accountSignUp" => format!(
                "(input: {{ email: \"{}@example.com\", password: \"a long enough one 7\", displayName: \"N\" }})",
                AccountId::generate().0.simple()
            ),
            "Mutation.accountRequestPasswordReset" => {
                "(input: { email: \"nobody@example.com\" })".to_owned()
            }
            "Mutation.accountChangePassword" => {
                "(input: { currentPassword: \"not theirs\", newPassword: \"a long enough one 7\" })"
                    .to_owned()
            }
            "Mutation.accountRequestEmailChange" => {
                "(input: { newEmail: \"new@example.com\", password: \"not theirs\" })".to_owned()
            }
            "Mutation.accountUpdate" => {
                "(input: { displayName: \"Other\", expectedVersion: 0 })".to_owned()
            }
            "Mutation.accountClose" => "(input: { password: \"not theirs\" })".to_owned(),
            "Mutation.queuePause" | "Mutation.queueResume" => {
                "(input: { name: \"events\" })".to_owned()
            }
            _ => return None,
        })
    }

    /// A new session of buyer A.
    async fn session(&self) -> String {
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

    /// A new job that waits.
    async fn job(&self) -> String {
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
    async fn steered(&self) {
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
        session,
        role,
        stepped_up_at: None,
    })
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
