//! Row-level security on PostgreSQL: what belongs to people is written by them and by the system only, though the code above be wrong.

use super::{FORGOT, OTHER_PASSWORD, PASSWORD, RESET, SIGN_UP, VERIFY, token};
use crate::support::TestApp;
use entity::{
    ids::{AccountId, PaymentId},
    money::Money,
};
use sea_orm::ConnectionTrait;
use serde_json::json;
use tradewind::{
    caller::{Actor, Caller, Person, Role},
    error::Result,
    idempotency::{Fingerprint, Intent},
    ledger::{TopUp, top_up},
    platform::telemetry::RequestId,
};

/// Two people, each with a session and a refresh token.
async fn two_people(app: &TestApp) -> (Person, AccountId) {
    let Actor::Person(ada) = app.person("ada@example.com").await else {
        unreachable!()
    };
    let Actor::Person(eve) = app.person("eve@example.com").await else {
        unreachable!()
    };
    for sql in [
        "INSERT INTO refresh_token (hash, session_id, created_at) SELECT CAST(id AS text), id, created_at FROM session",
        "INSERT INTO address (id, customer_id, name, line1, city, country, is_default_shipping, is_default_billing, version, \
             created_at, updated_at) SELECT id, id, 'Ada', 'Street 1', 'Town', 'DE', true, true, 1, created_at, created_at FROM account",
        "INSERT INTO api_key (id, account_id, name, prefix, hash, scopes, created_at, expires_at) \
             SELECT id, id, 'key', substr(md5(id::text), 1, 8), repeat('0', 64), 'all', created_at, created_at FROM account",
        "INSERT INTO totp (account_id, secret, last_step, created_at) SELECT id, 'sealed', 0, created_at FROM account",
        "INSERT INTO recovery_code (hash, account_id, created_at) SELECT id::text, id, created_at FROM account",
        "INSERT INTO passkey (id, account_id, credential_id, name, credential, sign_count, created_at) \
             SELECT id, id, id::text, 'phone', '{}', 0, created_at FROM account",
        "INSERT INTO sign_in_challenge (hash, account_id, tries, created_at, expires_at) \
             SELECT id::text, id, 0, created_at, created_at FROM account",
        "INSERT INTO oidc_identity (id, account_id, issuer, subject, email, created_at, last_used_at) \
             SELECT id, id, 'https://id.example', id::text, 'ada@example.com', created_at, created_at FROM account",
    ] {
        app.execute(sql).await;
    }
    (ada, eve.account)
}

impl TestApp {
    /// How many rows a statement changes in a mutation of this person's.
    async fn changes(&self, person: Person, sql: &str) -> Result<u64> {
        let caller = Caller::new(
            self.app.clone(),
            Actor::Person(person),
            RequestId::generate(),
        );
        let intent = Intent {
            operation: "wrong".to_owned(),
            key: None,
            fingerprint: Fingerprint::of(&json!({})),
        };
        let once = caller.once(&intent, async |tx| {
            Ok(tx.execute_unprepared(sql).await?.rows_affected())
        });
        once.await.map(|once| once.value)
    }
}

/// One for each table: what a mutation that forgot its `WHERE` does.
const CARELESS: [(&str, u64); 20] = [
    ("UPDATE account SET display_name = 'Mallory'", 1),
    ("UPDATE account_login SET email_verified_at = NULL", 1),
    ("UPDATE account_token SET used_at = NULL", 1),
    ("UPDATE session SET user_agent = 'Mallory'", 1),
    ("UPDATE refresh_token SET used_at = NULL", 1),
    ("UPDATE address SET name = 'Mallory'", 1),
    ("UPDATE api_key SET revoked_at = now()", 1),
    ("UPDATE totp SET secret = 'Mallory'", 1),
    ("UPDATE recovery_code SET used_at = now()", 1),
    ("UPDATE passkey SET name = 'Mallory'", 1),
    ("UPDATE sign_in_challenge SET tries = 0", 1),
    ("UPDATE oidc_identity SET subject = 'Mallory'", 1),
    ("DELETE FROM totp", 1),
    ("DELETE FROM recovery_code", 1),
    ("DELETE FROM passkey", 1),
    ("DELETE FROM sign_in_challenge", 1),
    ("DELETE FROM oidc_identity", 1),
    ("DELETE FROM address", 1),
    ("DELETE FROM refresh_token", 1),
    ("DELETE FROM account_login", 1),
];

