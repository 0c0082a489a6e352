//! Where stock lies.

use super::{ITEMS, LOCATION, Shop, sound};
use crate::support::{
    TestApp,
    shops::{done, mutate, refused},
};
use futures_util::future::join_all;
use serde_json::{Value, json};

/// The names of the shop's locations.
async fn names(app: &TestApp, shop: &Shop) -> Vec<String> {
    let document = "query ($id: ID!) { seller(id: $id) { locations(first: 100) { totalCount nodes { name } } } }";
    let reply = app
        .gql_as(shop.owner, document, json!({ "id": shop.id }))
        .await;
    let found = &reply.data()["seller"]["locations"];
    let nodes = found["nodes"].as_array().unwrap();
    assert_eq!(found["totalCount"], nodes.len());
    nodes
        .iter()
        .map(|node| node["name"].as_str().unwrap().to_owned())
        .collect()
}

async fn give_up(app: &TestApp, shop: &Shop, location: &Value) -> crate::support::Reply {
    let input = json!({ "id": location["id"], "expectedVersion": location["version"] });
    mutate(app, shop.owner, "locationDeactivate", LOCATION, input).await
}

on_both_databases! {
    async fn they_are_made_named_and_given_up(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[4]).await;
        assert_eq!(names(&app, &shop).await, ["Main"]);
        let attic = shop.location(&app, "  The   attic ", 3).await;
        assert_eq!(attic["name"], "The attic");
        assert_eq!(attic["isFirst"], false);
        let input = json!({ "sellerId": shop.id, "name": "the ATTIC" });
        let taken = mutate(&app, shop.owner, "locationCreate", LOCATION, input).await;
        assert_eq!(refused(&taken), ("INVALID".to_owned(), "name".to_owned()));
        let input = json!({ "id": attic["id"], "name": "main", "expectedVersion": 1 });
        assert_eq!(refused(&mutate(&app, shop.owner, "locationUpdate", LOCATION, input).await).1, "name");
        let input = json!({ "id": attic["id"], "name": "Loft", "expectedVersion": 1 });
        let loft = done(&mutate(&app, shop.owner, "locationUpdate", LOCATION, input.clone()).await)["location"].clone();
        assert_eq!((&loft["name"], &loft["priority"], &loft["version"]), (&json!("Loft"), &json!(3), &json!(2)));
        assert_eq!(refused(&mutate(&app, shop.owner, "locationUpdate", LOCATION, input).await).0, "CONFLICT");
        assert_eq!(names(&app, &shop).await, ["Main", "Loft"]);

        // Something lies there.
        let items = json!([{ "variantId": shop.variants[0], "quantity": 4 }]);
        let there = json!({ "fromLocationId": shop.first, "toLocationId": loft["id"], "items": items });
        done(&mutate(&app, shop.owner, "stockTransfer", ITEMS, there.clone()).await);
        assert_eq!(refused(&give_up(&app, &shop, &loft).await).0, "CONFLICT");
        let back = json!({ "fromLocationId": loft["id"], "toLocationId": shop.first, "items": items });
        done(&mutate(&app, shop.owner, "stockTransfer", ITEMS, back).await);
        assert_eq!(done(&give_up(&app, &shop, &loft).await)["location"]["isActive"], false);
        assert_eq!(refused(&give_up(&app, &shop, &loft).await).0, "NOT_FOUND");
        assert_eq!(refused(&mutate(&app, shop.owner, "stockTransfer", ITEMS, there).await).0, "NOT_FOUND");
        // The first stays.
        let first = json!({ "id": shop.first, "version": 1 });
        assert_eq!(refused(&give_up(&app, &shop, &first).await).0, "CONFLICT");
        // And the name is free.
        shop.location(&app, "Loft", 0).await;
        sound(&app).await;
    }

    async fn what_was_given_up_is_used_again(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[1]).await;
        let attic = shop.location(&app, "Attic", 3).await;
        let again = async |id: &Value, version: i64, name: Option<&str>| {
            let input = json!({ "id": id, "expectedVersion": version, "name": name });
            mutate(&app, shop.owner, "locationReactivate", LOCATION, input).await
        };
        assert_eq!(refused(&again(&attic["id"], 1, None).await).0, "CONFLICT", "it is in use");
        done(&give_up(&app, &shop, &attic).await);
        assert_eq!(refused(&again(&attic["id"], 1, None).await).0, "CONFLICT", "it was changed");
        let back = again(&attic["id"], 2, None).await;
        let back = &done(&back)["location"];
        assert_eq!((&back["isActive"], &back["name"], &back["version"]), (&json!(true), &json!("Attic"), &json!(3)));
        shop.adjust(&app, &attic["id"], "RECEIVED", &[(0, 1)]).await.data();
        shop.adjust(&app, &attic["id"], "DAMAGED", &[(0, -1)]).await.data();
        // Another has its name by now.
        done(&give_up(&app, &shop, back).await);
        shop.location(&app, "attic", 0).await;
        assert_eq!(refused(&again(&attic["id"], 4, None).await), ("INVALID".to_owned(), "name".to_owned()));
        assert_eq!(done(&again(&attic["id"], 4, Some("Loft")).await)["location"]["name"], "Loft");
        assert_eq!(names(&app, &shop).await.len(), 3);
        // And there are no more than twenty.
        let loft = json!({ "id": attic["id"], "version": 5 });
        done(&give_up(&app, &shop, &loft).await);
        for number in 0..18 {
            shop.location(&app, &format!("Shelf {number}"), 0).await;
        }
        assert_eq!(refused(&again(&attic["id"], 6, None).await).0, "CONFLICT");
        let audited = "SELECT count(*) FROM audit_entry WHERE action = 'location.reactivate'";
        assert_eq!(app.value::<i64>(audited).await, 2);
        sound(&app).await;
    }

    async fn a_shop_has_twenty_at_most(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[]).await;
        let made = join_all((0..24).map(|number| {
            let input = json!({ "sellerId": shop.id, "name": format!("Shelf {number}") });
            mutate(&app, shop.owner, "locationCreate", LOCATION, input)
        })).await;
        let made: Vec<_> = made.iter().filter(|reply| reply.data()["done"]["userErrors"] == json!([])).collect();
        assert_eq!(made.len(), 19);
        assert!(made[0].statements <= 14, "{}", made[0].statements);
        assert_eq!(names(&app, &shop).await.len(), 20);
    }

    async fn nothing_is_brought_where_nothing_lies_any_more(app: TestApp) {
        let shop = Shop::open(&app, "quay", &[0]).await;
        for round in 0..6 {
            let attic = shop.location(&app, &format!("Attic {round}"), 0).await;
            let (given_up, brought) = tokio::join!(
                give_up(&app, &shop, &attic),
                shop.adjust(&app, &attic["id"], "RECEIVED", &[(0, 1)]),
            );
            let is_done = |reply: &crate::support::Reply| reply.data()["done"]["userErrors"] == json!([]);
            assert!(is_done(&given_up) != is_done(&brought), "{:#} {:#}", given_up.body, brought.body);
        }
        let lost = "SELECT count(*) FROM stock_level JOIN stock_location ON id = location_id WHERE on_hand > 0 AND deactivated_at IS NOT NULL";
        assert_eq!(app.value::<i64>(lost).await, 0);
        sound(&app).await;
    }
}
