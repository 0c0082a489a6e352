//! A key is made, used and revoked.

use super::{CREATE, EMAIL, KEYS, REVOKE};
use crate::support::TestApp;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tradewind::caller::{Actor, Means, Person, Role};

on_both_databases! {
    async fn a_key_is_made_used_and_revoked(app: TestApp) {
        let ada = app.holder(EMAIL, Role::Customer).await;
        let input = json!({ "name": "  Till \t 3 ", "scopes": ["ACCOUNT_READ", "CATALOGUE_READ", "ACCOUNT_READ"] });
        let reply = app.mutate(ada, CREATE, input).await;
        let key = &reply.done()["apiKey"];
        let secret = reply.done()["secret"].as_str().unwrap().to_owned();
        assert_eq!((&key["name"], &key["scopes"]), (&json!("Till 3"), &json!(["CATALOGUE_READ", "ACCOUNT_READ"])));
        assert_eq!(format!("tw_{}_", key["prefix"].as_str().unwrap()), secret[..12]);
        assert_eq!(secret.len(), 55);
        let time = |value: &Value| value.as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
        assert_eq!(time(&key["expiresAt"]) - time(&key["createdAt"]), TimeDelta::days(90));
        println!("making a key takes {} statements", reply.statements);

        let viewer = app.gql_by_key(&secret, "{ viewer { account { email } } sellers { nodes { id } } }").await;
        assert_eq!(viewer.data()["viewer"]["account"]["email"], EMAIL);
        let listed = app.gql_as(ada, KEYS, json!({})).await;
        let listed = &listed.data()["viewer"]["apiKeys"];
        assert_eq!((&listed["totalCount"], &listed["nodes"][0]["id"]), (&json!(1), &key["id"]));

        let told = app.export(ada).await.body;
        assert_eq!((&told["keys"][0]["prefix"], told["keys"].as_array().map(Vec::len)), (&key["prefix"], Some(1)));
        let hash: String = app.value("SELECT hash FROM api_key").await;
        assert!(!told.to_string().contains(&secret[12..]) && !told.to_string().contains(&hash));

        let revoked = app.mutate(ada, REVOKE, json!({ "id": key["id"] })).await;
        assert!(revoked.done()["apiKey"]["revokedAt"].is_string());
        assert_eq!(app.status_by_key(&secret).await, 401, "it is felt at once in this process");
        let again = app.mutate(ada, REVOKE, json!({ "id": key["id"] })).await;
        assert_eq!(again.refusal().0, "CONFLICT");
        let actions: Vec<String> = app.column("SELECT action || ' ' || before || after FROM audit_entry ORDER BY occurred_at").await;
        let actions: Vec<_> = actions.into_iter().filter(|action| action.starts_with("key.")).collect();
        assert_eq!(actions.len(), 2, "{actions:?}");
        assert!(actions[0].starts_with("key.create") && actions[1].starts_with("key.revoke"), "{actions:?}");
        assert!(actions.iter().all(|entry| entry.contains(&secret[3..11]) && entry.contains("CATALOGUE_READ ACCOUNT_READ")));
        let mails = app.deliver().await;
        assert_eq!((mails.len(), mails[0].to.as_str()), (1, EMAIL));
        assert!(!mails[0].text.contains(&secret[12..]));
    }

    async fn keys_of_others_are_not_there(app: TestApp) {
        let ada = app.holder(EMAIL, Role::Customer).await;
        let eve = app.holder("eve@example.com", Role::Admin).await;
        let key = app.make_key(ada, &["CATALOGUE_READ"]).await;
        let foreign = app.mutate(eve, REVOKE, json!({ "id": key.id })).await;
        assert_eq!(foreign.refusal(), ("NOT_FOUND", &json!(["id"])));
        let listed = app.gql_as(eve, KEYS, json!({})).await;
        assert_eq!(listed.data()["viewer"]["apiKeys"]["totalCount"], 0);
        assert_eq!(app.status_by_key(&key.secret).await, 200);
        let none = app.mutate(Actor::Anonymous, REVOKE, json!({ "id": key.id })).await;
        assert_eq!(none.error_code(), "UNAUTHENTICATED");
    }

    async fn a_key_is_made_only_after_a_second_factor(app: TestApp) {
        let Actor::Person(ada) = app.holder(EMAIL, Role::Customer).await else { unreachable!() };
        let Means::Session { id, stepped_up_at } = ada.means else { unreachable!() };
        let input = json!({ "name": "Till", "scopes": ["CATALOGUE_READ"] });
        let long_ago = stepped_up_at.map(|at| at - TimeDelta::minutes(11));
        for stepped_up_at in [None, long_ago] {
            let actor = Actor::Person(Person { means: Means::Session { id, stepped_up_at }, ..ada });
            assert_eq!(app.mutate(actor, CREATE, input.clone()).await.error_code(), "STEP_UP_REQUIRED");
        }
        assert_eq!(app.mutate(Actor::Anonymous, CREATE, input.clone()).await.error_code(), "UNAUTHENTICATED");
        app.execute("UPDATE session SET ended_at = created_at, end_reason = 'SIGNED_OUT'").await;
        let ended = app.mutate(Actor::Person(ada), CREATE, input).await;
        assert_eq!(ended.error_code(), "UNAUTHENTICATED", "its session was ended a moment ago");
        assert_eq!(app.value::<i64>("SELECT count(*) FROM api_key").await, 0);
    }

    async fn what_is_wrong_with_a_wish_is_named(app: TestApp) {
        let ada = app.holder(EMAIL, Role::Customer).await;
        let wish = |name: &str, scopes: &[&str], days: i64| json!({ "name": name, "scopes": scopes, "expiresInDays": days });
        let read = &["CATALOGUE_READ"];
        for (input, field) in [
            (wish(" ", read, 1), "name"),
            (wish(&"a".repeat(101), read, 1), "name"),
            (wish("a\u{0}b", read, 1), "name"),
            (wish("Till", &[], 1), "scopes"),
            (wish("Till", read, 0), "expiresInDays"),
            (wish("Till", read, -1), "expiresInDays"),
            (wish("Till", read, 366), "expiresInDays"),
        ] {
            let reply = app.mutate(ada, CREATE, input.clone()).await;
            assert_eq!(reply.refusal(), ("INVALID", &json!([field])), "{input}");
            assert_eq!(reply.data()["done"]["secret"], Value::Null);
        }
        let unknown = app.mutate(ada, CREATE, wish("Till", &["EVERYTHING"], 1)).await;
        assert_eq!(unknown.error_code(), "VALIDATION_ERROR");
        app.mutate(ada, CREATE, wish("Till", read, 365)).await.done();
    }

    /// A key must not get itself more, or its person out.
    async fn a_key_makes_no_keys_and_sees_no_sessions(app: TestApp) {
        let ada = app.holder(EMAIL, Role::Admin).await;
        let all = ["CATALOGUE_READ", "CATALOGUE_WRITE", "ACCOUNT_READ", "JOBS_READ", "AUDIT_READ"];
        let key = app.make_key(ada, &all).await;
        let sessions = app.gql_as(ada, "{ viewer { sessions { nodes { id } } } }", json!({})).await;
        assert!(sessions.body.get("errors").is_none());
        for document in [
            "mutation { apiKeyCreate(input: { name: \"x\", scopes: [ACCOUNT_READ] }) { secret } }".to_owned(),
            format!("mutation {{ apiKeyRevoke(input: {{ id: \"{}\" }}) {{ apiKey {{ id }} }} }}", key.id),
            "mutation { sessionEndAll { endedCount } }".to_owned(),
            "mutation { accountClose(input: { password: \"x\" }) { userErrors { code } } }".to_owned(),
            "mutation { queuePause(input: { name: \"events\" }) { userErrors { code } } }".to_owned(),
            "{ viewer { sessions { nodes { id } } } }".to_owned(),
            "{ viewer { apiKeys { nodes { id } } } }".to_owned(),
        ] {
            let reply = app.gql_by_key(&key.secret, &document).await;
            assert_eq!(reply.error_code(), "FORBIDDEN", "{document}");
        }
        assert_eq!(app.value::<i64>("SELECT count(*) FROM api_key").await, 1);
        app.gql_by_key(&key.secret, "{ jobs { nodes { id } } auditLog { nodes { id } } }").await.data();
    }
}
