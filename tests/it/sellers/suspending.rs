//! Closing shops to the public, and opening them again.

use super::shop;
use crate::support::{
    TestApp, admin,
    shops::{done, mutate, person, refused},
    someone,
};
use serde_json::{Value, json};
use tradewind::caller::{Actor, Role};

const SEEN: &str = "query ($slug: String!, $handle: String!) { product(slug: $slug) { id }
    search(query: \"teapot\") { totalCount } products { totalCount } seller(handle: $handle) { id } sellers { totalCount } }";

/// A shop of `owner` with a product for sale; the shop and the product.
async fn stocked(app: &TestApp, owner: Actor) -> (Value, Value) {
    let shop = shop(app, owner, "North Quay").await;
    let price = json!({ "amount": "5.00", "currency": app.app.settings.currency.as_str() });
    let fields =
        json!({ "sellerId": shop["id"], "name": "Blue teapot", "variants": [{ "price": price }] });
    let made = mutate(
        app,
        owner,
        "productCreate",
        "product { id version }",
        fields,
    )
    .await;
    let product = &done(&made)["product"];
    let step = json!({ "id": product["id"], "expectedVersion": product["version"] });
    let published = mutate(app, owner, "productPublish", "product { id slug }", step).await;
    (shop, done(&published)["product"].clone())
}

/// Whether `actor` sees the product and the shop by their names, and what the lists hold.
async fn seen(app: &TestApp, actor: Actor, shop: &Value, product: &Value) -> Value {
    let variables = json!({ "slug": product["slug"], "handle": shop["handle"] });
    let data = app.gql_as(actor, SEEN, variables).await.body["data"].clone();
    json!([
        !data["product"].is_null(),
        !data["seller"].is_null(),
        data["search"]["totalCount"],
        data["products"]["totalCount"],
        data["sellers"]["totalCount"],
    ])
}

on_both_databases! {
    async fn what_is_in_a_suspended_shop_is_for_its_members_alone(app: TestApp) {
        let (ada, eve) = (person(&app, "ada").await, person(&app, "eve").await);
        let (shop, product) = stocked(&app, ada).await;
        let (all, none) = (json!([true, true, 1, 1, 1]), json!([false, false, 0, 0, 0]));
        assert_eq!(seen(&app, Actor::Anonymous, &shop, &product).await, all);
        let input = json!({ "id": shop["id"], "reason": " Sold what was not theirs. " });
        let suspended = mutate(&app, admin(), "sellerSuspend", "seller { id version }", input.clone()).await;
        // In SQLite two statements where PostgreSQL has one to emit, and three where it has two to record.
        assert!(suspended.statements <= 7, "{}", suspended.statements);
        let seller = &done(&suspended)["seller"];
        assert_eq!((&seller["id"], &seller["version"]), (&shop["id"], &json!(2)));
        for stranger in [Actor::Anonymous, eve] {
            assert_eq!(seen(&app, stranger, &shop, &product).await, none);
        }
        // Those who work there go on; lists and search are the same for everyone.
        assert_eq!(seen(&app, ada, &shop, &product).await, json!([true, true, 0, 0, 0]));
        assert_eq!(refused(&mutate(&app, admin(), "sellerSuspend", "", input).await).0, "CONFLICT");

        let input = json!({ "id": shop["id"] });
        let back = mutate(&app, admin(), "sellerReinstate", "seller { version }", input.clone()).await;
        assert!(back.statements <= 7, "{}", back.statements);
        assert_eq!(done(&back)["seller"]["version"], 3);
        assert_eq!(seen(&app, Actor::Anonymous, &shop, &product).await, all);
        assert_eq!(refused(&mutate(&app, admin(), "sellerReinstate", "", input).await).0, "CONFLICT");
        let log: Vec<String> = app.column("SELECT action || before || after FROM audit_entry \
            WHERE action IN ('seller.suspend', 'seller.reinstate') AND seller_id IS NOT NULL ORDER BY sequence").await;
        assert_eq!(log, [
            r#"seller.suspend{"status":"ACTIVE"}{"reason":"Sold what was not theirs.","status":"SUSPENDED"}"#,
            r#"seller.reinstate{"status":"SUSPENDED"}{"status":"ACTIVE"}"#,
        ]);
        let events: i64 = app.value("SELECT count(*) FROM outbox_event WHERE name = 'sellers.seller_changed'").await;
        assert_eq!(events, 2);
    }

    async fn shops_are_suspended_by_admins_with_a_reason(app: TestApp) {
        let ada = person(&app, "ada").await;
        let shop = shop(&app, ada, "North Quay").await;
        let input = |reason: &str| json!({ "id": shop["id"], "reason": reason });
        for stranger in [ada, someone(Role::Support)] {
            assert_eq!(mutate(&app, stranger, "sellerSuspend", "", input("No.")).await.error_code(), "FORBIDDEN");
            let back = mutate(&app, stranger, "sellerReinstate", "", json!({ "id": shop["id"] })).await;
            assert_eq!(back.error_code(), "FORBIDDEN");
        }
        for reason in ["", " \n ", &*"a".repeat(501)] {
            let refusal = refused(&mutate(&app, admin(), "sellerSuspend", "", input(reason)).await);
            assert_eq!(refusal, ("INVALID".to_owned(), "reason".to_owned()));
        }
        let missing = json!({ "id": "seller_00000000000000000000000001", "reason": "Gone." });
        assert_eq!(refused(&mutate(&app, admin(), "sellerSuspend", "", missing).await).0, "NOT_FOUND");
        // Two at once: one does it, the other is told.
        let suspend = || mutate(&app, admin(), "sellerSuspend", "", input(&"é".repeat(500)));
        let (one, other) = tokio::join!(suspend(), suspend());
        let done = [&one, &other].into_iter().filter(|reply| reply.data()["done"]["userErrors"] == json!([]));
        assert_eq!(done.count(), 1);
    }
}
