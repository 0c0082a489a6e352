//! Making, changing, moving and deleting categories.

use crate::support::{
    Reply, TestApp, admin,
    shops::{done, mutate, person, refused},
    someone,
};
use serde_json::{Value, json};
use tradewind::caller::{Actor, Role};

const CATEGORY: &str = "category { id name slug description position version parent { id } }";

async fn create(app: &TestApp, input: Value) -> Reply {
    mutate(app, admin(), "categoryCreate", CATEGORY, input).await
}

/// A new category of this name.
async fn category(app: &TestApp, name: &str, parent: &Value) -> Value {
    let made = create(app, json!({ "name": name, "parentId": parent["id"] })).await;
    done(&made)["category"].clone()
}

async fn put(app: &TestApp, category: &Value, parent: &Value) -> Reply {
    let input = json!({ "id": category["id"], "expectedVersion": category["version"], "parentId": parent["id"] });
    mutate(app, admin(), "categoryMove", CATEGORY, input).await
}

async fn delete(app: &TestApp, category: &Value) -> Reply {
    let input = json!({ "id": category["id"], "expectedVersion": category["version"] });
    mutate(app, admin(), "categoryDelete", "categoryId", input).await
}

/// A shop of a new person; the person and what a product there is made with.
async fn shop(app: &TestApp) -> (Actor, Value) {
    let owner = person(app, "ada").await;
    let opened = mutate(
        app,
        owner,
        "sellerOpen",
        "seller { id }",
        json!({ "name": "North Quay" }),
    )
    .await;
    (
        owner,
        json!({ "sellerId": done(&opened)["seller"]["id"], "name": "Mug" }),
    )
}

fn is_done(reply: &Reply) -> bool {
    reply.data()["done"]["userErrors"] == json!([])
}

