//! Accounts: opened, verified, mended, changed and closed, by mail and password.

mod addresses;
mod bad_input;
mod changing;
mod closing;
mod enumeration;
mod export;
mod factors;
mod forgetting;
mod keys;
mod mail;
mod oidc;
mod once;
mod own_password;
mod sessions;
mod signing_up;
mod staff;
mod tokens;
mod walls;
mod written_down;

use crate::support::{Reply, TestApp};
use entity::{
    accounts::{account, login, session},
    ids::{AccountId, SessionId},
};
use sea_orm::ActiveModelTrait;
use sea_orm::IntoActiveModel;
use serde_json::{Value, json};
use std::time::Duration;
use tradewind::{
    accounts::check_password,
    caller::{Actor, Caller, Means, Person, Role},
    jobs::Worker,
    ports::mailer::Mail,
};
use uuid::Uuid;

const EMAIL: &str = "ada@example.com";
const PASSWORD: &str = "harbour lantern seven";
const OTHER_PASSWORD: &str = "seven lanterns harbour";

const SIGN_UP: &str = "mutation ($input: AccountSignUpInput!) {
    done: accountSignUp(input: $input) { userErrors { code field message } }
}";
const VERIFY: &str = "mutation ($input: AccountVerifyEmailInput!) {
    done: accountVerifyEmail(input: $input) { account { id } userErrors { code field message } }
}";
const FORGOT: &str = "mutation ($input: AccountRequestPasswordResetInput!) {
    done: accountRequestPasswordReset(input: $input) { userErrors { code field message } }
}";
const RESET: &str = "mutation ($input: AccountResetPasswordInput!) {
    done: accountResetPassword(input: $input) { userErrors { code field message } }
}";
const CHANGE_PASSWORD: &str = "mutation ($input: AccountChangePasswordInput!) {
    done: accountChangePassword(input: $input) { account { id } userErrors { code field message } }
}";
const CHANGE_EMAIL: &str = "mutation ($input: AccountRequestEmailChangeInput!) {
    done: accountRequestEmailChange(input: $input) { account { email } userErrors { code field message } }
}";
const UPDATE: &str = "mutation ($input: AccountUpdateInput!) {
    done: accountUpdate(input: $input) { account { displayName version } userErrors { code field message } }
}";
const CLOSE: &str = "mutation ($input: AccountCloseInput!) {
    done: accountClose(input: $input) { userErrors { code field message } }
}";
const VIEWER: &str = "{ viewer { account { id email emailVerified displayName role version } } }";

const ACCOUNTS: &str = "SELECT count(*) FROM account";
const LOGINS: &str = "SELECT count(*) FROM account_login";

impl Reply {
    /// The errors that the mutation named `done` tells its user.
    #[track_caller]
    fn user_errors(&self) -> &Vec<Value> {
        self.data()["done"]["userErrors"].as_array().unwrap()
    }

    /// Fails the test unless it was done.
    #[track_caller]
    fn done(&self) -> &Value {
        assert!(self.user_errors().is_empty(), "{:#}", self.body);
        &self.data()["done"]
    }

    /// The code and the field of the only error.
    #[track_caller]
    fn refusal(&self) -> (&str, &Value) {
        let errors = self.user_errors();
        assert_eq!(errors.len(), 1, "{:#}", self.body);
        (errors[0]["code"].as_str().unwrap(), &errors[0]["field"])
    }
}

/// The token in the letter's link.
#[track_caller]
fn token(mail: &Mail) -> String {
    let (_, rest) = mail.text.split_once("?token=").expect("a link");
    rest.split_whitespace().next().unwrap().to_owned()
}

impl TestApp {
    async fn mutate(&self, actor: Actor, document: &str, input: Value) -> Reply {
        self.gql_as(actor, document, json!({ "input": input }))
            .await
    }

    async fn sign_up(&self, email: &str) -> Reply {
        let input = json!({ "email": email, "password": PASSWORD, "displayName": "Ada" });
        self.mutate(Actor::Anonymous, SIGN_UP, input).await
    }

    /// Has the jobs of accounts done, and returns the letters.
    async fn deliver(&self) -> Vec<Mail> {
        let worker = Worker::start(self.app.clone(), tradewind::worker::registry());
        let living = "SELECT count(*) FROM job WHERE state IN ('WAITING', 'RUNNING') AND kind LIKE 'accounts.%'";
        self.until(living, 0).await;
        worker.stop(Duration::from_secs(5)).await;
        let dead = "SELECT count(*) FROM job WHERE state = 'DEAD'";
        assert_eq!(self.value::<i64>(dead).await, 0);
        self.mails.take()
    }

    async fn delivered_token(&self) -> String {
        let mails = self.deliver().await;
        assert_eq!(mails.len(), 1, "{mails:?}");
        token(&mails[0])
    }

    /// Whom this address and password sign in.
    async fn check(&self, email: &str, password: &str) -> Option<AccountId> {
        let caller = Caller::anonymous(self.app.clone());
        let found = check_password(&caller, email, password).await.unwrap();
        found.map(|found| found.account.id)
    }

    /// Someone with an account and a verified address, who is signed in.
    async fn person(&self, email: &str) -> Actor {
        self.sign_up(email).await.done();
        let input = json!({ "token": self.delivered_token().await });
        self.mutate(Actor::Anonymous, VERIFY, input).await.done();
        let account = self.check(email, PASSWORD).await.expect("it is verified");
        self.session_of(account).await
    }

    /// Someone with this account, in a session of its own.
    async fn session_of(&self, account: AccountId) -> Actor {
        let (id, now) = (SessionId::generate(), self.app.clock.now());
        let session = session::Model {
            id,
            account_id: account,
            user_agent: "Netscape".to_owned(),
            ip: "192.0.2.1".to_owned(),
            created_at: now,
            last_used_at: now,
            idle_until: now,
            expires_at: now,
            stepped_up_at: None,
            ended_at: None,
            end_reason: None,
        };
        let row = session.into_active_model();
        row.insert(self.app.database.write()).await.unwrap();
        Actor::Person(Person {
            account,
            role: Role::Customer,
            means: Means::Session {
                id,
                stepped_up_at: None,
            },
        })
    }

    /// Someone who signed in, and showed a second factor just now.
    async fn holder(&self, email: &str, role: Role) -> Actor {
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
        let login = login::Model {
            account_id: id,
            email: email.to_owned(),
            email_key: email.to_owned(),
            email_verified_at: Some(now),
            password_hash: None,
            password_changed_at: None,
            created_at: now,
            updated_at: now,
        };
        let db = self.app.database.write();
        account.into_active_model().insert(db).await.unwrap();
        login.into_active_model().insert(db).await.unwrap();
        let Actor::Person(person) = self.session_of(id).await else {
            unreachable!("a session is a person's");
        };
        let means = Means::Session {
            id: person.session().unwrap(),
            stepped_up_at: Some(now),
        };
        Actor::Person(Person {
            role,
            means,
            ..person
        })
    }

    /// Why the sessions are over, the oldest session first; nothing for those that are not.
    async fn end_reasons(&self) -> Vec<Option<String>> {
        self.column("SELECT end_reason FROM session ORDER BY id")
            .await
    }

    /// All that jobs say of their work.
    async fn everything_in_jobs(&self) -> String {
        let rows: Vec<String> = self
            .column("SELECT CAST(payload AS text) || coalesce(unique_key, '') || coalesce(order_key, '') FROM job")
            .await;
        rows.join("\n")
    }
}

/// An id that no account has.
fn nobody() -> AccountId {
    AccountId(Uuid::from_u128(42))
}
