//! Nobody learns who has an account: the same answers for the same work, whoever it is about.

use super::{FORGOT, OTHER_PASSWORD, PASSWORD};
use crate::support::{Reply, TestApp};
use serde_json::json;
use std::future::Future;
use tradewind::{
    accounts::check_password,
    caller::{Actor, Caller},
    platform::statements::counted,
};

impl TestApp {
    /// The answer, and how many hashes it took.
    async fn hashes<T>(&self, work: impl Future<Output = T>) -> (T, u64) {
        let before = self.app.passwords.hashes();
        let value = work.await;
        (value, self.app.passwords.hashes() - before)
    }

    /// Whether they are signed in, and what it cost in hashes and statements.
    async fn attempt(&self, email: &str, password: &str) -> (bool, u64, u32) {
        let caller = Caller::anonymous(self.app.clone());
        let work = counted(check_password(&caller, email, password));
        let ((found, cost), hashes) = self.hashes(work).await;
        (found.unwrap().is_some(), hashes, cost.count)
    }
}

fn same(one: &(Reply, u64), other: &(Reply, u64)) {
    assert_eq!(one.0.body, other.0.body);
    assert_eq!(one.0.status, other.0.status);
    assert_eq!(one.0.statements, other.0.statements);
    assert_eq!(one.1, other.1);
}

on_both_databases! {
    async fn signing_up(app: TestApp) {
        let free = app.hashes(app.sign_up("ada@example.com")).await;
        let unverified = app.hashes(app.sign_up("ada@example.com")).await;
        same(&free, &unverified);
        app.execute("UPDATE account_login SET email_verified_at = created_at").await;
        let taken = app.hashes(app.sign_up("ADA@example.com")).await;
        same(&free, &taken);
        assert_eq!(free.1, 1);
        app.execute("UPDATE account SET status = 'SUSPENDED'").await;
        same(&free, &app.hashes(app.sign_up("ada@example.com")).await);
    }

    async fn forgetting(app: TestApp) {
        app.person("ada@example.com").await;
        let forgot = async |email: &str| {
            app.hashes(app.mutate(Actor::Anonymous, FORGOT, json!({ "email": email }))).await
        };
        let (known, unknown) = (forgot("ada@example.com").await, forgot("eve@example.com").await);
        same(&known, &unknown);
        assert_eq!(known.1, 0);
        let jobs = "SELECT count(*) FROM job WHERE kind = 'accounts.send_mail' AND state = 'WAITING'";
        assert_eq!(app.value::<i64>(jobs).await, 2);
        assert_eq!(app.deliver().await.len(), 1);
    }

    async fn signing_in(app: TestApp) {
        app.person("ada@example.com").await;
        app.person("suspended@example.com").await;
        app.person("passwordless@example.com").await;
        app.sign_up("unverified@example.com").await.done();
        let of = |email: &str| format!("(SELECT account_id FROM account_login WHERE email = '{email}')");
        app.execute(&format!("UPDATE account SET status = 'SUSPENDED' WHERE id = {}", of("suspended@example.com"))).await;
        app.execute("UPDATE account_login SET password_hash = NULL WHERE email = 'passwordless@example.com'").await;
        // Its dummy is made by whoever comes first.
        app.attempt("first@example.com", PASSWORD).await;

        assert_eq!(app.attempt("ada@example.com", PASSWORD).await, (true, 1, 1));
        let huge = "x".repeat(200_000);
        for (email, password) in [
            ("ada@example.com", OTHER_PASSWORD),
            ("ada@example.com", ""),
            ("ada@example.com", &huge),
            ("unknown@example.com", PASSWORD),
            ("no address", PASSWORD),
            (&huge, PASSWORD),
            ("suspended@example.com", PASSWORD),
            ("unverified@example.com", PASSWORD),
            ("passwordless@example.com", PASSWORD),
            ("passwordless@example.com", ""),
        ] {
            let attempt = app.attempt(email, password).await;
            assert_eq!(attempt, (false, 1, 1), "{email:.40} {password:.40}");
        }
    }

    async fn a_hash_of_older_ways_is_made_anew(app: TestApp) {
        app.person("ada@example.com").await;
        // Of PASSWORD, with 8 MiB and one pass.
        let old = old_hash();
        app.execute(&format!("UPDATE account_login SET password_hash = '{old}'")).await;
        assert_eq!(app.attempt("ada@example.com", OTHER_PASSWORD).await, (false, 1, 1));
        assert_eq!(app.value::<String>("SELECT password_hash FROM account_login").await, old);
        assert_eq!(app.attempt("ada@example.com", PASSWORD).await, (true, 2, 2));
        let new: String = app.value("SELECT password_hash FROM account_login").await;
        assert!(new.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{new}");
        assert_eq!(app.attempt("ada@example.com", PASSWORD).await, (true, 1, 1));
    }
}

fn old_hash() -> String {
    use argon2::{Algorithm, Argon2, Params, PasswordHasher, Version};
    let params = Params::new(8 * 1024, 1, 1, None).unwrap();
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    hasher
        .hash_password(PASSWORD.as_bytes())
        .unwrap()
        .to_string()
}