on_both_databases! {
    async fn categories_are_made_changed_and_deleted_by_admins(app: TestApp) {
        let home = category(&app, "Home &  Garden", &Value::Null).await;
        assert_eq!(home, json!({ "id": home["id"], "name": "Home & Garden", "slug": "home-garden", "description": "",
            "position": 1, "version": 1, "parent": null }));
        let made = create(&app, json!({ "name": "Mugs", "parentId": home["id"], "description": "To drink from.<script>x</script>" })).await;
        assert!(made.statements <= 13, "made: {}", made.statements);
        let mugs = &done(&made)["category"];
        assert_eq!((&mugs["parent"]["id"], &mugs["description"]), (&home["id"], &json!("To drink from.")));
        assert_eq!(category(&app, "Cups", &home).await["position"], 2);

        let input = json!({ "id": mugs["id"], "expectedVersion": 1, "name": "Beakers", "slug": "beakers", "position": 7 });
        let updated = mutate(&app, admin(), "categoryUpdate", CATEGORY, input.clone()).await;
        assert!(updated.statements <= 11, "updated: {}", updated.statements);
        let beakers = &done(&updated)["category"];
        assert_eq!((&beakers["slug"], &beakers["position"], &beakers["version"]), (&json!("beakers"), &json!(7), &json!(2)));
        assert_eq!(refused(&mutate(&app, admin(), "categoryUpdate", "", input).await).0, "CONFLICT");

        let moved = put(&app, beakers, &Value::Null).await;
        assert!(moved.statements <= 12, "moved: {}", moved.statements);
        let beakers = &done(&moved)["category"];
        assert_eq!((&beakers["parent"], &beakers["position"], &beakers["version"]), (&Value::Null, &json!(2), &json!(3)));
        let moved = put(&app, beakers, &home).await;
        assert!(moved.statements <= 14, "moved: {}", moved.statements);
        let beakers = &done(&moved)["category"];

        assert_eq!(refused(&delete(&app, &home).await), ("CONFLICT".to_owned(), String::new()));
        let deleted = delete(&app, beakers).await;
        assert!(deleted.statements <= 10, "deleted: {}", deleted.statements);
        assert_eq!(done(&deleted)["categoryId"], beakers["id"]);
        assert_eq!(refused(&delete(&app, beakers).await).0, "NOT_FOUND");
        // Its slug is free again.
        assert_eq!(category(&app, "Beakers", &Value::Null).await["slug"], "beakers");
        let log: Vec<String> = app.column("SELECT action FROM audit_entry WHERE entity_type = 'category' ORDER BY action").await;
        let (made, moved) = ("category.create", "category.move");
        assert_eq!(log, [made, made, made, made, "category.delete", moved, moved, "category.update"]);
    }

    async fn what_is_wrong_with_categories_is_told(app: TestApp) {
        let home = category(&app, "Home", &Value::Null).await;
        for (input, field) in [
            (json!({ "name": "&" }), "name"),
            (json!({ "name": "a".repeat(101) }), "name"),
            (json!({ "name": "A", "description": "x".repeat(2_001) }), "description"),
            (json!({ "name": "A", "slug": "Not Proper" }), "slug"),
            (json!({ "name": "A", "slug": "-" }), "slug"),
            (json!({ "name": "A", "position": 0 }), "position"),
            (json!({ "name": "A", "parentId": "category_00000000000000000000000001" }), "parentId"),
        ] {
            assert_eq!(refused(&create(&app, input).await), ("INVALID".to_owned(), field.to_owned()));
        }
        let unsaid = json!({ "id": home["id"], "expectedVersion": 1 });
        assert!(mutate(&app, admin(), "categoryMove", "", unsaid).await.body["errors"].is_array());
        // Two that want a slug at once.
        let (one, other) = tokio::join!(create(&app, json!({ "name": "Tea" })), create(&app, json!({ "name": "Other", "slug": "tea" })));
        assert!(is_done(&one) != is_done(&other));
        let refusal = if is_done(&one) { other } else { one };
        assert_eq!(refused(&refusal).0, "CONFLICT");
        assert!(refusal.body.to_string().contains("Pass another as `slug`."));
        let rename = json!({ "id": home["id"], "expectedVersion": 1, "slug": "tea" });
        assert_eq!(refused(&mutate(&app, admin(), "categoryUpdate", "", rename).await).0, "CONFLICT");
        for (actor, code) in [(Actor::Anonymous, "UNAUTHENTICATED"), (someone(Role::Support), "FORBIDDEN")] {
            let reply = mutate(&app, actor, "categoryCreate", "", json!({ "name": "Mine" })).await;
            assert_eq!(reply.error_code(), code);
        }
    }

    async fn the_tree_of_categories_has_ten_levels_and_no_cycle(app: TestApp) {
        let mut path = vec![category(&app, "Level 1", &Value::Null).await];
        for level in 2..=10 {
            path.push(category(&app, &format!("Level {level}"), &path[level - 2]).await);
        }
        let deeper = create(&app, json!({ "name": "Level 11", "parentId": path[9]["id"] })).await;
        assert_eq!(refused(&deeper).0, "CONFLICT");
        for below in [0, 1, 9] {
            assert_eq!(refused(&put(&app, &path[0], &path[below]).await).0, "CONFLICT");
        }
        let other = category(&app, "Other", &Value::Null).await;
        // Ten levels do not go under another.
        assert_eq!(refused(&put(&app, &path[0], &other).await).0, "CONFLICT");
        assert_eq!(done(&put(&app, &path[1], &other).await)["category"]["parent"]["id"], other["id"]);
    }

    async fn of_two_categories_that_go_under_each_other_one_stays(app: TestApp) {
        for round in 0..5 {
            let a = category(&app, &format!("A {round}"), &Value::Null).await;
            let b = category(&app, &format!("B {round}"), &Value::Null).await;
            let (one, other) = tokio::join!(put(&app, &a, &b), put(&app, &b, &a));
            assert!(is_done(&one) != is_done(&other));
            assert_eq!(refused(if is_done(&one) { &other } else { &one }).0, "CONFLICT");
        }
        let roots: i64 = app.value("SELECT count(*) FROM category WHERE parent_id IS NULL").await;
        assert_eq!(roots, 5);
    }

    async fn categories_with_something_in_them_stay_also_in_a_race(app: TestApp) {
        let (owner, mut mug) = shop(&app).await;
        for round in 0..5 {
            let into = category(&app, &format!("Mugs {round}"), &Value::Null).await;
            mug["name"] = json!(format!("Mug {round}"));
            mug["categoryId"] = into["id"].clone();
            let (deleted, made) = tokio::join!(delete(&app, &into), mutate(&app, owner, "productCreate", "product { id }", mug.clone()));
            assert!(is_done(&deleted) != is_done(&made), "{:#} {:#}", deleted.body, made.body);
            let above = category(&app, &format!("Above {round}"), &Value::Null).await;
            let under = json!({ "name": format!("Under {round}"), "parentId": above["id"] });
            let (deleted, made) = tokio::join!(delete(&app, &above), create(&app, under));
            assert!(is_done(&deleted) != is_done(&made), "{:#} {:#}", deleted.body, made.body);
        }
        let lost = "SELECT count(*) FROM category JOIN category AS above ON above.id = category.parent_id
            WHERE category.deleted_at IS NULL AND above.deleted_at IS NOT NULL";
        assert_eq!(app.value::<i64>(lost).await, 0);
    }

    async fn products_come_back_without_categories_that_are_gone(app: TestApp) {
        let (owner, mut mug) = shop(&app).await;
        let into = category(&app, "Mugs", &Value::Null).await;
        mug["categoryId"] = into["id"].clone();
        let made = mutate(&app, owner, "productCreate", "product { id version }", mug).await;
        let product = &done(&made)["product"];
        assert_eq!(refused(&delete(&app, &into).await).0, "CONFLICT");
        let step = json!({ "id": product["id"], "expectedVersion": product["version"] });
        done(&mutate(&app, owner, "productDelete", "productId", step).await);
        done(&delete(&app, &into).await);
        let back = mutate(&app, owner, "productRestore", "product { category { id } }", json!({ "id": product["id"] })).await;
        assert_eq!(done(&back)["product"]["category"], Value::Null);
        let pointing: i64 = app.value("SELECT count(*) FROM product WHERE category_id IS NOT NULL").await;
        assert_eq!(pointing, 0);
    }
}
