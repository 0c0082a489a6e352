//! What support and admins see of accounts, and do about them.

use super::{PASSWORD, VIEWER};
use crate::support::{Reply, TestApp, admin, someone, stepped_up};
use serde_json::{Value, json};
use tradewind::caller::{Actor, Person, Role};

const ACCOUNTS: &str =
    "query ($filter: AccountFilter, $first: Int) { accounts(filter: $filter, first: $first) {
    totalCount nodes { id email role status } pageInfo { hasNextPage } } }";
const SUSPEND: &str = "mutation ($input: AccountSuspendInput!) { accountSuspend(input: $input) {
    account { status } userErrors { code message field } } }";
const REINSTATE: &str =
    "mutation ($input: AccountReinstateInput!) { accountReinstate(input: $input) {
    account { status } userErrors { code } } }";
const SET_ROLE: &str = "mutation ($input: AccountSetRoleInput!) { accountSetRole(input: $input) {
    account { role } userErrors { code message field } } }";

#[track_caller]
fn code(reply: &Reply) -> &Value {
    let payload = reply.data().as_object().unwrap().values().next().unwrap();
    &payload["userErrors"][0]["code"]
}

impl TestApp {
    async fn id_of(&self, actor: Actor) -> Value {
        let reply = self.gql_as(actor, VIEWER, json!({})).await;
        reply.data()["viewer"]["account"]["id"].clone()
    }

    /// Someone with an account and this role.
    async fn staff(&self, email: &str, role: Role) -> Actor {
        let Actor::Person(person) = self.person(email).await else {
            unreachable!()
        };
        let name = format!("{role:?}").to_uppercase();
        self.execute(&format!(
            "UPDATE account SET role = '{name}' WHERE id = (SELECT account_id FROM account_login WHERE email_key = '{email}')"
        ))
        .await;
        Actor::Person(Person { role, ..person })
    }
}

on_both_databases! {
    async fn support_finds_people(app: TestApp) {
        let ada = app.person("ada@example.com").await;
        app.person("bob@example.com").await;
        let support = someone(Role::Support);
        let all = app.gql_as(support, ACCOUNTS, json!({ "first": 1 })).await;
        let accounts = &all.data()["accounts"];
        assert_eq!((&accounts["totalCount"], &accounts["nodes"][0]["email"]), (&json!(2), &json!("bob@example.com")));
        assert_eq!(all.statements, 2, "the page and the count");
        let found = app.gql_as(support, ACCOUNTS, json!({ "filter": { "email": "ADA@Example.com" } })).await;
        let found = &found.data()["accounts"]["nodes"];
        assert_eq!(found.as_array().unwrap().len(), 1);
        assert_eq!(found[0]["id"], app.id_of(ada).await);
        for (filter, count) in [
            (json!({ "roles": ["ADMIN"] }), 0), (json!({ "statuses": ["ACTIVE"] }), 2), (json!({ "email": "eve@example.com" }), 0),
        ] {
            let reply = app.gql_as(support, ACCOUNTS, json!({ "filter": filter })).await;
            assert_eq!(reply.data()["accounts"]["totalCount"], count);
        }
        let one = "query ($id: ID!) { account(id: $id) { email } }";
        let nobody = json!({ "id": "author_00000000000000000000000001" });
        assert_eq!(app.gql_as(support, one, nobody).await.data()["account"], Value::Null);
    }

    async fn whoever_is_suspended_is_out_at_once(app: TestApp) {
        let ada = app.person("ada@example.com").await;
        let id = app.id_of(ada).await;
        let suspend = |reason: &str| json!({ "input": { "id": id, "reason": reason } });
        let no_reason = app.gql_as(admin(), SUSPEND, suspend(" ")).await;
        assert_eq!(code(&no_reason), "INVALID");
        let suspended = app.gql_as(admin(), SUSPEND, suspend("Sold what was not theirs.")).await;
        assert_eq!(suspended.data()["accountSuspend"]["account"]["status"], "SUSPENDED");
        assert_eq!(app.end_reasons().await, [Some("SUSPENDED".to_owned())]);
        assert_eq!(app.check("ada@example.com", PASSWORD).await, None);
        let again = app.gql_as(admin(), SUSPEND, suspend("Again.")).await;
        assert_eq!(code(&again), "CONFLICT");

        let reinstate = json!({ "input": { "id": id } });
        let back = app.gql_as(admin(), REINSTATE, reinstate.clone()).await;
        assert_eq!(back.data()["accountReinstate"]["account"]["status"], "ACTIVE");
        assert!(app.check("ada@example.com", PASSWORD).await.is_some());
        assert_eq!(code(&app.gql_as(admin(), REINSTATE, reinstate).await), "CONFLICT");
        let log: Vec<String> = app.column(
            "SELECT action || after FROM audit_entry WHERE action IN ('account.suspend', 'account.reinstate') ORDER BY sequence").await;
        assert_eq!(log.len(), 2);
        assert!(log[0].contains("Sold what was not theirs."), "{log:?}");
    }

    async fn roles_are_given_by_admins_with_a_second_factor(app: TestApp) {
        let ada = app.person("ada@example.com").await;
        let id = app.id_of(ada).await;
        let give = |role: &str| json!({ "input": { "id": id, "role": role } });
        let at_once = app.gql_as(admin(), SET_ROLE, give("SUPPORT")).await;
        assert_eq!(at_once.error_code(), "STEP_UP_REQUIRED");
        let support = stepped_up(someone(Role::Support), app.app.clock.now());
        assert_eq!(app.gql_as(support, SET_ROLE, give("ADMIN")).await.error_code(), "FORBIDDEN");
        let admin = stepped_up(admin(), app.app.clock.now());
        let given = app.gql_as(admin, SET_ROLE, give("SUPPORT")).await;
        assert_eq!(given.data()["accountSetRole"]["account"]["role"], "SUPPORT");
        // The same once more is nothing new, and is not written down.
        app.gql_as(admin, SET_ROLE, give("SUPPORT")).await.data();
        let changes: Vec<String> = app.column(
            "SELECT before || after FROM audit_entry WHERE action = 'account.set_role'").await;
        assert_eq!(changes, ["{\"role\":\"CUSTOMER\"}{\"role\":\"SUPPORT\"}"]);
    }

    async fn an_admin_is_always_left(app: TestApp) {
        let one = app.staff("one@example.com", Role::Admin).await;
        let other = app.staff("two@example.com", Role::Admin).await;
        let (one, other) = (stepped_up(one, app.app.clock.now()), stepped_up(other, app.app.clock.now()));
        let (first, second) = (app.id_of(one).await, app.id_of(other).await);
        let own = app.gql_as(one, SET_ROLE, json!({ "input": { "id": first, "role": "CUSTOMER" } })).await;
        assert_eq!(code(&own), "CONFLICT");
        // Each takes the other's, at the same moment.
        let take = |id: &Value| json!({ "input": { "id": id, "role": "CUSTOMER" } });
        let (a, b) = tokio::join!(
            app.gql_as(one, SET_ROLE, take(&second)), app.gql_as(other, SET_ROLE, take(&first)));
        let done = [&a, &b].into_iter().filter(|reply| code(reply).is_null()).count();
        assert_eq!(done, 1);
        assert_eq!(app.value::<i64>("SELECT count(*) FROM account WHERE role = 'ADMIN'").await, 1);
    }
}
