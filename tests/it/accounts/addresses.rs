//! The addresses that people note.

use super::PASSWORD;
use crate::support::{Reply, TestApp};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tradewind::caller::Actor;

const CREATE: &str = "mutation ($input: AddressCreateInput!) { addressCreate(input: $input) {
    address { id name country isDefaultShipping isDefaultBilling version } userErrors { code field message } } }";
const UPDATE: &str = "mutation ($input: AddressUpdateInput!) { addressUpdate(input: $input) {
    address { id city isDefaultShipping version } userErrors { code field message } } }";
const DELETE: &str = "mutation ($input: AddressDeleteInput!) { addressDelete(input: $input) {
    deletedId userErrors { code field } } }";
const LIST: &str =
    "{ viewer { addresses { totalCount nodes { id city isDefaultShipping isDefaultBilling } } } }";

fn quay(number: usize, changes: &Value) -> Value {
    let mut address = json!({
        "name": "Ada Lovelace", "line1": format!("Quay {number}"), "city": "Hamburg", "postalCode": "20457", "country": "de",
    });
    for (name, value) in changes.as_object().into_iter().flatten() {
        address[name] = value.clone();
    }
    json!({ "address": address })
}

impl TestApp {
    async fn note_address(&self, actor: Actor, number: usize, changes: &Value) -> Reply {
        self.gql_as(actor, CREATE, json!({ "input": quay(number, changes) }))
            .await
    }

    /// Of the person's addresses those that are the default, as numbers of how many there are of each kind.
    async fn defaults(&self, actor: Actor) -> (usize, usize) {
        let reply = self.gql_as(actor, LIST, json!({})).await;
        let nodes = reply.data()["viewer"]["addresses"]["nodes"]
            .as_array()
            .unwrap()
            .clone();
        let count = |kind: &str| nodes.iter().filter(|node| node[kind] == true).count();
        (count("isDefaultShipping"), count("isDefaultBilling"))
    }
}

on_both_databases! {
    async fn addresses_are_noted_changed_and_deleted(app: TestApp) {
        let ada = app.person("ada@example.com").await;
        let first = app.note_address(ada, 1, &json!({})).await;
        let first = &first.data()["addressCreate"]["address"];
        assert_eq!((&first["isDefaultShipping"], &first["country"]), (&json!(true), &json!("DE")));
        let second = app.note_address(ada, 2, &json!({ "isDefaultShipping": true })).await;
        let id = second.data()["addressCreate"]["address"]["id"].clone();
        assert_eq!(app.defaults(ada).await, (1, 1));
        let listed = app.gql_as(ada, LIST, json!({})).await;
        // Who asks, the page, and the count.
        assert_eq!(listed.statements, 3);
        assert_eq!(listed.data()["viewer"]["addresses"]["totalCount"], 2);

        let mut change = quay(3, &json!({ "city": "Altona" }));
        change["id"] = id.clone();
        change["expectedVersion"] = json!(1);
        let changed = app.gql_as(ada, UPDATE, json!({ "input": change })).await;
        let address = &changed.data()["addressUpdate"]["address"];
        assert_eq!((&address["city"], &address["version"]), (&json!("Altona"), &json!(2)));
        assert_eq!(address["isDefaultShipping"], false, "what is not said is not so");
        let stale = app.gql_as(ada, UPDATE, json!({ "input": change })).await;
        assert_eq!(stale.data()["addressUpdate"]["userErrors"][0]["code"], "CONFLICT");

        let eve = app.person("eve@example.com").await;
        let foreign = app.gql_as(eve, DELETE, json!({ "input": { "id": id } })).await;
        assert_eq!(foreign.data()["addressDelete"]["userErrors"][0]["code"], "NOT_FOUND");
        let deleted = app.gql_as(ada, DELETE, json!({ "input": { "id": id } })).await;
        assert_eq!(deleted.data()["addressDelete"]["deletedId"], id);
        let again = app.gql_as(ada, DELETE, json!({ "input": { "id": id } })).await;
        assert_eq!(again.data()["addressDelete"]["userErrors"][0]["code"], "NOT_FOUND");
    }

    async fn there_is_one_default_and_an_end_to_them(app: TestApp) {
        let ada = app.person("ada@example.com").await;
        for number in 0..40 {
            app.note_address(ada, number, &json!({})).await.data();
        }
        let both = json!({ "isDefaultShipping": true, "isDefaultBilling": true });
        let adds = (0..20).map(|number| {
            let (app, both) = (&app, &both);
            crate::cart::insist(async move || app.note_address(ada, number, both).await)
        });
        let replies = join_all(adds).await;
        let refused = replies.iter().filter(|reply| {
            let payload = &reply.data()["addressCreate"];
            payload["userErrors"][0]["code"] == "CONFLICT"
        });
        assert_eq!(refused.count(), 10, "fifty is the most");
        assert_eq!(app.defaults(ada).await.0, 1);
        let defaults: i64 = app.value("SELECT count(*) FROM address WHERE is_default_billing").await;
        assert_eq!(defaults, 1);
    }

    async fn what_is_no_address_is_told(app: TestApp) {
        let ada = app.person("ada@example.com").await;
        for (changes, field) in [
            (json!({ "country": "Germany" }), "country"),
            (json!({ "country": "XX" }), "country"),
            (json!({ "name": "  " }), "name"),
            (json!({ "line1": "a".repeat(201) }), "line1"),
            (json!({ "city": "Ham\u{0}burg" }), "city"),
            (json!({ "phone": "<script>" }), "phone"),
        ] {
            let reply = app.note_address(ada, 1, &changes).await;
            let error = &reply.data()["addressCreate"]["userErrors"][0];
            assert_eq!((&error["code"], &error["field"]), (&json!("INVALID"), &json!(["address", field])));
        }
        assert_eq!(app.value::<i64>("SELECT count(*) FROM address").await, 0);
    }

    async fn addresses_are_erased_with_the_account(app: TestApp) {
        let ada = app.person("ada@example.com").await;
        app.note_address(ada, 1, &json!({})).await.data();
        let close = "mutation ($input: AccountCloseInput!) { accountClose(input: $input) { userErrors { code } } }";
        app.gql_as(ada, close, json!({ "input": { "password": PASSWORD } })).await.data();
        app.deliver().await;
        assert_eq!(app.value::<i64>("SELECT count(*) FROM address").await, 0);
        let log: Vec<String> = app.column("SELECT before || after FROM audit_entry").await;
        assert!(!log.join(" ").contains("Quay"), "what is erased stands in no log");
    }
}
