//! A person from signing up to leaving, with everything that goes wrong on the way.

use super::super::{CREATE, REFRESH, Signed};
use crate::{
    accounts::{CHANGE_EMAIL, CHANGE_PASSWORD, CLOSE, FORGOT, RESET, SIGN_UP, VERIFY, token},
    support::{Reply, TestApp, Watch},
};
use serde_json::{Value, json};

const EMAIL: &str = "grace@example.com";

/// Someone who sends mutations, each with an idempotency key, and says nothing else.
struct Person<'a> {
    app: &'a TestApp,
    access: Option<String>,
    sent: u32,
}

impl Person<'_> {
    async fn send(&mut self, document: &str, variables: Value) -> Reply {
        self.sent += 1;
        let key = format!("a life's mutation, number {}", self.sent);
        let bearer = self
            .access
            .as_ref()
            .map(|access| format!("Bearer {access}"));
        let mut headers = Vec::new();
        // Those that return tokens take no key.
        if document != CREATE && document != REFRESH {
            headers.push(("idempotency-key", key.as_str()));
        }
        if let Some(bearer) = &bearer {
            headers.push(("authorization", bearer.as_str()));
        }
        self.app.gql_with(&headers, document, variables).await
    }

    async fn ask(&mut self, watch: &mut Watch, document: &str, input: Value) -> Reply {
        let reply = self.send(document, json!({ "input": input })).await;
        watch.said(reply)
    }

    /// The token of the letter that goes to `address`.
    async fn letter(&self, watch: &mut Watch, address: &str) -> String {
        let mails = self.app.deliver().await;
        let mail = mails
            .iter()
            .find(|mail| mail.to == address)
            .expect("a letter");
        watch.secret("a letter's token", token(mail))
    }

    async fn sign_in(&mut self, watch: &mut Watch, email: &str, password: &str) {
        let variables = json!({ "email": email, "password": password, "kind": "APP" });
        self.access = None;
        let signed = Signed::of(&self.send(CREATE, variables).await.data()["sessionCreate"]);
        let refreshed = self.send(REFRESH, json!({ "token": signed.refresh })).await;
        let second = Signed::of(&refreshed.data()["sessionRefresh"]);
        self.access = Some(second.access.clone());
        for signed in [signed, second] {
            watch.secret("an access token", signed.access);
            watch.secret("a refresh token", signed.refresh);
        }
    }
}

pub(super) async fn run(watch: &mut Watch, app: &TestApp) {
    let mut grace = Person {
        app,
        access: None,
        sent: 0,
    };
    let first = watch.secret("the first password", "first canary of the harbour");
    let second = watch.secret("the second password", "second canary of the harbour");
    let third = watch.secret("the third password", "third canary of the harbour");
    let wrong = watch.secret("a wrong password", "wrong canary of the harbour");

    let weak = watch.secret("a password that is refused", "canary12");
    let sign_up = |password: &str| json!({ "email": EMAIL, "password": password, "displayName": "canary 12" });
    grace.ask(watch, SIGN_UP, sign_up(&weak)).await;
    grace.ask(watch, SIGN_UP, sign_up(&first)).await.done();
    let verify = grace.letter(watch, EMAIL).await;
    grace.ask(watch, SIGN_UP, sign_up(&first)).await.done();
    grace.letter(watch, EMAIL).await;
    for _ in 0..2 {
        grace.ask(watch, VERIFY, json!({ "token": verify })).await;
    }
    let variables = json!({ "email": EMAIL, "password": wrong, "kind": "APP" });
    let refused = grace.send(CREATE, variables).await;
    watch.said(refused);
    grace.sign_in(watch, EMAIL, &first).await;

    for current in [&wrong, &first] {
        let input = json!({ "currentPassword": current, "newPassword": second });
        grace.ask(watch, CHANGE_PASSWORD, input).await;
    }
    for password in [&wrong, &second] {
        let input = json!({ "newEmail": "hopper@example.com", "password": password });
        grace.ask(watch, CHANGE_EMAIL, input).await;
    }
    let verify = grace.letter(watch, "hopper@example.com").await;
    grace
        .ask(watch, VERIFY, json!({ "token": verify }))
        .await
        .done();

    grace
        .ask(watch, FORGOT, json!({ "email": "hopper@example.com" }))
        .await
        .done();
    let reset = grace.letter(watch, "hopper@example.com").await;
    for _ in 0..2 {
        let input = json!({ "token": reset, "newPassword": third });
        grace.ask(watch, RESET, input).await;
    }
    grace.sign_in(watch, "hopper@example.com", &third).await;
    malformed(watch, &mut grace).await;
    for hash in app
        .column::<String>("SELECT password_hash FROM account_login")
        .await
    {
        watch.kept("a password's hash", hash, "account_login");
    }
    for password in [&wrong, &third] {
        grace
            .ask(watch, CLOSE, json!({ "password": password }))
            .await;
    }
    app.deliver().await;
    // It came to its end, and left traces in which something could be.
    for trace in [
        "SELECT count(*) FROM account WHERE status = 'CLOSED'",
        "SELECT count(*) FROM idempotency_key",
        "SELECT count(*) FROM job",
    ] {
        assert!(app.value::<i64>(trace).await > 0, "{trace}");
    }
}

/// What cannot be read is answered, and logged, without its words.
async fn malformed(watch: &mut Watch, grace: &mut Person<'_>) {
    let canary = watch.secret(
        "a password in the wrong place",
        "misplaced canary of the harbour",
    );
    for input in [
        json!({ "password": { "it": canary } }),
        json!({ "password": [canary] }),
        json!({ "passwort": canary }),
        json!(canary),
    ] {
        grace.ask(watch, CLOSE, input).await;
    }
    for document in [
        format!("mutation {{ accountClose(input: {{ password: \"{canary}\" "),
        format!(
            "mutation {{ accountClose(input: {{ passwort: \"{canary}\" }}) {{ userErrors {{ code }} }} }}"
        ),
        format!("mutation {{ accountClose(input: \"{canary}\") {{ userErrors {{ code }} }} }}"),
        format!(
            "mutation {{ accountClose(input: {{ password: [[\"{canary}\"]] }}) {{ userErrors {{ code }} }} }}"
        ),
    ] {
        let reply = grace.send(&document, json!({})).await;
        watch.said(reply);
    }
}
