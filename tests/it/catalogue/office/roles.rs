//! Who sees and changes what.

use super::{PRODUCT, Shop, eur, see, step, take};
use crate::support::{
    TestApp, admin,
    shops::{done, join, mutate, person, refused},
    someone,
};
use entity::{ids::SellerId, sellers::member::Role};
use serde_json::json;
use tradewind::caller::{Actor, Role as AccountRole};

on_both_databases! {
    async fn staff_sets_no_prices(app: TestApp) {
        let shop = Shop::open(&app, "quay").await;
        let id: SellerId = app.value("SELECT id FROM seller").await;
        let (staff, manager) = (person(&app, "staff").await, person(&app, "manager").await);
        join(&app, staff, id, Role::Staff).await;
        join(&app, manager, id, Role::Manager).await;
        let mug = shop.mug(&app, "Mug").await;
        let variant = &mug["variants"]["nodes"][0];
        let priced = json!({ "id": variant["id"], "expectedVersion": 1, "price": eur("1") });
        let barcode = json!({ "id": variant["id"], "expectedVersion": 1, "barcode": "4006381333931" });
        let with_variants = shop.of(json!({ "name": "Cup", "variants": [{ "price": eur("1") }] }));

        assert_eq!(mutate(&app, staff, "productCreate", PRODUCT, with_variants.clone()).await.error_code(), "FORBIDDEN");
        assert_eq!(mutate(&app, staff, "variantUpdate", "", priced.clone()).await.error_code(), "FORBIDDEN");
        let new = json!({ "productId": mug["id"], "variant": { "price": eur("1") }, "expectedVersion": 1 });
        assert_eq!(mutate(&app, staff, "variantCreate", "", new).await.error_code(), "FORBIDDEN");
        done(&mutate(&app, staff, "productCreate", PRODUCT, shop.of(json!({ "name": "Bowl" }))).await);
        done(&mutate(&app, staff, "variantUpdate", "", barcode).await);
        done(&mutate(&app, staff, "productPublish", "", step(&mug)).await);

        done(&mutate(&app, manager, "productCreate", PRODUCT, with_variants).await);
        let priced = json!({ "id": variant["id"], "expectedVersion": 2, "price": eur("1"), "compareAtPrice": eur("2") });
        done(&mutate(&app, manager, "variantUpdate", "", priced).await);
    }

    async fn members_see_every_status_and_others_what_is_for_sale(app: TestApp) {
        let (shop, other) = (Shop::open(&app, "quay").await, Shop::open(&app, "pier").await);
        let draft = shop.mug(&app, "Draft").await;
        let active = shop.mug(&app, "Active").await;
        let active = take(&app, &shop, "productPublish", &active).await;
        let archived = shop.mug(&app, "Archived").await;
        let archived = take(&app, &shop, "productArchive", &archived).await;

        let support = someone(AccountRole::Support);
        for actor in [shop.owner, admin(), support] {
            assert_eq!(shop.seen(&app, actor).await, ["ARCHIVED", "ACTIVE", "DRAFT"]);
            for product in [&draft, &active, &archived] {
                assert!(see(&app, actor, product).await.is_some());
            }
        }
        for actor in [other.owner, Actor::Anonymous, person(&app, "ada").await] {
            assert_eq!(shop.seen(&app, actor).await, ["ACTIVE"]);
            assert!(see(&app, actor, &active).await.is_some());
            assert_eq!(see(&app, actor, &draft).await, None);
            let variant = &draft["variants"]["nodes"][0]["id"];
            let reply = app.gql_as(actor, "query ($id: ID!) { node(id: $id) { id } }", json!({ "id": variant })).await;
            assert_eq!(reply.error_code(), "NOT_FOUND");
        }
        // The public's lists are the same for everyone.
        let lists = "{ products(first: 10) { nodes { status } } search(query: \"\") { totalCount } }";
        let own = app.gql_as(shop.owner, lists, json!({})).await;
        assert_eq!(own.data()["products"]["nodes"], json!([{ "status": "ACTIVE" }]));
        assert_eq!(own.data()["search"]["totalCount"], 1);

        // A shop that was closed is still its members' own.
        app.execute("UPDATE seller SET status = 'SUSPENDED' WHERE name = 'quay'").await;
        assert_eq!(see(&app, shop.owner, &active).await.unwrap()["seller"]["id"], shop.id);
        assert_eq!(see(&app, Actor::Anonymous, &active).await, None);
    }

    async fn what_is_another_shops_is_not_there(app: TestApp) {
        let (shop, other) = (Shop::open(&app, "quay").await, Shop::open(&app, "pier").await);
        let mug = shop.mug(&app, "Mug").await;
        let variant = &mug["variants"]["nodes"][0];
        for actor in [other.owner, admin(), person(&app, "ada").await] {
            for (mutation, input) in [
                ("productCreate", shop.of(json!({ "name": "Cup" }))),
                ("productUpdate", step(&mug)),
                ("productPublish", step(&mug)),
                ("productArchive", step(&mug)),
                ("productDelete", step(&mug)),
                ("productRestore", json!({ "id": mug["id"] })),
                ("productDuplicate", json!({ "id": mug["id"] })),
                ("variantCreate", json!({ "productId": mug["id"], "variant": { "price": eur("1") }, "expectedVersion": 1 })),
                ("variantUpdate", step(variant)),
                ("variantDelete", step(variant)),
            ] {
                let reply = mutate(&app, actor, mutation, "", input).await;
                assert_eq!(refused(&reply).0, "NOT_FOUND", "{mutation}");
                assert!(reply.statements <= 8, "{mutation}: {}", reply.statements);
            }
        }
        let versions: Vec<i64> = app.column("SELECT version FROM product UNION ALL SELECT version FROM variant").await;
        assert_eq!(versions, [1, 1]);
    }
}
