//! Opening a shop, and changing what it says of itself.

use super::{SHOP, members, shop};
use crate::support::{
    TestApp,
    shops::{done, mutate, person, refused},
};
use serde_json::json;
use tradewind::caller::Actor;

on_both_databases! {
    async fn whoever_opens_a_shop_owns_it(app: TestApp) {
        let ada = person(&app, "ada").await;
        let input = json!({ "name": "  North   Quay ", "description": "Ropes." });
        let opened = mutate(&app, ada, "sellerOpen", SHOP, input).await;
        // In SQLite two statements where PostgreSQL has one to emit, and three where it has two to record; the turnstile is PostgreSQL's.
        assert!(opened.statements <= 11, "{}", opened.statements);
        let shop = &done(&opened)["seller"];
        assert_eq!((&shop["name"], &shop["handle"]), (&json!("North Quay"), &json!("north-quay")));
        assert_eq!(members(&app, ada, shop).await[0]["role"], "OWNER");
        let document = "{ viewer { shops(first: 5) { totalCount nodes { role seller { handle } } } } }";
        let viewer = app.gql_as(ada, document, json!({})).await;
        let expected = json!({ "totalCount": 1, "nodes": [{ "role": "OWNER", "seller": { "handle": "north-quay" } }] });
        assert_eq!(viewer.data()["viewer"]["shops"], expected);
        let limit: i64 = app.value("SELECT active_product_limit FROM seller").await;
        assert_eq!(limit, 100);
        let events: Vec<String> = app.column("SELECT name FROM outbox_event ORDER BY name").await;
        assert_eq!(events, ["sellers.seller_opened"]);
        let audited: Vec<String> = app.column("SELECT action FROM audit_entry WHERE seller_id IS NOT NULL ORDER BY action").await;
        assert_eq!(audited, ["member.add", "seller.open"]);
    }

    async fn names_are_one_shops_alone_also_in_a_race(app: TestApp) {
        let (ada, eve) = (person(&app, "ada").await, person(&app, "eve").await);
        let open = async |actor: Actor, name: &str| mutate(&app, actor, "sellerOpen", SHOP, json!({ "name": name })).await;
        let (one, other) = tokio::join!(open(ada, "North Quay"), open(eve, "NORTH  quay"));
        let refusals: Vec<_> = [&one, &other].into_iter().filter(|reply| reply.data()["done"]["seller"].is_null()).collect();
        assert_eq!(refusals.len(), 1);
        assert_eq!(refused(refusals[0]), ("INVALID".to_owned(), "name".to_owned()));
        for (name, field) in [("", "name"), ("★", "name"), (&*"a".repeat(101), "name"), (&*"a".repeat(100_000), "name")] {
            assert_eq!(refused(&open(ada, name).await), ("INVALID".to_owned(), field.to_owned()));
        }
        assert_eq!(open(Actor::Anonymous, "Other").await.error_code(), "UNAUTHENTICATED");
    }

    async fn an_account_owns_five_at_most_also_in_a_race(app: TestApp) {
        let ada = person(&app, "ada").await;
        let names: Vec<String> = (0..8).map(|number| format!("Shop {number}")).collect();
        let opened = names.iter().map(|name| mutate(&app, ada, "sellerOpen", SHOP, json!({ "name": name })));
        let opened = futures_util::future::join_all(opened).await;
        let refusals: Vec<_> = opened.iter().filter(|reply| reply.data()["done"]["seller"].is_null()).collect();
        assert_eq!(refusals.len(), 3);
        assert!(refusals.iter().all(|reply| refused(reply).0 == "CONFLICT"));
    }

    async fn what_a_shop_says_is_changed_by_whoever_read_it_last(app: TestApp) {
        let (ada, eve) = (person(&app, "ada").await, person(&app, "eve").await);
        let shop = shop(&app, ada, "North Quay").await;
        super::shop(&app, eve, "South Quay").await;
        let update = async |actor: Actor, name: &str, version: i64| {
            mutate(&app, actor, "sellerUpdate", SHOP, json!({ "id": shop["id"], "name": name, "expectedVersion": version })).await
        };
        let changed = update(ada, "East Quay", 1).await;
        assert!(changed.statements <= 12, "{}", changed.statements);
        let seller = &done(&changed)["seller"];
        assert_eq!((&seller["name"], &seller["handle"], &seller["version"]), (&json!("East Quay"), &json!("north-quay"), &json!(2)));
        assert_eq!(refused(&update(ada, "West Quay", 1).await).0, "CONFLICT");
        assert_eq!(refused(&update(ada, "south quay", 2).await), ("INVALID".to_owned(), "name".to_owned()));
        assert_eq!(refused(&update(eve, "Mine", 2).await).0, "NOT_FOUND");
        let (one, other) = tokio::join!(update(ada, "One Quay", 2), update(ada, "Other Quay", 2));
        let is_done = |reply: &crate::support::Reply| !reply.data()["done"]["seller"].is_null();
        assert!(is_done(&one) != is_done(&other));
    }
}