#[tokio::test]
async fn a_person_writes_its_own_rows_only() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let (ada, eve) = two_people(&app).await;
    for (sql, own) in CARELESS {
        assert_eq!(app.changes(ada, sql).await.unwrap(), own, "{sql}");
    }
    for sql in [
        format!(
            "UPDATE session SET ended_at = now(), end_reason = 'CLOSED' WHERE account_id = '{}'",
            eve.0
        ),
        format!("DELETE FROM account_login WHERE account_id = '{}'", eve.0),
        format!("DELETE FROM account_token WHERE account_id = '{}'", eve.0),
    ] {
        assert_eq!(app.changes(ada, &sql).await.unwrap(), 0, "{sql}");
    }
    // What would become another's, or another, is refused.
    for sql in [
        format!(
            "INSERT INTO totp (account_id, secret, last_step, created_at) VALUES ('{}', 'stolen', 0, now())",
            eve.0
        ),
        format!(
            "INSERT INTO recovery_code (hash, account_id, created_at) VALUES ('stolen', '{}', now())",
            eve.0
        ),
        format!(
            "INSERT INTO passkey (id, account_id, credential_id, name, credential, sign_count, created_at) \
                 VALUES (gen_random_uuid(), '{}', 'stolen', 'phone', '{{}}', 0, now())",
            eve.0
        ),
        format!(
            "INSERT INTO sign_in_challenge (hash, account_id, tries, created_at, expires_at) \
                 VALUES ('stolen', '{}', 0, now(), now())",
            eve.0
        ),
        format!(
            "INSERT INTO oidc_identity (id, account_id, issuer, subject, email, created_at, last_used_at) \
                 VALUES (gen_random_uuid(), '{}', 'https://id.example', 'stolen', '', now(), now())",
            eve.0
        ),
        format!("UPDATE session SET account_id = '{}'", eve.0),
        format!("UPDATE account_token SET account_id = '{}'", eve.0),
        format!(
            "INSERT INTO session (id, account_id, user_agent, ip, created_at, last_used_at, idle_until, expires_at) \
                 VALUES (gen_random_uuid(), '{}', '', '', now(), now(), now(), now())",
            eve.0
        ),
        "INSERT INTO account (id, display_name, role, created_at, updated_at) \
         VALUES (gen_random_uuid(), 'Mallory', 'ADMIN', now(), now())"
            .to_owned(),
        format!(
            "INSERT INTO refresh_token (hash, session_id, created_at) \
                 SELECT 'stolen', id, now() FROM session WHERE account_id = '{}'",
            eve.0
        ),
    ] {
        let refused = app.changes(ada, &sql).await.unwrap_err();
        assert!(
            refused.for_operator().contains("row-level security"),
            "{}",
            refused.for_operator()
        );
    }
    let whole = "SELECT count(*) FROM account a JOIN account_login l ON l.account_id = a.id JOIN session s ON s.account_id = a.id \
                 JOIN refresh_token t ON t.session_id = s.id \
                 WHERE a.display_name = 'Ada' AND l.email_verified_at IS NOT NULL AND s.ended_at IS NULL AND s.user_agent = 'Netscape'";
    assert_eq!(app.value::<i64>(whole).await, 1);
}

