//! What the audit log says of changes of people.

use super::{CHANGE_PASSWORD, CLOSE, OTHER_PASSWORD, PASSWORD, UPDATE};
use crate::support::TestApp;
use serde_json::json;
use tradewind::caller::Actor;

on_both_databases! {
    async fn changes_are_written_down_without_what_they_were(app: TestApp) {
        let actor = app.person("ada@example.com").await;
        let Actor::Person(person) = actor else { unreachable!() };
        let named = json!({ "displayName": "Countess", "expectedVersion": 1 });
        app.mutate(actor, UPDATE, named.clone()).await.done();
        let stale = app.mutate(actor, UPDATE, named).await;
        assert_eq!(stale.refusal().0, "CONFLICT");
        let passwords = json!({ "currentPassword": PASSWORD, "newPassword": OTHER_PASSWORD });
        app.mutate(actor, CHANGE_PASSWORD, passwords).await.done();
        app.mutate(actor, CLOSE, json!({ "password": OTHER_PASSWORD })).await.done();
        let rows: Vec<String> = app.column("SELECT action FROM audit_entry WHERE entity_type = 'account' ORDER BY sequence").await;
        assert_eq!(rows, [
            "account.sign_up", "account.verify_email", "account.update", "account.change_password", "account.close",
        ]);
        let ids: Vec<String> = app.column("SELECT DISTINCT entity_id FROM audit_entry").await;
        assert_eq!(ids, [person.account.0.to_string()]);
        let actors: Vec<String> = app.column("SELECT actor FROM audit_entry ORDER BY sequence").await;
        assert_eq!(actors, ["ANONYMOUS", "ANONYMOUS", "PERSON", "PERSON", "PERSON"]);
        // Entries cannot be erased, so what is erased with an account must not stand in them.
        let all: Vec<String> = app.column("SELECT before || after || action || entity_id FROM audit_entry").await;
        for secret in ["ada@", "Countess", PASSWORD, OTHER_PASSWORD, "argon2"] {
            assert!(!all.join(" ").contains(secret), "{secret}");
        }
    }
}