#[tokio::test]
async fn nobody_writes_into_the_ledger() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let (ada, _) = two_people(&app).await;
    let paid = TopUp {
        payment: PaymentId::generate(),
        customer: ada.account,
        money: Money {
            minor: 500,
            currency: "EUR".parse().unwrap(),
        },
        at: app.app.clock.now(),
    };
    let work = async |tx: &_| top_up(tx, &paid).await;
    app.app.transaction(work).await.unwrap();
    let own = "UPDATE ledger_account SET balance = balance + 1";
    assert_eq!(
        app.changes(ada, own).await.unwrap(),
        0,
        "not even one's own"
    );
    let another = "INSERT INTO ledger_account (id, kind, customer_id, currency, stripe, balance, entries, created_at, posted_at) \
        SELECT gen_random_uuid(), kind, customer_id, 'USD', 0, 0, 0, created_at, posted_at FROM ledger_account \
        WHERE kind = 'CUSTOMER_WALLET'";
    assert!(app.changes(ada, another).await.is_err());
    let other = TopUp {
        payment: PaymentId::generate(),
        ..paid
    };
    let caller = Caller::new(app.app.clone(), Actor::Person(ada), RequestId::generate());
    let intent = Intent {
        operation: "wrong".to_owned(),
        key: None,
        fingerprint: Fingerprint::of(&json!({})),
    };
    let posted = caller
        .once(&intent, async |tx| Ok(top_up(tx, &other).await?.is_new))
        .await;
    assert!(posted.is_err(), "money moves only where a mutation says so");
}

#[tokio::test]
async fn the_system_writes_all_and_everyone_reads() {
    let Some(app) = TestApp::on_postgres().await else {
        return;
    };
    let (ada, _) = two_people(&app).await;
    let admin = Person {
        role: Role::Admin,
        ..ada
    };
    for sql in [
        "UPDATE session SET user_agent = 'Mosaic'",
        "UPDATE account SET display_name = 'Grace'",
    ] {
        assert_eq!(app.changes(ada, sql).await.unwrap(), 1);
        // The name is gone with its transaction, whoever has the connection next.
        for _ in 0..20 {
            let changed = app
                .app
                .transaction(async |tx| Ok(tx.execute_unprepared(sql).await?.rows_affected()));
            assert_eq!(changed.await.unwrap(), 2);
            let db = app.app.database.write();
            assert_eq!(db.execute_unprepared(sql).await.unwrap().rows_affected(), 2);
        }
        assert_eq!(app.changes(admin, sql).await.unwrap(), 2);
    }
    let read = "CREATE TEMPORARY TABLE seen AS SELECT s.id FROM session s JOIN account_login l USING (account_id)";
    assert_eq!(app.changes(ada, read).await.unwrap(), 2);
    // Nobody is past the wall because the tables are its own.
    let held = "SELECT relname::text FROM pg_class WHERE relrowsecurity AND relforcerowsecurity ORDER BY relname";
    let tables = [
        "account",
        "account_login",
        "account_token",
        "address",
        "api_key",
        "ledger_account",
        "ledger_entry",
        "ledger_transaction",
        "oidc_identity",
        "passkey",
        "recovery_code",
        "refresh_token",
        "session",
        "sign_in_challenge",
        "totp",
    ];
    for table in tables {
        assert!(
            app.column::<String>(held)
                .await
                .iter()
                .any(|held| held == table),
            "{table}"
        );
    }
    let is_super = "SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user";
    assert!(!app.value::<bool>(is_super).await);
}

on_both_databases! {
    /// Whoever is signed in where another's letter is opened, or where another signs up, is in nobody's way.
    async fn letters_are_opened_where_another_is_signed_in(app: TestApp) {
        let ada = app.person("ada@example.com").await;
        let input = json!({ "email": "eve@example.com", "password": PASSWORD, "displayName": "Eve" });
        app.mutate(ada, SIGN_UP, input).await.done();
        let verify = app.delivered_token().await;
        app.mutate(ada, VERIFY, json!({ "token": verify })).await.done();
        assert!(app.check("eve@example.com", PASSWORD).await.is_some());
        app.mutate(ada, FORGOT, json!({ "email": "eve@example.com" })).await.done();
        let mails = app.deliver().await;
        let input = json!({ "token": token(&mails[0]), "newPassword": OTHER_PASSWORD });
        app.mutate(ada, RESET, input).await.done();
        assert!(app.check("eve@example.com", OTHER_PASSWORD).await.is_some());
    }
}
